import type { TriedMigration, TriedRollback, VerifyResult } from "../results.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { count, finish, progressTo } from "./present.ts";
import { fromEnvironment, runnerFor } from "./project.ts";

export async function verify(command: Extract<Command, { type: "verify" }>, io: Io): Promise<number> {
  const { fromEmpty, scratch } = command;
  const runner = await runnerFor(command, io, progressTo(io, command));
  const scratchDefault = fromEnvironment("SUREFOOT_SCRATCH_URL", io);
  const result = await runner.verify({
    fromEmpty,
    ...(scratch === undefined ? {} : { scratch }),
    ...(scratchDefault === undefined ? {} : { scratchDefault }),
  });
  return finish(result, command, io, verifyText);
}

function verifyText({ migrations, notCopied, error, from }: VerifyResult): string {
  if (error !== null && error.code !== "VERIFY_FAILED") return "";
  if (migrations.length === 0) return "Nothing is pending, so nothing was tried.";
  const lacking = notCopied.map(({ object, why }) => `Not copied: ${object}; ${sentence(why)}`);
  return [
    ...migrations.map(migrationText),
    ...(lacking.length === 0 ? [] : [lacking.join("\n")]),
    summary(migrations, from),
  ].join("\n\n");
}

function migrationText({ id, notTried, up, rollbacks, down, notes }: TriedMigration): string {
  if (notTried !== null) return `${id}\n  Not tried: ${notTried}.`;
  const lines = [id, up?.works === true ? "  up: works." : `  up: DOES NOT WORK. ${sentence(up?.message)}`];
  for (const { first, last, rollback } of spans(rollbacks))
    lines.push(`  failure after step ${first === last ? first : `${first} to ${last}`}: ${rollbackText(rollback)}`);
  if (down !== null) lines.push(`  down: ${downText(down)}`);
  lines.push(...notes.map((note) => `  Note: ${note}`));
  return lines.join("\n");
}

interface Span {
  readonly first: number;
  readonly last: number;
  readonly rollback: TriedRollback;
}

/** Steps with the same answer, one after the other, are told as one. */
function spans(rollbacks: readonly TriedRollback[]): readonly Span[] {
  const found: Span[] = [];
  for (const rollback of rollbacks) {
    const before = found.at(-1);
    const same = before !== undefined && rollbackText(before.rollback) === rollbackText(rollback);
    if (same) found[found.length - 1] = { ...before, last: rollback.after };
    else found.push({ first: rollback.after, last: rollback.after, rollback });
  }
  return found;
}

function rollbackText({ by, verdict, message }: TriedRollback): string {
  if (verdict === "none") return `needs a person; ${sentence(message)}`;
  if (verdict === "not_real") return `NOT ROLLED BACK as promised. ${sentence(message)}`;
  const who = by === "engine" ? "by the engine" : by === "down" ? "by its down section" : "by the undos of its steps";
  return `rolled back ${who}, and everything is as before.`;
}

function downText({ verdict, message }: NonNullable<TriedMigration["down"]>): string {
  if (verdict === "none") return `there is none; ${sentence(message)}`;
  return verdict === "real" ? "works, and everything is as before." : `DOES NOT LEAD BACK. ${sentence(message)}`;
}

function sentence(text: string | null | undefined): string {
  return `${(text ?? "").replace(/\.$/, "")}.`;
}

function summary(migrations: readonly TriedMigration[], from: VerifyResult["from"]): string {
  const where = from === "schema" ? "the database's schema without its rows" : "an empty database";
  const untried = migrations.filter(({ notTried }) => notTried !== null).length;
  const tried = migrations.length - untried;
  const real = migrations.flatMap(({ rollbacks, down }) => [...rollbacks, ...(down === null ? [] : [down])]);
  const counted = (verdict: string): number => real.filter((one) => one.verdict === verdict).length;
  const broken = counted("not_real");
  return [
    `Tried ${count(tried, "migration")} on ${where}: ${count(counted("real"), "rollback")} real`,
    `, ${broken} not${untried === 0 ? "" : `; ${count(untried, "migration")} not tried`}.`,
  ].join("");
}
