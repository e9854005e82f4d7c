import { withoutFaults } from "../explorer/explored.ts";
import { fairCycle } from "../explorer/fair-cycle.ts";
import { deadEnds, longestPath } from "../explorer/longest-path.ts";
import { afterwards } from "./alter.ts";
import type { LocalProperty } from "./property.ts";

export const comesToRest: LocalProperty = {
  id: "comes_to_rest",
  kind: "liveness",
  sentence:
    "Once faults cease, every run comes to rest, however long answers stay negative: whatever started leads to a sink, in so many steps at most.",
  formula: "started ~> rest, in every behaviour with finitely many transient faults",
  hazards: [],
  check(explored) {
    const { graph, rests } = explored;
    const inside = rests.map((rest) => 1 - rest);
    const stuck = deadEnds(graph, inside, withoutFaults);
    if (stuck !== null)
      return {
        type: "violated",
        state: stuck,
        why: "Nothing goes on from here by itself, and it is no place to rest.",
      };
    const path = longestPath(graph, inside, withoutFaults);
    if (path.type === "acyclic")
      return { type: "holds", witnesses: path.length, note: `at most ${path.length} steps to a sink` };
    if (path.type === "empty") return { type: "holds", witnesses: 0 };
    // A cycle is a violation unless fairness forbids it; nothing is assumed but that what can happen next does happen.
    const fair = fairCycle(graph, inside, withoutFaults, [withoutFaults]);
    if (fair === null) return { type: "holds", witnesses: 1, note: "no fair cycle" };
    return fair.type === "stutter"
      ? { type: "violated", state: fair.state, why: "It may stay here for ever." }
      : {
          type: "violated",
          state: fair.cycle[0]!.state,
          why: "From here it may go round for ever.",
          cycle: fair.cycle,
        };
  },
  mutants: [
    {
      id: "undo-is-retried-for-ever",
      place: "machine",
      story: "An undo that fails is tried again, without a limit.",
      rules: afterwards("rolling_back", ["undo_failed"], (_, __, was) =>
        was.route === "engine"
          ? null
          : {
              state: { ...was, doubt: null },
              effect: {
                type: "observe",
                way: "undo",
                step: was.route === "down" ? was.done : was.left - 1,
                part: was.part,
                compare: false,
              },
            },
      ),
    },
    {
      id: "postcheck-is-retried-for-ever",
      place: "machine",
      story: "A post-check that does not hold is asked again, without a limit.",
      rules: afterwards("validating_post", ["postcheck_failed"], (_, __, was) => ({
        state: was,
        effect: { type: "validate_post" },
      })),
    },
    {
      id: "dependency-is-waited-for",
      place: "machine",
      story: "A missing dependency is waited for in `preparing`, which is the variant `blocked`.",
      variant: { missingDependency: "waits" },
    },
    {
      id: "rest-is-not-recorded",
      place: "journal",
      story: "The last records of a migration are not written before the runner ends.",
      rules: {
        isBarrier: (plan, effect) =>
          effect?.type === "run" && effect.by === "statement" && plan.transaction !== "migration",
      },
    },
  ],
  notAlone: null,
};
