import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { count, finish, progressTo } from "./present.ts";
import { runnerFor } from "./project.ts";

export async function baseline(command: Extract<Command, { type: "baseline" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io, progressTo(io, command));
  const { to, only, waitMs, reconnectMs, killOrphan } = command;
  const result = await runner.baseline({
    waitMs,
    reconnectMs,
    killOrphan,
    ...(to === undefined ? {} : { to }),
    ...(only === undefined ? {} : { only }),
  });
  return finish(result, command, io, ({ exit, recorded }) =>
    exit !== 0
      ? ""
      : recorded.length === 0
        ? "Nothing to record: they are applied already."
        : `Recorded ${count(recorded.length, "migration")} as applied, without running: ${recorded.join(", ")}.`,
  );
}

export async function acceptEdit(command: Extract<Command, { type: "accept-edit" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io, progressTo(io, command));
  const { id, reason, waitMs, reconnectMs, killOrphan } = command;
  const result = await runner.acceptEdit({ id, reason, waitMs, reconnectMs, killOrphan });
  return finish(result, command, io, ({ exit }) => (exit === 0 ? `The file of ${id} is taken as it is now.` : ""));
}
