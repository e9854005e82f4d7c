import type { EventType } from "../event.ts";
import { atStart } from "../state.ts";
import type { ShownType } from "../variant.ts";
import { shownTable } from "../variant.ts";
import type { Explored } from "../explorer/explored.ts";
import type { KnownMachine } from "../explorer/moves.ts";
import { afterwards } from "./alter.ts";
import type { LocalProperty } from "./property.ts";

/** The first state of the world in which a machine has come to be. */
export function firstWith(explored: Explored, machine: KnownMachine): number {
  const { stateCount } = explored.exploration;
  for (let state = 0; state < stateCount; state++) {
    const world = explored.world(state);
    if (world.journal === machine.at.id || world.runners.some(({ machine: id }) => id === machine.id)) return state;
  }
  return 0;
}

export const edgesOfTheTable: LocalProperty = {
  id: "edges_of_the_table",
  kind: "safety",
  sentence: "No move is made that the table does not list. (That every one listed is made is `edges_taken`.)",
  formula: "AG (s -event-> t => t in table[s][event])",
  hazards: [],
  check(explored) {
    const { moves } = explored;
    // A machine may have been asked what it would do, and then that did not happen.
    const taken = [...moves.edges].filter(([edge]) => explored.edgeCounts.has(edge));
    for (const [edge, machine] of taken) {
      const [from, event, to] = edge.split(" ") as [ShownType, EventType, ShownType];
      if (!(shownTable(moves.variant)[from]?.[event] ?? []).includes(to))
        return {
          type: "violated",
          state: firstWith(explored, machine),
          why: `${from} --${event}--> ${to} is not in the table.`,
        };
    }
    return { type: "holds", witnesses: taken.length };
  },
  mutants: [
    {
      id: "unanswered-precheck-is-forgotten",
      alone: true,
      place: "machine",
      story: "A pre-check that has no answer leads back to `idle`, and nobody is told that anything failed.",
      rules: afterwards("validating_pre", ["precheck_failed"], (state, effect) =>
        state.type === "failed" && state.cause === "precheck_error"
          ? { state: atStart, effect: null }
          : { state, effect },
      ),
    },
    {
      id: "interrupted-preparation-is-forgotten",
      place: "recovery",
      story:
        "A restart that finds `preparing` goes to `idle` as if nothing had been, so that a crash loop goes unseen.",
      rules: afterwards("preparing", ["interrupted", "connection_lost"], () => ({ state: atStart, effect: null })),
    },
  ],
  notAlone: null,
};
