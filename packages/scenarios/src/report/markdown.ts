import type { Result } from "../result.ts";
import { hasHeld } from "../result.ts";

/** A table with a row for each scenario, and below it what was not as it must be. */
export function markdownReport(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const said =
      result.type === "skipped"
        ? `skipped: ${result.reason}`
        : hasHeld(result)
          ? "held"
          : result.type === "broken"
            ? "**broken**"
            : "**failed**";
    const path = result.type === "played" ? result.seen.path.join(" → ") : "";
    return `| ${result.name} | ${result.on} | ${cell(said)} | ${path} |`;
  });
  const failures = results.flatMap((result) => {
    if (hasHeld(result) || result.type === "skipped") return [];
    const lines = result.type === "broken" ? [result.message] : result.differences;
    return [`\n### ${result.name} on ${result.on}\n`, ...lines.map((line) => `- ${line.replaceAll("\n", " ")}`)];
  });
  return `${["| scenario | on | ended | path |", "| --- | --- | --- | --- |", ...rows, ...failures].join("\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
