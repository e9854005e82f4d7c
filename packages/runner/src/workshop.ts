/** What every command shares: the database, the folder, the lease, and a run that has been brought to rest. */
import type { Applied } from "@surefoot/model";
import { isSink } from "@surefoot/model";
import type { Config } from "./config.ts";
import { SurefootError } from "./error.ts";
import { explain, meaningOf, nextCommands, remainingSteps } from "./explain.ts";
import type { Situation } from "./explain.ts";
import type { Journal } from "./journal.ts";
import { readJournal } from "./journal.ts";
import { MigrationFolder } from "./pending.ts";
import type { Database, Reader, Session } from "./port.ts";
import type { Progress } from "./progress.ts";
import type { RemainingStep, ResultBase, ResultError } from "./results.ts";
import type { Context, Rest } from "./run.ts";
import { Run } from "./run.ts";
import { newRunId } from "./run-id.ts";
import { whoAmI } from "./who.ts";

export interface Workshop {
  readonly database: Database;
  readonly dir: string;
  readonly config: Config;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: ((event: Progress) => void) | undefined;
}

export interface WriteOptions {
  /** How long to wait for the lease, in milliseconds. Default 0. */
  readonly waitMs?: number;
  /** End a statement that a dead runner has left running on the server, also under the policy `resume`. */
  readonly killOrphan?: boolean;
  /** How long to wait for a lost database, in milliseconds. Default 30,000. */
  readonly reconnectMs?: number;
}

/** What a writing command works with: the lease, the journal and a loop that starts from it. */
export interface Bench {
  readonly session: Session;
  readonly run: Run;
  readonly runId: string;
  readonly applied: ReadonlyMap<string, Applied>;
  /** As it was found. */
  readonly journal: Journal;
}

const defaultReconnectMs = 30_000;

export async function withReader<T>(shop: Workshop, act: (reader: Reader) => Promise<T>): Promise<T> {
  const reader = await shop.database.read();
  try {
    return await act(reader);
  } finally {
    await reader.close();
  }
}

/** Takes the lease, folds the journal, acts, and gives the lease back whatever happens. */
export async function withBench<T>(
  shop: Workshop,
  options: WriteOptions & { readonly createMissing?: boolean },
  act: (bench: Bench) => Promise<T>,
): Promise<T> {
  const runId = newRunId();
  const now = clock();
  const who = whoAmI(now());
  const session = await shop.database.acquire({
    waitMs: options.waitMs ?? 0,
    createMissing: options.createMissing ?? false,
    signal: shop.signal,
    who,
    onWait: (holder) =>
      shop.onEvent?.({
        type: "waiting",
        for: "lease",
        holder,
        message: `Waiting for the lease: ${holder} is at work.`,
      }),
    orphanPolicy: async (readRows) => {
      if (options.killOrphan === true) return "kill";
      const { folded } = await readJournal({ readRows });
      return !isSink(folded.state.type) && folded.plan.recovery === "resume" ? "wait" : "kill";
    },
    onOrphan: (message) => shop.onEvent?.({ type: "waiting", for: "orphan", holder: "", message }),
    onLong: (message) => shop.onEvent?.({ type: "waiting", for: "statement", holder: "", message }),
  });
  try {
    const journal = await readJournal(session);
    const { folded, applied } = journal;
    const run = new Run({
      session,
      folded,
      run: runId,
      now,
      who,
      onEvent: shop.onEvent,
      signal: shop.signal,
      reconnectMs: options.reconnectMs ?? defaultReconnectMs,
    });
    return await act({ session, run, runId, applied, journal });
  } finally {
    await session.close();
  }
}

/** Times never go back within a run, whatever the machine's clock does. */
function clock(): () => string {
  let last = 0;
  let text = "";
  return () => {
    const now = Date.now();
    if (now > last) {
      last = now;
      text = new Date(now).toISOString();
    }
    return text;
  };
}

/** @throws SurefootError USAGE, MIGRATION_FILE_INVALID */
export function folderOf(shop: Workshop): MigrationFolder {
  return new MigrationFolder(shop.dir, shop.database.engine);
}

/** Brings a migration that was found unfinished to rest. Null: nothing was under way. */
export async function recover(bench: Bench, context: Context = {}): Promise<Rest | null> {
  const { run } = bench;
  return isSink(run.state.type) ? null : run.feed({ type: "interrupted", by: "restart" }, {}, context);
}

function situationOf(run: Run): Situation {
  return {
    state: run.state,
    plan: run.currentPlan,
    material: run.currentMaterial,
    records: run.currentRecords,
    owner: null,
    takenBack: null,
  };
}

export function remainingOf(run: Run): readonly RemainingStep[] {
  return remainingSteps(situationOf(run));
}

function nextOf(run: Run): readonly string[] {
  return nextCommands({ state: run.state, owner: null });
}

/** A migration that needs a person: the message is what `explain` says. */
export function operatorNeeded(run: Run): ResultError {
  return { code: "OPERATOR_NEEDED", message: explain(situationOf(run)) };
}

/** The error of a migration that stopped; its code is the cause in capitals. */
export function stopped(run: Run, rest: Rest): ResultError | null {
  const { state } = run;
  if (state.type !== "failed") return null;
  const message = rest.message ?? `${state.migration} stopped because ${meaningOf(state.cause)}.`;
  return { code: state.cause.toUpperCase() as ResultError["code"], message };
}

/** Runs a command and answers with its result, also when it throws one of our errors. */
export async function answering<R extends ResultBase>(
  command: string,
  act: () => Promise<R>,
  empty: Omit<R, keyof ResultBase>,
): Promise<R> {
  try {
    return await act();
  } catch (error) {
    const known = asSurefootError(error);
    const base: ResultBase = {
      type: "result",
      command,
      exit: known.exitCode,
      state: null,
      error: errorOf(known),
      next: known.next,
    };
    return { ...empty, ...base } as R;
  }
}

export function errorOf(error: SurefootError): ResultError {
  const { code, message, place } = error;
  return {
    code,
    message,
    ...(place === null ? {} : { file: place.file }),
    ...(place?.line === undefined ? {} : { line: place.line }),
    ...(place?.column === undefined ? {} : { column: place.column }),
  };
}

/** Any error as one of ours. What the file system refuses is the user's to mend; the rest is unexpected. */
export function asSurefootError(error: unknown): SurefootError {
  if (error instanceof SurefootError) return error;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof Error && typeof code === "string" && typeof path === "string" && /^E[A-Z]+$/.test(code))
    return new SurefootError(
      "USAGE",
      `${path}: ${error.message} (${syscall ?? "file system"}). Check the path and its permissions.`,
      {
        place: { file: path },
        cause: error,
      },
    );
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new SurefootError(
    "UNEXPECTED",
    `Something went wrong that Surefoot does not know: ${message}\nWhat was under way is in the journal; look with \`surefoot status\`.`,
    { cause: error, next: ["surefoot status"] },
  );
}

export function base(command: string, run: Run, exit: number, error: ResultError | null): ResultBase {
  return { type: "result", command, exit, state: run.state.type, error, next: nextOf(run) };
}
