/** `recover`, `retry-rollback` and `resolve`: they end at rest, or say why not. */
import type { RestResult } from "../results.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { finish, progressTo, remainingText, verifiedText } from "./present.ts";
import { runnerFor } from "./project.ts";

export async function recover(command: Extract<Command, { type: "recover" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io, progressTo(io, command));
  return finish(await runner.recover(command), command, io, restText);
}

export async function retryRollback(command: Extract<Command, { type: "retry-rollback" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io, progressTo(io, command));
  return finish(await runner.retryRollback(command), command, io, restText);
}

export async function resolve(command: Extract<Command, { type: "resolve" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io, progressTo(io, command));
  const { claim, force, reason, waitMs, reconnectMs, killOrphan } = command;
  const result = await runner.resolve({
    claim,
    force,
    waitMs,
    reconnectMs,
    killOrphan,
    ...(reason === undefined ? {} : { reason }),
  });
  return finish(result, command, io, (resolved) =>
    resolved.exit === 0
      ? [`${resolved.migration ?? ""} is recorded as ${claim}.`, ...looked(resolved)].join("\n")
      : [...looked(resolved), ...remainingText(resolved.remaining)].join("\n"),
  );
}

function looked({ looked: seen }: RestResult): readonly string[] {
  return seen.length === 0 ? [] : ["Looked at:", ...seen.map((line) => `  ${line}`)];
}

function restText(result: RestResult): string {
  const name = result.migration ?? "";
  const said = {
    nothing: "Nothing to recover: the database is at rest.",
    applied: `${name} is applied.`,
    rolled_back: `${name} was rolled back; ${verifiedText(result)}.`,
    rest: `${name} is at rest; nothing of it was executed.`,
    failed: "",
    busy: "",
    interrupted: `${name} is at rest.`,
  }[result.outcome];
  return [...(said === "" ? [] : [said]), ...remainingText(result.remaining)].join("\n");
}
