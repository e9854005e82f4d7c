/** What a person sees: the story as it unfolds, what was left, and whether it ended as it must. */
import type { Moment } from "../play/observation.ts";
import type { Result } from "../result.ts";
import { hasHeld } from "../result.ts";

const width = "second runner".length;

export function momentText({ actor, text }: Moment): string {
  const sign = actor === "fault" ? "✕" : actor === "operator" ? ">" : " ";
  return `${sign} ${actor.padEnd(width)}  ${text.replaceAll("\n", `\n${" ".repeat(width + 4)}`)}\n`;
}

export function leftText(result: Result): string {
  if (result.type !== "played") return "";
  const { outcome, tables, rows, applied } = result.seen;
  const lines = Object.entries(tables).map(([table, parts]) => {
    const count = rows[table];
    return `  ${table} (${parts.join(", ")})${count === undefined ? "" : `, ${count} ${count === 1 ? "row" : "rows"}`}`;
  });
  return [`Left behind: ${outcome}; applied: ${applied.join(", ") || "nothing"}`, ...lines, ""].join("\n");
}

export function verdictText(result: Result): string {
  const head = `${result.name} on ${result.on}`;
  switch (result.type) {
    case "skipped":
      return `skipped  ${head}: ${result.reason}\n`;
    case "broken":
      return `BROKEN   ${head}: ${result.message}\n`;
    default: {
      if (hasHeld(result)) return `held     ${head}\n`;
      return `FAILED   ${head}\n${result.differences.map((line) => `           ${line}\n`).join("")}`;
    }
  }
}
