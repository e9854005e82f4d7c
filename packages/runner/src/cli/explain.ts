import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { finish } from "./present.ts";
import { runnerFor } from "./project.ts";

export async function explain(command: Extract<Command, { type: "explain" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io);
  return finish(await runner.explain(), command, io, ({ text }) => text);
}
