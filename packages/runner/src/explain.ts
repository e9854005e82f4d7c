/** Says in plain words where a migration stands, what is known, and which commands are safe now. */
import type { Cause, Detail, Failed, Plan, RollingBack, State, TransitionRecord, WayBack } from "@surefoot/model";
import { assertNever, remaining } from "@surefoot/model";
import { shownSql } from "./material.ts";
import type { Material } from "./material.ts";
import type { RemainingStep } from "./results.ts";

export interface Situation {
  readonly state: State;
  readonly plan: Plan;
  readonly material: Material;
  readonly records: readonly TransitionRecord[];
  /** A live runner's name; null when the lease is free. */
  readonly owner: string | null;
  /** What the last attempt with `--atomic` has left to tell, when it was the last thing that happened. */
  readonly takenBack: Detail | null;
}

const meanings: { readonly [C in Cause]: string } = {
  dependency_missing: "a migration that it depends on is not applied",
  dependents_applied: "an applied migration depends on it",
  out_of_order: "a migration that comes after it is already applied",
  crash_loop: "three runs in a row ended in the middle of it",
  undo_missing: "not every step has an undo",
  unreadable: "its file can't be read",
  doctrine: "it violates a doctrine rule",
  transaction_control: "it holds a statement that may not run here",
  precheck_false: "a check before it does not hold",
  precheck_error: "a check before it could not be answered",
  interrupted: "its run was interrupted",
  connection_lost: "the connection was lost",
  step_error: "a step failed",
  postcheck_false: "a check after it does not hold",
  postcheck_error: "a check after it could not be answered",
  commit_failed: "the commit failed",
  undo_error: "an undo failed",
  undo_destroys_data: "an undo would destroy data that the migration did not write",
  no_undo: "a step has no undo",
  fingerprint_differs: "the undos ran, and the schema is still not as before",
  rows_lost: "the undos ran, and rows that a step destroyed can't be brought back",
  changed_outside: "somebody has changed the database meanwhile",
  no_evidence: "nothing tells whether a step took effect",
  halted: "it was stopped, and nothing was undone",
};

export function meaningOf(cause: Cause): string {
  return meanings[cause];
}

/** The steps that are still in the database, or may be, in the order in which they would be taken back. */
export function remainingSteps({ state, plan, material }: Situation): readonly RemainingStep[] {
  const back = wayBackOf(state);
  if (back !== null)
    return remaining(plan, back).map((step) => {
      const down = back.route === "down";
      const text = material.steps[step];
      return {
        step,
        number: step + 1,
        line: down ? 0 : (text?.line ?? 0),
        sql: (down ? material.down?.[step] : text === undefined ? undefined : shownSql(text)) ?? "",
        undo: down ? null : (text?.undo?.statements ?? null),
        inDoubt:
          (back.doubt === "up" && step === back.reached) || (back.doubt === "undo" && step === firstLeft(plan, back)),
      };
    });
  if (state.type !== "migrating" && state.type !== "validating_post") return [];
  const count = state.reached + (state.type === "migrating" && state.inDoubt ? 1 : 0);
  return Array.from({ length: count }, (_, index) => count - 1 - index)
    .filter((step) => !state.unchanged.includes(step))
    .map((step) => {
      const text = material.steps[step];
      return {
        step,
        number: step + 1,
        line: text?.line ?? 0,
        sql: text === undefined ? "" : shownSql(text),
        undo: text?.undo?.statements ?? null,
        inDoubt: step === state.reached,
      };
    });
}

function firstLeft(plan: Plan, back: WayBack): number {
  return remaining(plan, back)[0] ?? -1;
}

function wayBackOf(state: State): WayBack | null {
  if (state.type === "rolling_back") return state satisfies RollingBack;
  return state.type === "failed" ? state.wayBack : null;
}

/** Commands that are safe and lead on, the one most likely meant first. */
export function nextCommands({ state, owner }: Pick<Situation, "state" | "owner">): readonly string[] {
  if (owner !== null) return ["surefoot status"];
  switch (state.type) {
    case "idle":
      return ["surefoot up"];
    case "failed":
      if (state.wayBack === null)
        return state.cause === "crash_loop" ? ["surefoot retry"] : ["surefoot up", "surefoot resolve --applied"];
      return unclean(state);
    case "preparing":
    case "validating_pre":
    case "migrating":
    case "validating_post":
    case "completing":
    case "rolling_back":
      return ["surefoot up", "surefoot recover"];
    default:
      return assertNever(state);
  }
}

function unclean(state: Failed): readonly string[] {
  const resolve = ["surefoot resolve --applied", "surefoot resolve --reverted"];
  switch (state.cause) {
    case "undo_destroys_data":
      return ["surefoot retry-rollback --allow-data-loss", ...resolve];
    case "changed_outside":
      return [...resolve, "surefoot retry-rollback"];
    case "no_evidence": {
      const step = state.wayBack?.doubt === "up" ? state.wayBack.reached + 1 : (state.wayBack?.left ?? 1);
      return [
        `surefoot retry-rollback --decide ${step}=applied`,
        `surefoot retry-rollback --decide ${step}=not-applied`,
        ...resolve,
      ];
    }
    case "rows_lost":
      return ["surefoot resolve --reverted --force --reason TEXT", "surefoot resolve --applied"];
    default:
      return state.direction === "down"
        ? [...resolve, "surefoot retry-rollback"]
        : ["surefoot retry-rollback", ...resolve];
  }
}

/** Several lines for a person who was woken up by this. */
export function explain(situation: Situation): string {
  const { state, owner, records, takenBack } = situation;
  const lines: string[] = [];
  if (owner !== null) lines.push(`A runner is at work now: ${owner}. Let it finish; this is where it has got to.`, "");
  switch (state.type) {
    case "idle":
      lines.push(...(takenBack === null ? explainIdle(records) : explainTakenBack(takenBack)));
      break;
    case "failed":
      lines.push(...explainFailed(situation, state));
      break;
    case "preparing":
    case "validating_pre":
      lines.push(`${state.migration} was interrupted before it executed anything. The database is as before it.`);
      break;
    case "migrating":
    case "validating_post":
      lines.push(
        `${state.migration} was interrupted in the middle (state ${state.type}).`,
        ...remainingLines(situation),
        "The next `surefoot up` or `surefoot recover` decides from evidence what took effect and takes it back.",
        "If somebody has mended the database by hand, nothing of that is undone: use `surefoot resolve` instead.",
      );
      break;
    case "completing":
      lines.push(
        `${state.migration} has succeeded; only its last record is missing. The next \`surefoot up\` writes it.`,
      );
      break;
    case "rolling_back":
      lines.push(
        `${state.migration} was being rolled back because ${meaningOf(state.cause)}, and that was interrupted.`,
        ...remainingLines(situation),
        "The next `surefoot up` or `surefoot recover` goes on.",
      );
      break;
    default:
      assertNever(state);
  }
  const next = nextCommands(situation);
  if (state.type !== "idle" && next.length > 0) lines.push("", "Safe now:", ...next.map((command) => `  ${command}`));
  return lines.join("\n");
}

function explainTakenBack({ migration, message, cause, alsoRolledBack }: Detail): readonly string[] {
  const also = Array.isArray(alsoRolledBack) ? alsoRolledBack.map(String) : [];
  const which = typeof migration === "string" ? migration : "a migration";
  return [
    `At rest. The last \`surefoot up --atomic\` kept nothing, because ${which} stopped it: ${meaningOf(cause as Cause)}.`,
    ...(typeof message === "string" ? [message] : []),
    ...(also.length === 0 ? [] : [`Taken back with it: ${also.join(", ")}.`]),
    "Everything was in one transaction, and the engine has taken it back.",
  ];
}

function explainIdle(records: readonly TransitionRecord[]): readonly string[] {
  const last = records.at(-1);
  if (last === undefined) return ["At rest. Nothing is under way."];
  const lines = [
    `At rest. The last thing that happened: ${last.migration} went from ${last.from} to idle by ${last.event}.`,
  ];
  if (last.event !== "rollback_verified") return lines;
  const why = turnedBack(records);
  const message = records.findLast(({ detail }) => typeof detail["message"] === "string")?.detail["message"];
  lines.push(
    `It was rolled back because ${why === undefined ? "it could not go on" : reasonOf(why)}.`,
    ...(typeof message === "string" ? [message] : []),
    verifiedLine(last),
  );
  const decided = records.filter(({ event }) => event === "step_decided");
  for (const { step, detail } of decided)
    lines.push(
      `Step ${(step ?? 0) + 1} was in doubt; the journal and the database say that it ${detail["applied"] === true ? "took effect" : "did not take effect"}.`,
    );
  return lines;
}

/** The record with which a migration turned round; `retry_rollback` only goes on with that. */
export function turnedBack(records: readonly TransitionRecord[]): TransitionRecord | undefined {
  return records.findLast(({ to, from }) => to === "rolling_back" && from !== "rolling_back" && from !== "failed");
}

function reasonOf({ event, detail }: TransitionRecord): string {
  if (detail["cancelled"] === true) return "somebody asked it to stop";
  if (event === "interrupted")
    return detail["by"] === "signal"
      ? "somebody asked it to stop"
      : "its run ended in the middle (killed, or the machine went down)";
  if (event === "connection_lost") return meanings.connection_lost;
  if (event === "postcheck_failed") return meaningOf(detail["cause"] as Cause);
  return meanings.step_error;
}

function verifiedLine({ detail }: TransitionRecord): string {
  const verified = detail["verified"] as { schema?: string; data?: string } | undefined;
  const schema =
    verified?.schema === "exact"
      ? "the engine itself says that the schema is exactly as before"
      : "every object that it touched has the fingerprint from before";
  const data =
    verified?.data === "undone_not_compared"
      ? "rows were put back by its undos, which nobody has compared"
      : verified?.data === "compared"
        ? "the rows of the tables that it named were compared and are equal"
        : verified?.data === "rolled_back"
          ? "the engine has taken the rows back"
          : "no rows were touched";
  return `Verified: ${schema}; ${data}.`;
}

function explainFailed(situation: Situation, state: Failed): readonly string[] {
  const { records } = situation;
  const lines: string[] = [];
  const last = records.at(-1);
  const message = last?.detail["message"];
  if (state.wayBack === null) {
    lines.push(
      `${state.migration} failed before it executed anything, because ${meaningOf(state.cause)}. The database is as before it.`,
    );
    if (typeof message === "string") lines.push(message);
    lines.push(
      state.cause === "crash_loop"
        ? "Find out what ends the process (a health check, a memory limit, a time limit), then allow it once more."
        : "Put right what is named here, then run `surefoot up` again.",
    );
    return lines;
  }
  lines.push(
    `${state.migration} is stopped and needs you, because ${meaningOf(state.cause)}.`,
    `It was being rolled back because ${meaningOf(state.wayBack.cause)}.`,
  );
  const texts = records.flatMap(({ detail }) => (typeof detail["message"] === "string" ? [detail["message"]] : []));
  // What can't be told of a statement begins with why it failed.
  const repeated = (text: string): boolean => texts.some((other) => other.startsWith(`${text} `));
  lines.push(...new Set(texts.filter((text) => !repeated(text))));
  lines.push(...remainingLines(situation));
  lines.push(state.direction === "down" ? reverting : adviceFor(state.cause));
  return lines;
}

const reverting =
  "It was being reverted, and what a reverting step destroys has no undo. Finish by hand and say so: `surefoot resolve --applied` " +
  "when it is reverted, `surefoot resolve --reverted` when it is applied as before.";

function adviceFor(cause: Cause): string {
  switch (cause) {
    case "undo_error":
      return "Correct the undo in the file and run `surefoot retry-rollback`, or do it by hand and say so with `surefoot resolve`.";
    case "no_undo":
      return "Write an undo below the step in the file and run `surefoot retry-rollback`, or finish by hand, forward or back, and say so with `surefoot resolve`.";
    case "changed_outside":
      return "If the work was finished by hand: `surefoot resolve --applied`. If it was taken back by hand: `surefoot resolve --reverted`. Both look before they believe.";
    case "no_evidence":
      return "Look whether the step in doubt took effect, and tell with --decide.";
    case "rows_lost":
      return "Bring the rows back from a backup, then say so with `surefoot resolve --reverted --force --reason TEXT`.";
    default:
      return "Finish by hand, forward or back, and say so with `surefoot resolve`; or let the undos run with `surefoot retry-rollback`.";
  }
}

function remainingLines(situation: Situation): readonly string[] {
  const steps = remainingSteps(situation);
  const back = wayBackOf(situation.state);
  if (steps.length === 0) return ["Nothing of it is in the database any more."];
  const title =
    back?.route === "down"
      ? "Statements of its `down` section that have not run:"
      : "Steps of it that are in the database:";
  return [
    title,
    ...steps.map(({ step, line, sql, undo, inDoubt }) => {
      const where = line > 0 ? ` (line ${line})` : "";
      const doubt = inDoubt ? ` — in doubt: ${doubtOf(step, situation)}` : "";
      const way =
        back?.route === "down"
          ? ""
          : undo === null
            ? " — no undo"
            : undo.length === 0
              ? " — nothing to run: it goes with the undo of an earlier step, or there is nothing to take back"
              : ` — undo: ${undo.map(oneLine).join("; ")}`;
      return `  step ${step + 1}${where}: ${oneLine(sql)}${doubt}${way}`;
    }),
  ];
}

/** The engine's error of a statement that can be left by half is an answer too. */
function doubtOf(step: number, { records }: Situation): string {
  const last = records.findLast(
    (record) => record.step === step && /^(?:step|undo)_(?:sent|failed)$/.test(record.event),
  );
  return last?.event.endsWith("_failed") === true
    ? "it failed, and may have done a part of its work"
    : "sent, and its end is not known";
}

function oneLine(sql: string): string {
  const line = sql.slice(0, 1_000).replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 97)}…` : line;
}
