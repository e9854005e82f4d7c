import { judged } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const rolledBackIsTrue: LocalProperty = {
  id: "rolled_back_is_true",
  kind: "safety",
  sentence:
    "`rolled_back` means that no effect of ours is left, no row of others is gone, and no session of ours can still make one.",
  formula: "AG (rollback_verified => nothing in effect and no rows gone and no statement in flight)",
  hazards: ["false_rollback"],
  check: noHazard(["false_rollback"], ["verify", "engine_takes_back"], {
    false_rollback:
      "The journal says that the migration was rolled back, and something of it is left, or may still come.",
  }),
  mutants: [
    {
      id: "lost-rows-are-not-told",
      alone: true,
      place: "verification",
      story: "A rollback whose schema is as before counts as verified, also after rows were destroyed.",
      rules: judged((effect, reply) =>
        effect.type === "verify" && reply.type === "comparison" && reply.equal ? { type: "rollback_verified" } : null,
      ),
    },
    {
      id: "undone-is-assumed",
      place: "verification",
      story: "A failing undo counts as done, and the end of the rollback is not compared.",
      rules: judged((effect, reply, event) =>
        effect.type === "run" && effect.way === "undo" && reply.type === "sql_error" && event.type === "undo_failed"
          ? { type: "step_undone", by: effect.by, step: effect.step, part: effect.part }
          : null,
      ),
      protocol: { verifies: false },
    },
  ],
  notAlone: null,
};
