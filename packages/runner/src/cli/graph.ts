import { dot, graphJson, mermaid, svg } from "@surefoot/model";
import { SurefootError } from "../error.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";

type Format = Extract<Command, { type: "graph" }>["format"];

const drawn: { readonly [F in Exclude<Format, "promela">]: () => string } = { mermaid, dot, svg, json: graphJson };

export async function graph(command: Extract<Command, { type: "graph" }>, io: Io): Promise<number> {
  const text = command.format === "promela" ? await whole(command) : drawn[command.format]();
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

async function whole(command: Extract<Command, { type: "graph" }>): Promise<string> {
  const { promelaText } = await import("./promela.ts");
  const answer = promelaText(command.whole);
  if ("problem" in answer) throw new SurefootError("USAGE", answer.problem);
  return answer.text;
}
