import { afterwards } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const keepsWhatWasThere: LocalProperty = {
  id: "keeps_what_was_there",
  kind: "safety",
  sentence: "No undo removes what the snapshot already had: a step that changed nothing is not undone.",
  formula: "AG (undo k executes => step k changed something)",
  hazards: ["snapshot_damaged"],
  check: noHazard(["snapshot_damaged"], ["executes"], {
    snapshot_damaged: "The undo of a step that changed nothing takes away what was there before the migration.",
  }),
  mutants: [
    {
      id: "no-change-is-undone",
      alone: true,
      place: "machine",
      story: "A step that says that it changed nothing is undone like any other.",
      rules: afterwards("migrating", ["step_applied"], (state, effect) =>
        state.type === "migrating" && state.unchanged.length > 0
          ? { state: { ...state, unchanged: [] }, effect }
          : null,
      ),
    },
  ],
  notAlone: null,
};
