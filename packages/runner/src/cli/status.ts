import { meaningOf } from "../explain.ts";
import type { StatusResult } from "../results.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { finish, remainingText } from "./present.ts";
import { runnerFor } from "./project.ts";

export async function status(command: Extract<Command, { type: "status" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io);
  return finish(
    await runner.status({ check: command.check, ...(command.strict ? { strict: true } : {}) }),
    command,
    io,
    statusText,
  );
}

function statusText(result: StatusResult): string {
  if (result.state === null) return "";
  const lines = [`State: ${stateText(result)}`];
  if (result.owner !== null) lines.push(`At work now: ${result.owner}`);
  lines.push(...remainingText(result.remaining), `Applied: ${result.applied.length}`);
  const newest = result.applied.slice(-5);
  if (result.applied.length > newest.length) lines.push("  …");
  for (const { id, how, at } of newest) lines.push(`  ${id}  ${how === "executed" ? "" : `${how}, `}${at}`);
  lines.push(`Pending: ${result.pending.length}`, ...result.pending.map((id) => `  ${id}`));
  lines.push(
    ...result.drift.map((message) => `Drift: ${message}`),
    ...result.notes.map((message) => `Note: ${message}`),
  );
  if (result.state !== "idle") lines.push("Ask `surefoot explain` what this means.");
  return lines.join("\n");
}

function stateText({ state, migration, clean, cause }: StatusResult): string {
  if (migration === null) return state ?? "";
  const kind = clean === null ? "" : clean ? ", clean" : ", needs an operator";
  return `${state} (${migration}${kind}${cause === null ? "" : `: ${meaningOf(cause)}`})`;
}
