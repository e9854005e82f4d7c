import { mermaid } from "@surefoot/model";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";

export async function graph(command: Extract<Command, { type: "graph" }>, io: Io): Promise<number> {
  const text = mermaid();
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
