import { actionsWhere, restricted } from "../explorer/explored.ts";
import { classOf } from "../explorer/action.ts";
import { canReach } from "../explorer/reach.ts";
import { transition } from "../transition.ts";
import type { LocalProperty } from "./property.ts";

const withoutFaults = actionsWhere((action) => classOf(action) !== "fault");

export const failedLeadsOn: LocalProperty = {
  id: "failed_leads_on",
  kind: "liveness",
  sentence: "From `failed` an operator's action always leads on to `idle`.",
  formula: "AG (failed and rest => EF[no faults] (idle and rest))",
  hazards: [],
  check(explored) {
    const { graph, rests, moves } = explored;
    if (!explored.configuration.operator) return { type: "holds", witnesses: 0 };
    const idle = explored.mark(
      (world, state) => rests[state] === 1 && moves.states[world.journal]!.state.type === "idle",
    );
    const reaches = canReach(restricted(graph, withoutFaults), idle);
    let witnesses = 0;
    for (let state = 0; state < graph.stateCount; state++) {
      if (rests[state] !== 1 || moves.states[explored.world(state).journal]!.state.type !== "failed") continue;
      witnesses++;
      if (reaches[state] !== 1)
        return { type: "violated", state, why: "No command of an operator leads on from here." };
    }
    return { type: "holds", witnesses };
  },
  mutants: [
    {
      id: "crash-loop-is-for-ever",
      place: "operator",
      story: "After a crash loop the operator's own `retry` is refused like that of `up`, and so is every claim.",
      rules: {
        transition(config, machine, event, answers) {
          if (machine.state.type === "failed" && machine.state.cause === "crash_loop")
            return { type: "refused", reason: "guard" };
          return transition(config, machine, event, answers);
        },
      },
    },
    {
      id: "changed-database-is-for-ever",
      place: "operator",
      story: "An unclean failure accepts `retry_rollback` and nothing else.",
      rules: {
        transition(config, machine, event, answers) {
          const unclean = machine.state.type === "failed" && machine.state.wayBack !== null;
          if (unclean && event.type !== "retry_rollback") return { type: "refused", reason: "guard" };
          return transition(config, machine, event, answers);
        },
      },
    },
  ],
  notAlone:
    "Where work by hand can be recorded (`manual_override`) something leads on, so whatever breaks this breaks that too, except " +
    "where a dependency never comes; it is the promise that people read.",
};
