import type { ActionName } from "../explorer/action.ts";
import { actionsWhere, restricted } from "../explorer/explored.ts";
import { canReach } from "../explorer/reach.ts";
import { refused } from "./alter.ts";
import type { LocalProperty } from "./property.ts";

/** What an operator does with the database by hand, and the bookkeeping that follows; no statement is sent. */
const bookkeeping: readonly ActionName[] = [
  "invoke",
  "reconnect",
  "read_journal",
  "close",
  "raise",
  "give_up",
  "finish_by_hand",
  "resolve_applied",
  "resolve_applied_forced",
  "dependency_arrives",
];
const byHand = actionsWhere(({ name, commit }) => bookkeeping.includes(name) && commit === "");

export const manualOverride: LocalProperty = {
  id: "manual_override",
  kind: "liveness",
  sentence:
    "What an operator has finished by hand can be recorded as applied, from every failure, without a statement being sent.",
  formula: "AG (failed and rest => EF[by hand] recorded)",
  hazards: [],
  check(explored) {
    const { graph, rests, moves, configuration } = explored;
    if (!configuration.operator || configuration.jobs.length > 1) return { type: "holds", witnesses: 0 };
    // Where nobody works by hand, nothing is to be recorded.
    if (explored.count("finish_by_hand") === 0) return { type: "holds", witnesses: 0 };
    const bit = 1 << explored.successors.migrations.indexOf(configuration.jobs[0]!.migration);
    const done = explored.mark(
      (world) => moves.states[world.journal]!.state.type === "idle" && (world.applied & bit) !== 0,
    );
    const reaches = canReach(restricted(graph, byHand), done);
    let witnesses = 0;
    for (let state = 0; state < graph.stateCount; state++) {
      if (rests[state] !== 1 || moves.states[explored.world(state).journal]!.state.type !== "failed") continue;
      witnesses++;
      if (reaches[state] !== 1)
        return { type: "violated", state, why: "Finished by hand, it cannot be recorded as applied from here." };
    }
    return { type: "holds", witnesses };
  },
  mutants: [
    {
      id: "no-claim-is-taken",
      alone: true,
      place: "operator",
      story: "`resolve --applied` has no row: work finished by hand can only be undone and done again.",
      rules: refused("failed", "resolve_applied"),
    },
  ],
  notAlone: null,
};
