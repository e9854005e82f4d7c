import { afterwards, judged } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const appliedIsTrue: LocalProperty = {
  id: "applied_is_true",
  kind: "safety",
  sentence:
    "`applied` is recorded only when every step took effect and the post-checks held, or an operator said that it was done by hand.",
  formula: "AG (recorded(up, executed) => every step in effect and postchecks held)",
  hazards: ["false_applied"],
  check: noHazard(["false_applied"], ["postchecks_pass"], {
    false_applied:
      "The migration is recorded as applied, and not every step is in effect or its post-checks do not hold.",
  }),
  mutants: [
    {
      id: "failed-postcheck-is-ignored",
      alone: true,
      place: "machine",
      story: "A post-check that does not hold is taken for one that does.",
      rules: judged((effect, _, event) =>
        effect.type === "validate_post" && event.type === "postcheck_failed" ? { type: "postcheck_passed" } : null,
      ),
    },
    {
      id: "last-step-is-not-waited-for",
      place: "machine",
      story: "Once the last step is announced, the post-checks begin without it.",
      rules: afterwards("migrating", ["step_sent"], (state, _, was, plan) => {
        if (state.type !== "migrating" || was.reached + 1 !== plan.steps.length) return null;
        const { migration, direction, interruptionCount, unchanged } = state;
        return {
          state: { type: "validating_post", migration, direction, interruptionCount, reached: was.reached, unchanged },
          effect: { type: "validate_post" },
        };
      }),
    },
  ],
  notAlone: null,
};
