import { actionsWhere, restricted } from "../explorer/explored.ts";
import { isDull } from "../explorer/action.ts";
import { judged } from "./alter.ts";
import type { LocalProperty } from "./property.ts";

const dull = actionsWhere(isDull);

export const noFaultNoFailure: LocalProperty = {
  id: "no_fault_no_failure",
  kind: "safety",
  sentence: "Without faults, negative answers and interference every valid migration is applied.",
  formula: "A[only dull actions] G (not rolling_back and not failed)",
  hazards: [],
  check(explored) {
    const graph = restricted(explored.graph, dull);
    const seen = new Uint8Array(graph.stateCount);
    const queue = [0];
    seen[0] = 1;
    let applied = 0;
    for (const state of queue) {
      const world = explored.world(state);
      const { type } = explored.moves.states[world.journal]!.state;
      const missing = (type === "failed" || type === "rolling_back") && !dependencyIsMissing(explored, state);
      if (missing) return { type: "violated", state, why: `Nothing went wrong, and the migration is in ${type}.` };
      if (world.applied !== 0 && explored.rests[state] === 1) applied++;
      for (let edge = graph.edgeStart[state]!; edge < graph.edgeStart[state + 1]!; edge++) {
        const target = graph.edgeTarget[edge]!;
        if (seen[target] === 1) continue;
        seen[target] = 1;
        queue.push(target);
      }
    }
    return applied > 0 || explored.configuration.arrives !== null
      ? { type: "holds", witnesses: applied }
      : { type: "violated", state: 0, why: "Nothing goes wrong, and yet no migration is ever applied." };
  },
  mutants: [
    {
      id: "everything-is-refused",
      alone: true,
      place: "machine",
      story: "Every pre-check fails. A machine that always fails satisfies every other safety property.",
      rules: judged((effect, _, event) =>
        effect.type === "validate_pre" && event.type === "precheck_passed"
          ? { type: "precheck_failed", cause: "precheck_false" }
          : null,
      ),
    },
    {
      id: "everything-is-rolled-back",
      place: "machine",
      story: "Every post-check fails.",
      rules: judged((effect, _, event) =>
        effect.type === "validate_post" && event.type === "postcheck_passed"
          ? { type: "postcheck_failed", cause: "postcheck_false" }
          : null,
      ),
    },
  ],
  notAlone: null,
};

/** It is not valid to begin with. */
function dependencyIsMissing(explored: Parameters<LocalProperty["check"]>[0], state: number): boolean {
  const world = explored.world(state);
  const { jobs } = explored.configuration;
  const job = jobs[explored.moves.states[world.journal]!.job];
  return job !== undefined && (job.needs.length > 0 || job.dependents.length > 0);
}
