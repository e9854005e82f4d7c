import { dot, graphJson, mermaid, svg } from "@surefoot/model";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";

type Format = Extract<Command, { type: "graph" }>["format"];

const drawn: { readonly [F in Format]: () => string } = { mermaid, dot, svg, json: graphJson };

export async function graph(command: Extract<Command, { type: "graph" }>, io: Io): Promise<number> {
  const text = drawn[command.format]();
  const result = {
    type: "result",
    command: "graph",
    exit: 0,
    state: null,
    error: null,
    next: [],
    format: command.format,
    text,
  };
  io.out(command.json ? `${JSON.stringify(result)}\n` : text);
  return 0;
}
