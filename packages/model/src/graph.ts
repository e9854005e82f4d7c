import { eventTypes } from "./event.ts";
import { isSink, stateTypes } from "./state.ts";
import { table } from "./table.ts";
import type { Table } from "./table.ts";

/** The state diagram as Mermaid text, drawn from the table: one arrow for each pair of states, with its events. */
export function mermaid(of: Table = table): string {
  const lines = ["stateDiagram-v2", "  [*] --> idle"];
  for (const from of stateTypes)
    for (const to of stateTypes) {
      const events = eventTypes.filter((event) => of[from][event]?.includes(to));
      if (events.length > 0) lines.push(`  ${from} --> ${to} : ${events.join("<br>")}`);
    }
  for (const sink of stateTypes.filter(isSink)) lines.push(`  ${sink} --> [*]`);
  return `${lines.join("\n")}\n`;
}
