import { judged } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const nothingTooEarly: LocalProperty = {
  id: "nothing_too_early",
  kind: "safety",
  sentence: "Nothing is executed before `migrating`; what violates doctrine or lacks a dependency is never executed.",
  formula: "AG (statement received => not refused in this attempt)",
  hazards: ["executed_although_refused"],
  check: noHazard(["executed_although_refused"], ["send", "doctrine_violated", "precheck_false"], {
    executed_although_refused: "A step reaches the database in an attempt that was refused.",
  }),
  mutants: [
    {
      id: "doctrine-is-advice",
      alone: true,
      place: "machine",
      story: "A violated doctrine rule is taken for a passed pre-check.",
      rules: judged((effect, _, event) =>
        effect.type === "validate_pre" && event.type === "doctrine_violated" ? { type: "precheck_passed" } : null,
      ),
    },
    {
      id: "precheck-is-advice",
      place: "machine",
      story: "A pre-check that does not hold is taken for one that does.",
      rules: judged((effect, _, event) =>
        effect.type === "validate_pre" && event.type === "precheck_failed" ? { type: "precheck_passed" } : null,
      ),
    },
  ],
  notAlone: null,
};
