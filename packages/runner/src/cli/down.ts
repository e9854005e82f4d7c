import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { count, finish, progressTo, upText } from "./present.ts";
import { runnerFor } from "./project.ts";

export async function down(command: Extract<Command, { type: "down" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io, progressTo(io, command));
  const { to, steps, yes, waitMs, reconnectMs, killOrphan } = command;
  const { ask } = io;
  const confirm = async (destroys: readonly string[]): Promise<boolean> => {
    if (yes) return true;
    if (ask === null || command.json) return false;
    return ask(`This destroys:\n${destroys.map((what) => `  ${what}`).join("\n")}\nGo on? [y/N] `);
  };
  const result = await runner.down({
    waitMs,
    reconnectMs,
    killOrphan,
    confirm,
    ...(to === undefined ? {} : { to }),
    ...(steps === undefined ? {} : { steps }),
  });
  return finish(result, command, io, ({ reverted, ...rest }) =>
    [
      ...(reverted.length > 0 ? [`Reverted ${count(reverted.length, "migration")}: ${reverted.join(", ")}.`] : []),
      rest.outcome === "nothing" ? "Nothing to revert." : upText({ ...rest, applied: [] }),
    ]
      .filter((line) => line !== "")
      .join("\n"),
  );
}
