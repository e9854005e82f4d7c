import { isSink, stateTypes } from "../state.ts";
import { table } from "../table.ts";
import type { Table } from "../table.ts";
import { arrowsOf } from "./arrows.ts";

/** The state diagram for Graphviz, drawn from the table. Sinks have a double line. */
export function dot(of: Table = table): string {
  const states = stateTypes.map((state) => `  ${state}${isSink(state) ? " [peripheries=2]" : ""};`);
  const arrows = arrowsOf(of).map(({ from, to, events }) => `  ${from} -> ${to} [label="${events.join("\\n")}"];`);
  const looks = ["rankdir=LR;", "node [shape=box, style=rounded];"].map((line) => `  ${line}`);
  return `${["digraph surefoot {", ...looks, ...states, ...arrows, "}"].join("\n")}\n`;
}
