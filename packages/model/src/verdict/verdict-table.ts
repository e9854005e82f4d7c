/** What the checker makes of every story under every variant, and what each variant costs in their worlds. */
import { localProperties } from "../properties/properties.ts";
import type { VariantName } from "../variant.ts";
import { shownTable, variantNames, variants } from "../variant.ts";
import type { Ends } from "./ends.ts";
import type { Judgement } from "./judge-plot.ts";
import { judgePlot } from "./judge-plot.ts";
import { plots } from "./plots.ts";

/** What people may want to rely on. */
interface Claim {
  readonly id: string;
  readonly sentence: string;
}

export interface VariantCost {
  readonly variant: VariantName;
  readonly summary: string;
  /** In the worlds of the stories, together. */
  readonly states: number;
  readonly transitions: number;
  /** Rows of its table, each way that one may lead counted. */
  readonly moves: number;
  /** By scenario: after the last fault a sink is reached in so many steps at most; null: perhaps never. */
  readonly bounds: { readonly [scenario: string]: number | null };
  readonly ends: Ends;
  readonly cannotPromise: readonly Claim[];
}

export interface VerdictTable {
  readonly judgements: readonly Judgement[];
  readonly costs: readonly VariantCost[];
}

export interface Question {
  /** Default: all five. */
  readonly scenarios?: readonly string[];
  /** Default: all. */
  readonly variants?: readonly VariantName[];
}

export function verdictTable({ scenarios, variants: names = variantNames }: Question = {}): VerdictTable {
  const chosen = plots.filter(({ scenario }) => scenarios?.includes(scenario) ?? true);
  const judgements = names.flatMap((variant) => chosen.map((plot) => judgePlot(plot, variant)));
  return { judgements, costs: names.map((variant) => costOf(variant, judgements)) };
}

/** What may be wanted of a restart. No variant can promise all of it. */
const afterInterruptions: readonly (Claim & { readonly isBroken: (ends: Ends) => boolean })[] = [
  {
    id: "interrupted_ends",
    sentence: "What was interrupted comes to an end by itself, if only to `failed`.",
    isBroken: ({ none }) => none > 0,
  },
  {
    id: "interrupted_is_taken_back",
    sentence:
      "What was interrupted does not take effect by itself: nobody runs into what interrupted it again without asking for it.",
    isBroken: ({ applied }) => applied > 0,
  },
  {
    id: "interrupted_is_kept",
    sentence: "What was interrupted can still be applied by itself, so that no step was taken for nothing.",
    isBroken: ({ applied, interrupted }) => applied < interrupted,
  },
];

function costOf(variant: VariantName, judgements: readonly Judgement[]): VariantCost {
  const own = judgements.filter((one) => one.variant === variant);
  const worlds = own.flatMap((one) => one.worlds);
  const sum = (of: (world: Judgement["worlds"][number]) => number): number =>
    worlds.reduce((total, world) => total + of(world), 0);
  const ends: Ends = {
    interrupted: sum((world) => world.ends.interrupted),
    applied: sum((world) => world.ends.applied),
    rolledBack: sum((world) => world.ends.rolledBack),
    failed: sum((world) => world.ends.failed),
    none: sum((world) => world.ends.none),
  };
  const violated = new Set(worlds.flatMap((world) => world.violated));
  const broken: readonly Claim[] = [
    ...localProperties.filter(({ id }) => violated.has(id)),
    ...afterInterruptions.filter(({ isBroken }) => isBroken(ends)),
  ];
  return {
    variant,
    summary: variants[variant].summary,
    states: sum((world) => world.states),
    transitions: sum((world) => world.transitions),
    moves: Object.values(shownTable(variants[variant]))
      .flatMap((rows) => Object.values(rows))
      .reduce((count, targets) => count + targets.length, 0),
    bounds: Object.fromEntries(own.map((one) => [one.scenario, boundOf(one)])),
    ends,
    cannotPromise: broken.map(({ id, sentence }) => ({ id, sentence })),
  };
}

function boundOf({ worlds }: Judgement): number | null {
  const bounds = worlds.map(({ bound }) => bound ?? Infinity);
  return bounds.includes(Infinity) ? null : Math.max(...bounds);
}
