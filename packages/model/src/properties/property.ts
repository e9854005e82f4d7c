/** What must always hold, or must sometimes happen. Each property is a file of its own, with the mutants that break it. */
import type { Edge } from "../explorer/graph.ts";
import type { Explored } from "../explorer/explored.ts";
import type { Rules } from "../explorer/moves.ts";
import type { Protocol } from "../explorer/successors.ts";
import type { Hazard } from "../explorer/world.ts";
import { hazards } from "../explorer/world.ts";
import type { ActionName, Commit } from "../explorer/action.ts";
import type { Variant } from "../variant.ts";

export type PropertyKind = "safety" | "liveness" | "reachability";

/** What came of asking one configuration. */
export type Finding =
  /** `witnesses`: how often the property was put to the test. 0: it holds of nothing here. */
  | { readonly type: "holds"; readonly witnesses: number; readonly note?: string }
  /** `state` shows it; `cycle` goes on from there for ever. */
  | {
      readonly type: "violated";
      readonly state: number;
      readonly why: string;
      /** Every state that shows it, so that the story with the fewest faults can be told. */
      readonly all?: Uint8Array;
      readonly cycle?: readonly Edge[];
    };

/** How often it was seen, in one configuration or in several. What was not seen may be absent. */
export interface Coverage {
  readonly variant: Variant;
  /** `from event to`. */
  readonly edges: ReadonlyMap<string, number>;
  readonly actions: ReadonlyMap<ActionName, number>;
  readonly commits: ReadonlyMap<Commit, number>;
  /** Rows of the doubt table that have decided. */
  readonly decisions: ReadonlyMap<string, number>;
  /** Causes of which the machine branches on one. */
  readonly crashLoops: number;
}

interface PropertyBase {
  readonly id: string;
  readonly kind: PropertyKind;
  /** What must hold, for people. */
  readonly sentence: string;
  /** The same in the words of temporal logic. */
  readonly formula: string;
  readonly mutants: readonly Mutant[];
  /** Why no mutant is killed by this property alone. Null: one is. */
  readonly notAlone: string | null;
}

/** Asked of each configuration. */
export interface LocalProperty extends PropertyBase {
  readonly kind: "safety" | "liveness";
  /** The hazards that it is about, which can be seen without the whole graph; none for others. */
  readonly hazards: readonly Hazard[];
  readonly check: (explored: Explored) => Finding;
}

/** Asked of all configurations together: what must sometimes happen need not happen in each. */
export interface CoverageProperty extends PropertyBase {
  readonly kind: "reachability";
  /** How often all that is asked for was seen. What was never seen is a hole, and breaks the property. */
  readonly counts: (coverage: Coverage) => ReadonlyMap<string, number>;
}

export type Property = LocalProperty | CoverageProperty;

/** Where a seeded defect sits. */
type Place = "machine" | "recovery" | "journal" | "lease" | "orphan" | "verification" | "operator" | "table";

/** A seeded defect that some property must catch. */
export interface Mutant {
  readonly id: string;
  readonly place: Place;
  /** What is broken, in one sentence. */
  readonly story: string;
  readonly rules?: Partial<Rules>;
  readonly protocol?: Partial<Protocol>;
  readonly variant?: Partial<Variant>;
  /**
   * Of safety and liveness one property alone sees it, in whatever configuration, so that this property is not made up of
   * others. What no longer happens because of it, reachability sees as well.
   */
  readonly alone?: true;
  /** Why no property needs to see it, where none does. */
  readonly harmless?: string;
}

/** A property that the world's own hazards answer: none of these may ever show. */
export function noHazard(
  names: readonly Hazard[],
  /** The actions that put it to the test. */
  tested: readonly ActionName[],
  because: { readonly [H in Hazard]?: string },
): (explored: Explored) => Finding {
  return (explored) => {
    const found = explored.firstOf(names);
    if (found === null) return { type: "holds", witnesses: explored.count(...tested) };
    const bit = hazards.indexOf(found.hazard);
    const all = explored.mark((world) => ((world.hazards >>> bit) & 1) === 1);
    return { type: "violated", state: found.state, why: because[found.hazard] ?? found.hazard, all };
  };
}
