import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { finish, progressTo, upText } from "./present.ts";
import { runnerFor } from "./project.ts";

export async function up(command: Extract<Command, { type: "up" | "retry" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io, progressTo(io, command));
  const { to, atomic, outOfOrder, strict, recovery, waitMs, reconnectMs, killOrphan } = command;
  const options = {
    waitMs,
    reconnectMs,
    killOrphan,
    atomic,
    outOfOrder,
    ...(strict ? { strict } : {}),
    ...(to === undefined ? {} : { to }),
    ...(recovery === undefined ? {} : { recovery }),
  };
  const result = command.type === "up" ? await runner.up(options) : await runner.retry(options);
  return finish(result, command, io, (of) => upText(of, to));
}
