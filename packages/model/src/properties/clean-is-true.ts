import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const cleanIsTrue: LocalProperty = {
  id: "clean_is_true",
  kind: "safety",
  sentence:
    "A clean failure, and a claim that everything was put back by hand, mean that no effect of ours is left, and no session of ours can still make one.",
  formula: "AG (failed(clean) or resolved(reverted) => nothing in effect and no rows gone and no statement in flight)",
  hazards: ["false_clean"],
  check: noHazard(["false_clean"], ["precheck_false", "resolve_reverted", "dependency_missing"], {
    false_clean: "The journal claims that nothing is left, and something is, or may still come.",
  }),
  mutants: [
    {
      id: "claims-are-not-judged",
      place: "operator",
      story: "`resolve --reverted` is believed without looking at the database.",
      protocol: { judgesClaims: false },
    },
  ],
  notAlone:
    "A clean claim over effects that are there is soon followed by a step that takes effect twice; this property is violated no later.",
};
