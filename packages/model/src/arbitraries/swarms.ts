import * as fc from "fast-check";
import type { ActionClass } from "../explorer/action.ts";
import type { FaultGroup } from "./fault-groups.ts";
import { faultGroups } from "./fault-groups.ts";

/** What one run is like: with everything as likely as everything else, progress is rare, and depth with it. */
export interface Swarm {
  /** The groups of faults that it does without. */
  readonly without: ReadonlySet<FaultGroup>;
  /** How likely each class is against progress. */
  readonly masses: { readonly [C in Exclude<ActionClass, "progress">]: number };
}

const masses: readonly number[] = [1, 0.2, 0.05];

/** `always`: groups that every run does without. */
export function swarms(always: readonly FaultGroup[] = []): fc.Arbitrary<Swarm> {
  const all = Object.keys(faultGroups) as FaultGroup[];
  const mass = fc.constantFrom(...masses);
  return fc.record({
    without: fc.oneof(fc.constant([]), fc.subarray(all)).map((off) => new Set([...off, ...always])),
    masses: fc.record({ answer: mass, fault: mass, operator: mass }),
  });
}
