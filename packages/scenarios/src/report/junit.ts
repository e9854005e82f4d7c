import { suite, test, wholeReport } from "surefoot/parts";
import type { Result } from "../result.ts";

/** One test for each scenario. What was skipped is left out, as it is in the counts of a CI. */
export function junitReport(results: readonly Result[]): string {
  const tests = results.flatMap((result) => {
    if (result.type === "skipped") return [];
    const lines = result.type === "broken" ? [result.message] : result.differences;
    const failure =
      lines.length === 0 ? null : { type: result.type === "broken" ? "broken" : "differs", text: lines.join("\n") };
    return [test(`scenarios.${result.on}`, result.name, failure)];
  });
  return wholeReport("surefoot replay", [suite("scenarios", tests)]);
}
