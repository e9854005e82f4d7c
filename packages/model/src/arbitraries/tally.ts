/**
 * What walks have been through, counted where it happened. fast-check's own statistics can be printed and not asserted,
 * so a generator that no longer reaches anything would go on passing; floors make it fail.
 */
import type { ActionName } from "../explorer/action.ts";
import { eventTypes } from "../event.ts";
import { doubtTable } from "../recovery.ts";
import { stateTypes } from "../state.ts";
import { targets } from "../table.ts";
import { faultGroupOf, faultGroups } from "./fault-groups.ts";
import type { Step } from "./walker.ts";

/** How often each must have been seen at least; absent: not asked. */
export interface Floors {
  /** Each move that the table lists. */
  readonly edges?: number;
  /** Each group of faults. */
  readonly faults?: number;
  readonly states?: number;
  /** Each row of the doubt table. */
  readonly decisions?: number;
}

const edgesOfTheTable: readonly string[] = stateTypes.flatMap((from) =>
  eventTypes.flatMap((event) => targets(from, event).map((to) => `${from} ${event} ${to}`)),
);

export class Tally {
  runCount = 0;
  stepCount = 0;
  /** The longest walk. */
  longest = 0;
  readonly edges = new Map<string, number>();
  readonly faults = new Map<string, number>();
  readonly states = new Map<string, number>();
  readonly decisions = new Map<string, number>();
  readonly actions = new Map<ActionName, number>();

  add(steps: readonly Step[]): void {
    this.runCount++;
    this.stepCount += steps.length;
    this.longest = Math.max(this.longest, steps.length);
    for (const { action, move } of steps) {
      count(this.actions, action.name);
      const group = faultGroupOf(action);
      if (group !== null) count(this.faults, group);
      if (move === null || move.machine === null) continue;
      if (move.edge !== null) {
        count(this.edges, move.edge);
        count(this.states, move.machine.at.state.type);
      }
      if (move.decision !== null) count(this.decisions, move.decision);
    }
  }

  /** What has not been seen often enough, one line for each; empty when everything has. */
  below(floors: Floors): readonly string[] {
    const short = (
      kind: string,
      names: readonly string[],
      seen: ReadonlyMap<string, number>,
      floor: number | undefined,
    ) =>
      floor === undefined
        ? []
        : names.flatMap((name) => {
            const times = seen.get(name) ?? 0;
            return times >= floor ? [] : [`${kind} ${name}: ${times} of ${floor}`];
          });
    return [
      ...short("edge", edgesOfTheTable, this.edges, floors.edges),
      ...short("fault", Object.keys(faultGroups), this.faults, floors.faults),
      ...short("state", stateTypes, this.states, floors.states),
      ...short(
        "decision",
        doubtTable.map(({ name }) => name),
        this.decisions,
        floors.decisions,
      ),
    ];
  }

  /** For people: how much was seen, and what was seen least. */
  summary(): string {
    const rarest = (names: readonly string[], seen: ReadonlyMap<string, number>): string => {
      const [first] = names.toSorted((one, other) => (seen.get(one) ?? 0) - (seen.get(other) ?? 0));
      return `${first ?? ""} (${seen.get(first ?? "") ?? 0})`;
    };
    return [
      `${this.runCount} walks, ${this.stepCount} steps, the longest ${this.longest}`,
      `rarest edge: ${rarest(edgesOfTheTable, this.edges)}`,
      `rarest fault: ${rarest(Object.keys(faultGroups), this.faults)}`,
      `rarest decision: ${rarest(
        doubtTable.map(({ name }) => name),
        this.decisions,
      )}`,
    ].join("\n");
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
