import { isSink, stateTypes } from "../state.ts";
import { table } from "../table.ts";
import type { Table } from "../table.ts";
import { arrowsOf } from "./arrows.ts";

/** The state diagram as Mermaid text, drawn from the table. */
export function mermaid(of: Table = table): string {
  const arrows = arrowsOf(of).map(({ from, to, events }) => `  ${from} --> ${to} : ${events.join("<br>")}`);
  const ends = stateTypes.filter(isSink).map((sink) => `  ${sink} --> [*]`);
  return `${["stateDiagram-v2", "  [*] --> idle", ...arrows, ...ends].join("\n")}\n`;
}
