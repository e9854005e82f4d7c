import { judged } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const noNeedlessHuman: LocalProperty = {
  id: "no_needless_human",
  kind: "safety",
  sentence:
    "A failure is unclean only if an undo is missing, failed or would destroy what others wrote, a statement cannot be decided, or the database was changed from outside.",
  formula: "AG (failed(unclean) => a cause that only a person can mend is true in the database)",
  hazards: ["needless_human"],
  check: noHazard(["needless_human"], ["verify", "decide", "observe"], {
    needless_human: "A person is called, and what they are told is not so.",
  }),
  mutants: [
    {
      id: "every-restart-is-suspicious",
      alone: true,
      place: "recovery",
      story: "The comparison after an interruption always reports a change from outside.",
      rules: judged((effect) =>
        effect.type === "observe" && effect.way === "undo" && effect.compare
          ? { type: "undecidable", cause: "changed_outside" }
          : null,
      ),
    },
    {
      id: "evidence-is-not-read",
      place: "recovery",
      story: "A statement in doubt is handed to a person although evidence decides it.",
      rules: judged((effect, _, event, state) =>
        effect.type === "decide" && event.type === "step_decided" && state.type === "rolling_back"
          ? { type: "undecidable", cause: "no_evidence" }
          : null,
      ),
    },
  ],
  notAlone: null,
};
