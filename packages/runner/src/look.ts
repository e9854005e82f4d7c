/** The commands that only look: they write no file, no table, and take no lease. */
import type { JournalRecord } from "@surefoot/model";
import { examine } from "./doctrine/doctrine.ts";
import { SurefootError } from "./error.ts";
import { explain, nextCommands, remainingSteps } from "./explain.ts";
import type { Situation } from "./explain.ts";
import { toRead } from "./files/migration.ts";
import { foreignChange } from "./foreign-changes.ts";
import { journalCorrupt, readHistory, readJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import { materialIn, shownSql } from "./material.ts";
import type { Pending } from "./pending.ts";
import type { Reader } from "./port.ts";
import { readyUp } from "./prepare-migration.ts";
import { transitionLine } from "./progress.ts";
import type {
  ExplainResult,
  HistoryResult,
  PlannedStepResult,
  PlanResult,
  ResultBase,
  StatusResult,
} from "./results.ts";
import type { Deriver } from "./undo/derivation.ts";
import type { Workshop } from "./workshop.ts";
import { answering, errorOf, folderOf, withReader } from "./workshop.ts";
import { withoutEffect } from "./without-effect.ts";

interface View {
  readonly journal: Journal;
  readonly situation: Situation;
}

async function view(reader: Reader): Promise<View> {
  const owner = await reader.owner();
  const journal = await readJournal(reader);
  const { state, plan, records } = journal.folded;
  return {
    journal,
    situation: { state, plan, records, owner, material: materialIn(records), takenBack: journal.takenBack },
  };
}

function looked(command: string, { situation }: View, exit: number, error: ResultBase["error"] = null): ResultBase {
  const next = nextCommands(situation);
  return { type: "result", command, exit, state: situation.state.type, error, next };
}

export interface StatusOptions {
  /** Exit 4, 6 or 7 instead of 0 when something is to be done. */
  readonly check?: boolean;
  /** Changes of the schema from outside count as drift. */
  readonly strict?: boolean;
}

export async function status(shop: Workshop, options: StatusOptions): Promise<StatusResult> {
  const empty = {
    engine: "",
    migration: null,
    clean: null,
    cause: null,
    applied: [],
    pending: [],
    remaining: [],
    owner: null,
    notes: [],
    drift: [],
  };
  return answering<StatusResult>(
    "status",
    () =>
      withReader(shop, async (reader) => {
        const seen = await view(reader);
        const { state } = seen.situation;
        const { applied } = seen.journal;
        const pending = pendingOf(shop, seen.journal);
        const strict = options.strict ?? shop.config.strict ?? false;
        const changed = state.type === "idle" ? await foreignChange(seen.journal, reader) : null;
        const drift = [
          ...pending.drift.map(({ message }) => message),
          ...(strict && changed !== null ? [changed] : []),
        ];
        const exit = options.check === true ? checkExit(seen, drift.length > 0, pending.files.length) : 0;
        const [first] = drift;
        const { database } = shop;
        const missing = (await database.exists())
          ? []
          : [`There is no database file ${database.name} yet; \`surefoot up\` makes it.`];
        return {
          ...looked("status", seen, exit, exit === 6 && first !== undefined ? { code: "DRIFT", message: first } : null),
          engine: reader.capabilities.engine,
          migration: state.type === "idle" ? null : state.migration,
          clean: state.type === "failed" ? state.wayBack === null : null,
          cause: state.type === "failed" ? state.cause : state.type === "rolling_back" ? state.cause : null,
          applied: [...applied.values()].map(({ id, how, at }) => ({ id, how, at })),
          pending: pending.files.map(({ id }) => id),
          remaining: remainingSteps(seen.situation),
          owner: seen.situation.owner,
          notes: [...missing, ...pending.notes, ...(strict || changed === null ? [] : [changed])],
          drift,
        };
      }),
    empty,
  );
}

function checkExit({ situation }: View, drifted: boolean, pendingCount: number): number {
  const { state } = situation;
  if (state.type === "failed" && (state.wayBack !== null || state.cause === "crash_loop")) return 4;
  if (drifted) return 6;
  return state.type !== "idle" || pendingCount > 0 ? 7 : 0;
}

function pendingOf(shop: Workshop, journal: Journal): Pending {
  return folderOf(shop).pending(journal.applied, shop.config.outOfOrder ?? "refuse");
}

/** What would run, step by step, with each undo and how far a failure is rolled back. */
export async function plan(shop: Workshop): Promise<PlanResult> {
  return answering<PlanResult>(
    "plan",
    () =>
      withDeriver(shop, async (reader, deriver) => {
        const seen = await view(reader);
        const pending = pendingOf(shop, seen.journal);
        const migrations: PlanResult["migrations"][number][] = [];
        const { transaction: mode, recovery } = shop.config;
        for (const file of pending.files) {
          const readied = await readyUp(file, reader, { transaction: mode, recovery }, { deriver });
          const { transaction } = readied.plan;
          const idle = withoutEffect(file, reader.capabilities);
          const warnings: string[] = idle === null ? [] : [idle];
          const steps: PlannedStepResult[] = [];
          for (const [index, step] of readied.material.steps.entries()) {
            const { line, undo } = step;
            const facts = readied.facts[index];
            const text = file.up[index];
            const message = text === undefined ? null : ((await reader.tryOut([toRead(text)]))[0] ?? null);
            if (message !== null) warnings.push(`${file.path}:${line}: the engine would refuse this step: ${message}`);
            for (const refused of await reader.tryOut(undo?.statements ?? []))
              if (refused !== null) warnings.push(`${file.path}:${line}: the engine would refuse its undo: ${refused}`);
            const noUndo = readied.noUndo[index] ?? null;
            if (undo === null && !step.later && transaction !== "migration")
              warnings.push(
                `${file.path}:${line}: it has no undo (${noUndo ?? "none is known"}); a failure after it will need a person.`,
              );
            steps.push({
              line,
              sql: shownSql(step),
              class: facts?.kind ?? "opaque",
              why: facts?.why ?? "",
              undo:
                undo === null
                  ? null
                  : { from: undo.from, sql: undo.statements.join(";\n"), by: undo.by.map((by) => by + 1) },
              noUndo,
              undoLater: step.later,
              // What an earlier step has made held nothing that could be destroyed.
              destroysData: undo?.from === "covered" ? null : (facts?.destroys ?? null),
            });
          }
          const judged = examine(file, shop.config.doctrine ?? {}, reader.capabilities.engine);
          const place = ({ line, column, rule, message }: (typeof judged.errors)[number]): string =>
            `${file.path}:${line}:${column}: ${rule}: ${message}`;
          const obstacle = pending.obstacles.get(file.id);
          const refused = [
            ...readied.refused,
            ...judged.errors.map(place),
            ...(obstacle?.missing ?? []).map((id) => `${file.path}: it depends on ${id}, which is missing.`),
            ...(obstacle?.newer ?? []).map((id) => `${file.path}: it comes before ${id}, which is applied already.`),
          ];
          migrations.push({
            id: file.id,
            path: file.path,
            transaction,
            steps,
            rollsBackUpTo: transaction === "migration" ? steps.length : withUndo(readied.plan.steps),
            warnings: [...warnings, ...judged.warnings.map(place)],
            refused,
          });
        }
        return { ...looked("plan", seen, 0), migrations };
      }),
    { migrations: [] },
  );
}

async function withDeriver<T>(shop: Workshop, act: (reader: Reader, deriver: Deriver) => Promise<T>): Promise<T> {
  return withReader(shop, async (reader) => {
    const deriver = await reader.deriver();
    try {
      return await act(reader, deriver);
    } finally {
      await deriver.close();
    }
  });
}

/** A failure of step n takes back the steps before it: all of those must have an undo that loses nothing. */
function withUndo(steps: readonly { readonly undo: unknown; readonly lossy: boolean }[]): number {
  const first = steps.findIndex(({ undo, lossy }) => undo === null || lossy);
  return first === -1 ? steps.length : first + 1;
}

export async function history(shop: Workshop): Promise<HistoryResult> {
  return answering<HistoryResult>(
    "history",
    () =>
      withReader(shop, async (reader) => {
        const found = await readHistory(reader);
        const bad = found.find((record) => record.kind === "bad");
        const records = found.map((record) =>
          record.kind === "transition"
            ? { type: "transition", ...transitionLine(record) }
            : record.kind === "bad"
              ? { type: "note", seq: record.seq, event: "unreadable", detail: { message: record.why } }
              : noteLine(record),
        );
        // What can be read is shown also when the whole makes no sense; the error says what is wrong.
        const seen =
          bad === undefined
            ? await view(reader).catch((error: unknown) => {
                if (error instanceof SurefootError) return error;
                throw error;
              })
            : journalCorrupt(bad.seq, bad.why, true);
        if (seen instanceof SurefootError)
          return {
            type: "result",
            command: "history",
            exit: seen.exitCode,
            state: null,
            error: errorOf(seen),
            next: [],
            records,
          };
        return { ...looked("history", seen, 0), records };
      }),
    { records: [] },
  );
}

function noteLine({ seq, run, epoch, migration, event, at, detail }: JournalRecord): object {
  return { type: "note", seq, run, epoch, migration, event, at, detail };
}

export async function explainNow(shop: Workshop): Promise<ExplainResult> {
  return answering<ExplainResult>(
    "explain",
    () =>
      withReader(shop, async (reader) => {
        const seen = await view(reader);
        const { state } = seen.situation;
        return {
          ...looked("explain", seen, 0),
          migration: state.type === "idle" ? null : state.migration,
          text: explain(seen.situation),
          remaining: remainingSteps(seen.situation),
        };
      }),
    { migration: null, text: "", remaining: [] },
  );
}
