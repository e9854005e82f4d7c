import { isSink, stateTypes } from "../state.ts";
import { table } from "../table.ts";
import type { Table } from "../table.ts";
import { arrowsOf } from "./arrows.ts";

/** The table as JSON: the states, and each move once. */
export function graphJson(of: Table = table): string {
  const states = stateTypes.map((name) => ({ name, sink: isSink(name) }));
  const transitions = arrowsOf(of).flatMap(({ from, to, events }) => events.map((event) => ({ from, event, to })));
  return `${JSON.stringify({ states, transitions }, null, 2)}\n`;
}
