import { afterwards } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const handsOff: LocalProperty = {
  id: "hands_off",
  kind: "safety",
  sentence:
    "An operator's work is never undone by the machine: what was mended by hand while nobody ran is noticed first.",
  formula: "AG (undo executes => nothing was made or unmade by hand since the journal was written last)",
  hazards: ["hands_work_undone"],
  check: noHazard(["hands_work_undone"], ["finish_by_hand", "restore_by_hand"], {
    hands_work_undone: "An undo runs on top of what a person has made by hand.",
  }),
  mutants: [
    {
      id: "nothing-is-compared",
      place: "recovery",
      story: "The objects are not compared before the first undo after an interruption.",
      protocol: { compares: false },
    },
    {
      id: "retry-rollback-does-not-compare",
      place: "operator",
      story: "`retry_rollback` goes on undoing without comparing.",
      rules: afterwards("failed", ["retry_rollback"], (state, effect) =>
        effect?.type === "observe" ? { state, effect: { ...effect, compare: false } } : null,
      ),
    },
    {
      id: "restart-does-not-compare",
      alone: true,
      place: "recovery",
      story: "A restart that finds a rollback under way goes on undoing without comparing.",
      rules: afterwards("rolling_back", ["interrupted", "connection_lost"], (state, effect) =>
        effect?.type === "observe" ? { state, effect: { ...effect, compare: false } } : null,
      ),
    },
    {
      id: "failed-step-does-not-compare",
      place: "recovery",
      story: "A step that failed because the journal refused its record is rolled back without comparing.",
      rules: afterwards("migrating", ["step_failed"], (state, effect) =>
        effect?.type === "observe" ? { state, effect: { ...effect, compare: false } } : null,
      ),
    },
  ],
  notAlone: null,
};
