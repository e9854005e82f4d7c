/** A proof as JUnit XML: one test for each property and one for each mutant, for the reports of a CI. */
import type { Proof } from "@surefoot/model/explorer";
import { storyText } from "@surefoot/model/explorer";

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
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="surefoot prove">\n${suites.join("")}</testsuites>\n`;
}

interface Test {
  readonly failed: boolean;
  readonly xml: string;
}

function test(group: string, name: string, failure: { readonly type: string; readonly text: string } | null): Test {
  const open = `    <testcase classname="${escaped(group)}" name="${escaped(name)}"`;
  if (failure === null) return { failed: false, xml: `${open}/>\n` };
  const { type, text } = failure;
  const xml = `${open}>\n      <failure message="${escaped(type)}" type="${escaped(type)}">${escaped(text)}</failure>\n    </testcase>\n`;
  return { failed: true, xml };
}

function suite(name: string, tests: readonly Test[]): string {
  const failures = tests.filter(({ failed }) => failed).length;
  const head = `  <testsuite name="${name}" tests="${tests.length}" failures="${failures}">\n`;
  return `${head}${tests.map(({ xml }) => xml).join("")}  </testsuite>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
