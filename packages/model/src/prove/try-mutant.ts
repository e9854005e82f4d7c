/** Does some property see a seeded defect? A check that no mutant can fail is not a check. */
import type { Bounds, Configuration } from "../explorer/configuration.ts";
import { configurationsOf, smallBounds } from "../explorer/configuration.ts";
import { Explored, production } from "../explorer/explored.ts";
import type { Subject } from "../explorer/explored.ts";
import { productionRules } from "../explorer/moves.ts";
import { soundProtocol } from "../explorer/successors.ts";
import { coverageProperties, localProperties } from "../properties/properties.ts";
import type { Coverage, Mutant } from "../properties/property.ts";
import { tableMutants } from "../properties/table-mutants.ts";
import { variants } from "../variant.ts";
import { coverageOf, together } from "./coverage-of.ts";

/** `equivalent`: every configuration has the very same states and edges; `invalid`: it throws, and proves nothing. */
export type MutantOutcome = "killed" | "survived" | "equivalent" | "invalid";

export interface MutantResult {
  readonly id: string;
  readonly story: string;
  readonly outcome: MutantOutcome;
  /** `by` is told of every configuration. */
  readonly alone: boolean;
  /** The properties that see it, in the configuration named; for `equivalent` the proof, for `invalid` the error. */
  readonly by: readonly string[];
  readonly where: string | null;
  /** Steps of the shortest counterexample, where it is one. */
  readonly steps: number | null;
  readonly because: string | null;
}

export function allMutants(): readonly Mutant[] {
  return [...[...localProperties, ...coverageProperties].flatMap(({ mutants }) => mutants), ...tableMutants()];
}

/** Small enough to try a hundred mutants in seconds, and large enough for each to have its effect. */
export function mutantConfigurations(bounds: Bounds = smallBounds): readonly Configuration[] {
  return configurationsOf("adjusted", bounds).toSorted((one, other) => sizeOf(one) - sizeOf(other));
}

/** The smallest first, and the one with two live runners last. */
function sizeOf({ jobs, profile, eager }: Configuration): number {
  const steps = jobs.reduce((sum, { plan }) => sum + plan.steps.length, 0);
  const many = !profile.server && jobs[0]?.plan.transaction === "step";
  return steps + (eager ? 2 : 0) + (many ? 10 : 0);
}

/** A defect may make the world much larger. What is violated by then is violated; nothing is said of the rest. */
const mutantStateMax = 200_000;

/** What each configuration hashes to without a defect; worked out once for each. */
const hashes = new Map<string, number>();

function soundHash(configuration: Configuration): number {
  const known = hashes.get(configuration.name);
  if (known !== undefined) return known;
  const hash = hashOf(new Explored(configuration, production));
  hashes.set(configuration.name, hash);
  return hash;
}

export function tryMutant(
  mutant: Mutant,
  configurations: readonly Configuration[] = mutantConfigurations(),
  countMax = mutantStateMax,
): MutantResult {
  const { id, story, alone = false } = mutant;
  const subject: Subject = {
    rules: { ...productionRules, ...mutant.rules },
    protocol: { ...soundProtocol, ...mutant.protocol },
    variant: { ...variants.adjusted, ...mutant.variant },
  };
  const coverages: Coverage[] = [];
  let differs: string | null = null;
  let first: { readonly where: string; readonly steps: number } | null = null;
  const seenBy = new Set<string>();
  for (const configuration of configurations) {
    const { name } = configuration;
    try {
      const explored = new Explored(configuration, subject, { countMax });
      const whole = explored.exploration.complete;
      const asked = localProperties.filter(({ hazards }) => whole || hazards.length > 0);
      const seen = asked.flatMap(({ id: by, check }) => {
        const finding = check(explored);
        return finding.type === "violated" ? [{ by, state: finding.state }] : [];
      });
      for (const { by } of seen) seenBy.add(by);
      if (seen.length > 0) {
        first ??= { where: name, steps: Math.min(...seen.map(({ state }) => stepsTo(explored, state))) };
        // Who sees it elsewhere as well is asked only where it matters, for it takes a search of everything.
        if (!alone) break;
      }
      if (!whole) throw new Error(`${name} has more than ${countMax} states, and none of those shows a violation.`);
      coverages.push(coverageOf(explored));
      if (first === null && hashOf(explored) !== soundHash(configuration)) differs = name;
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      return { id, story, alone, outcome: "invalid", by: [], where: name, steps: null, because };
    }
  }
  if (coverages.length === configurations.length) {
    const all = together(variants.adjusted, coverages);
    for (const { id: by, counts } of coverageProperties) if ([...counts(all).values()].includes(0)) seenBy.add(by);
  }
  const { where = null, steps = null } = first ?? {};
  if (seenBy.size > 0) return { id, story, alone, outcome: "killed", by: [...seenBy], where, steps, because: null };
  return differs === null
    ? {
        id,
        story,
        alone,
        outcome: "equivalent",
        by: [],
        where: null,
        steps: null,
        because: "every configuration has the same states and edges",
      }
    : { id, story, alone, outcome: "survived", by: [], where: differs, steps: null, because: mutant.harmless ?? null };
}

function stepsTo({ exploration }: Explored, state: number): number {
  let steps = 0;
  for (let at = state; exploration.parent[at]! >= 0; at = exploration.parent[at]!) steps++;
  return steps;
}

/** Of all states and edges. Numbers of states follow from breadth-first order, so equal graphs have equal hashes. */
function hashOf({ exploration }: Explored): number {
  let hash = 0x811c9dc5;
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193) >>> 0;
  };
  for (const word of exploration.words) mix(word);
  const { graph } = exploration;
  if (graph !== null) {
    for (const target of graph.edgeTarget) mix(target);
    for (const action of graph.edgeAction) mix(action);
  }
  return hash;
}
