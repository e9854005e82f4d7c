import { afterwards } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const onceAndInReverse: LocalProperty = {
  id: "once_and_in_reverse",
  kind: "safety",
  sentence: "No step takes effect twice without its undo in between, steps run in order, and undos in exact reverse.",
  formula: "AG (step k takes effect => not in effect and 0..k-1 are; undo k => in effect and none after it is)",
  hazards: ["twice", "out_of_order"],
  check: noHazard(["twice", "out_of_order"], ["executes"], {
    twice: "A step takes effect although it is in effect already, or an undo runs of which the step is not.",
    out_of_order: "A step runs before an earlier one took effect, or is undone while a later one is still in effect.",
  }),
  mutants: [
    {
      id: "resumes-without-deciding",
      place: "recovery",
      story: "Under `resume` the step in doubt is sent again without looking whether it took effect.",
      rules: afterwards("migrating", ["interrupted", "connection_lost"], (state) =>
        state.type !== "migrating" || !state.inDoubt
          ? null
          : {
              state: { ...state, inDoubt: false },
              effect: { type: "observe", way: "up", step: state.reached, part: 0, compare: false },
            },
      ),
    },
    {
      id: "last-step-is-not-undone",
      place: "recovery",
      story: "After an interruption the way back begins one step too low.",
      rules: afterwards("migrating", ["interrupted", "connection_lost"], (state, effect) => {
        if (state.type !== "rolling_back" || state.route !== "steps" || state.left < 2 || state.doubt !== null)
          return null;
        if (effect?.type !== "observe") return null;
        const left = state.left - 1;
        return { state: { ...state, left }, effect: { ...effect, step: left - 1 } };
      }),
    },
  ],
  notAlone:
    "A step that is sent again also makes the journal wrong about it, or stands on what a person has made by hand; this property " +
    "says what was wrong with the order.",
};
