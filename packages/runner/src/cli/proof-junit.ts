/** A proof as JUnit XML: one test for each property and one for each mutant, for the reports of a CI. */
import type { Proof } from "@surefoot/model/explorer";
import { storyText } from "@surefoot/model/explorer";
import { suite, test, wholeReport } from "./junit.ts";

export function proofJunit(proof: Proof): string {
  const properties = proof.properties.map(({ id, kind, verdict, sentence, holes, counterexample }) => {
    const why = [
      sentence,
      ...holes.map((hole) => `never seen: ${hole}`),
      counterexample === null ? "" : storyText(counterexample),
    ];
    return test(`properties.${kind}`, id, verdict === "holds" ? null : { type: verdict, text: why.join("\n").trim() });
  });
  const mutants = proof.mutants.map(({ id, outcome, story, because }) => {
    const bad = outcome === "invalid" || (outcome === "survived" && because === null);
    return test("mutants", id, bad ? { type: outcome, text: `${story} ${because ?? "No property sees it."}` } : null);
  });
  const checks = proof.complaints.length === 0 ? null : { type: "complaints", text: proof.complaints.join("\n") };
  const suites = [
    suite("properties", properties),
    ...(mutants.length > 0 ? [suite("mutants", mutants)] : []),
    suite("proof", [test("proof", "every check can fail", checks)]),
  ];
  return wholeReport("surefoot prove", suites);
}
