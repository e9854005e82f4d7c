/** One part of a proof: a configuration to search, or a mutant to try. Parts need nothing of one another. */
import type { Bounds, ConfigurationResult, MutantResult, VariantName } from "@surefoot/model/explorer";
import { allMutants, configurationsOf, proveConfiguration, stateCountMax, tryMutant } from "@surefoot/model/explorer";

export interface Question {
  readonly variant: VariantName;
  readonly bounds: Bounds;
  readonly stateMax?: number;
  /** Runners are interchangeable: safety only. */
  readonly symmetry?: boolean;
}

export type Task =
  | { readonly type: "configuration"; readonly index: number }
  | { readonly type: "mutant"; readonly index: number };

export type Answer =
  | { readonly type: "configuration"; readonly index: number; readonly result: ConfigurationResult }
  | { readonly type: "mutant"; readonly index: number; readonly result: MutantResult };

/** The largest first, so that no worker is left with it at the end. */
export function tasksOf({ variant, bounds }: Question, mutants: boolean): readonly Task[] {
  const configurations = configurationsOf(variant, bounds).map((configuration, index) => ({
    index,
    weight: configuration.profile.server ? 1 : configuration.jobs[0]?.plan.transaction === "step" ? 2 : 0,
  }));
  return [
    ...configurations
      .toSorted((one, other) => other.weight - one.weight)
      .map(({ index }): Task => ({ type: "configuration", index })),
    ...(mutants ? allMutants().map((_, index): Task => ({ type: "mutant", index })) : []),
  ];
}

export function answer({ variant, bounds, stateMax = stateCountMax, symmetry = false }: Question, task: Task): Answer {
  const { index } = task;
  if (task.type === "mutant") return { type: "mutant", index, result: tryMutant(allMutants()[index]!) };
  const configuration = configurationsOf(variant, bounds)[index]!;
  return { type: "configuration", index, result: proveConfiguration(configuration, { countMax: stateMax, symmetry }) };
}
