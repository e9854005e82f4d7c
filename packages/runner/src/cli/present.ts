/** How results and progress look to people. With --json the same objects are printed as lines instead. */
import { assertNever } from "@surefoot/model";
import type { Progress } from "../progress.ts";
import type { RemainingStep, ResultBase, UpResult } from "../results.ts";
import type { Common } from "./command.ts";
import type { Io } from "./io.ts";

/** Prints progress as it happens: lines of JSON to stdout, or sentences to stderr. */
export function progressTo(io: Io, given: Common): (event: Progress) => void {
  const print = given.json
    ? (event: Progress) => io.out(`${JSON.stringify(event)}\n`)
    : (event: Progress) => {
        const line = sentence(event);
        if (line !== null) io.err(`${line}\n`);
      };
  const { watch, atWork } = io;
  let began = false;
  return (event) => {
    if (!began) atWork?.();
    began = true;
    watch?.(event);
    print(event);
  };
}

function sentence(event: Progress): string | null {
  switch (event.type) {
    case "step": {
      const number = `${event.step + 1}/${event.of}`;
      if (event.status === "sent" && event.way === "up")
        return `${event.migration}  step ${number}  ${oneLine(event.sql)}`;
      if (event.status === "taken_back") return `${event.migration}  step ${event.step + 1} taken back`;
      if (event.status === "failed")
        return `${event.migration}  ${event.way === "undo" ? "the undo of " : ""}step ${event.step + 1} failed: ${event.message ?? ""}`;
      return null;
    }
    case "waiting":
    case "note":
      return event.message;
    case "transition":
      return transitionSentence(event);
    default:
      return assertNever(event);
  }
}

/** Only the moves that a person would tell another about. */
function transitionSentence(move: Extract<Progress, { type: "transition" }>): string | null {
  const { migration, event, from, to, direction } = move;
  switch (event) {
    case "interrupted":
      return to === "rolling_back" || from === "rolling_back"
        ? `${migration}  was interrupted in ${from}; rolling back`
        : `${migration}  was interrupted in ${from}`;
    case "connection_lost":
      return `${migration}  the connection was lost in ${from}`;
    case "step_decided": {
      const { applied } = move.detail as { readonly applied?: boolean };
      return `${migration}  step ${(move.step ?? 0) + 1} was in doubt: it ${applied === true ? "took effect" : "did not take effect"}`;
    }
    case "rollback_verified":
      return `${migration}  rolled back and verified`;
    case "recorded":
      return direction === "down" ? `${migration}  reverted` : `${migration}  applied`;
    default:
      return to === "failed" ? `${migration}  failed (${event})` : null;
  }
}

/** Prints the result and answers with its exit code. */
export function finish<R extends ResultBase>(result: R, given: Common, io: Io, text: (result: R) => string): number {
  if (given.json) {
    io.out(`${JSON.stringify(result)}\n`);
    return result.exit;
  }
  if (result.error !== null) io.err(`surefoot: ${result.error.message}\n`);
  const said = text(result);
  if (said !== "") io.out(`${said}\n`);
  if (result.exit !== 0 && result.next.length > 0) io.err(`Next: ${result.next.join("  or  ")}\n`);
  return result.exit;
}

/** `to`: the migration up to which was asked; more may be pending behind it. */
export function upText(result: UpResult, to?: string): string {
  const applied = result.applied.length;
  const lines: string[] = [];
  if (applied > 0) lines.push(`Applied ${count(applied, "migration")}: ${listed(result.applied)}.`);
  if (result.outcome === "nothing") lines.push(`Nothing to do: ${to ?? "every migration"} is applied.`);
  if (result.outcome === "rolled_back" && result.failed !== null)
    lines.push(`${result.failed.migration} was rolled back; ${verifiedText(result)}.`);
  if (result.outcome === "failed" && result.failed !== null && result.exit === 3)
    lines.push(`${result.failed.migration} failed before it executed anything; the database is as before it.`);
  if (result.outcome === "interrupted")
    lines.push(
      result.failed === null
        ? "Stopped as asked, between two migrations."
        : `Stopped as asked: ${result.failed.migration} is at rest.`,
    );
  if (result.alsoRolledBack.length > 0)
    lines.push(`Taken back with it, all in one transaction: ${listed(result.alsoRolledBack)}.`);
  if (result.failed !== null && result.failed.path.length > 1) lines.push(`Path: ${result.failed.path.join(" → ")}`);
  lines.push(...remainingText(result.remaining));
  return lines.join("\n");
}

export function verifiedText({ verified }: Pick<UpResult, "verified">): string {
  if (verified === null) return "nothing of it is left";
  const schema =
    verified.schema === "exact" ? "the engine says that the schema is exactly as before" : "the schema is as before";
  const data = {
    untouched: "no rows were touched",
    rolled_back: "the engine took the rows back",
    undone_not_compared: "rows were put back by its undos, and not compared",
    compared: "its rows were compared and are as before",
  }[verified.data];
  return `${schema}; ${data}`;
}

export function remainingText(steps: readonly RemainingStep[]): readonly string[] {
  if (steps.length === 0) return [];
  return [
    "Still in the database:",
    ...steps.map(({ step, sql, inDoubt }) => `  step ${step + 1}: ${oneLine(sql)}${inDoubt ? " (in doubt)" : ""}`),
  ];
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function listed(ids: readonly string[]): string {
  return ids.length <= 10 ? ids.join(", ") : `${ids.slice(0, 3).join(", ")}, … ${ids.at(-1) ?? ""}`;
}

export function oneLine(sql: string): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 97)}…` : line;
}
