import { canReach } from "../explorer/reach.ts";
import { refused } from "./alter.ts";
import type { LocalProperty } from "./property.ts";

export const sinkIsReachable: LocalProperty = {
  id: "sink_is_reachable",
  kind: "liveness",
  sentence: "From every state that can be reached, some continuation comes to rest in a sink.",
  formula: "AG EF rest",
  hazards: [],
  check(explored) {
    const reaches = canReach(explored.graph, explored.rests);
    const stuck = reaches.indexOf(0);
    return stuck === -1
      ? { type: "holds", witnesses: reaches.length }
      : {
          type: "violated",
          state: stuck,
          why: "From here no continuation, with or without faults, ever comes to rest.",
        };
  },
  mutants: [
    {
      id: "interrupted-preparation-has-no-row",
      alone: true,
      place: "table",
      story: "A restart that finds `preparing` has no way on.",
      rules: refused("preparing", "interrupted"),
    },
    {
      id: "interrupted-rollback-has-no-row",
      place: "table",
      story: "A restart that finds `rolling_back` has no way on.",
      rules: refused("rolling_back", "interrupted"),
    },
  ],
  notAlone:
    "Where no continuation comes to rest, the graph without faults has a dead end or a cycle, so `comes_to_rest` is violated " +
    "too; this one needs no assumption of fairness, and names the state.",
};
