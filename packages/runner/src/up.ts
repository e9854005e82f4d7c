import type { Applied } from "@surefoot/model";
import { decodeRow } from "@surefoot/model";
import type { Finding } from "./doctrine/rule.ts";
import { examine } from "./doctrine/doctrine.ts";
import { SurefootError } from "./error.ts";
import { turnedBack } from "./explain.ts";
import { foreignChange } from "./foreign-changes.ts";
import { digestOnDisk } from "./files/folder-digest.ts";
import type { MigrationFile } from "./files/migration.ts";
import type { MigrationFolder, Pending } from "./pending.ts";
import { readyUp } from "./prepare-migration.ts";
import type { FailedMigration, UpResult } from "./results.ts";
import type { Preparation, Rest } from "./run.ts";
import { newRunId } from "./run-id.ts";
import { withoutEffect } from "./without-effect.ts";
import type { Bench, Workshop, WriteOptions } from "./workshop.ts";
import { answering, base, folderOf, operatorNeeded, recover, remainingOf, stopped, withBench } from "./workshop.ts";

export interface UpOptions extends WriteOptions {
  /** The last migration to apply. */
  readonly to?: string;
  /** All of them or none, in one transaction. */
  readonly atomic?: boolean;
  readonly outOfOrder?: boolean;
  /** Changes of the schema from outside stop it. */
  readonly strict?: boolean;
  readonly recovery?: "rollback" | "resume" | "stop";
  readonly transaction?: "migration" | "step" | "none";
}

export const emptyUp: Omit<UpResult, "type" | "command" | "exit" | "state" | "error" | "next"> = {
  outcome: "failed",
  run: "",
  applied: [],
  verified: null,
  notCovered: [],
  failed: null,
  alsoRolledBack: [],
  remaining: [],
};

/** Applies what is pending, in order, and stops at the first that is not applied. Recovers first if that is needed. */
export async function up(shop: Workshop, options: UpOptions, command: "up" | "retry" = "up"): Promise<UpResult> {
  return answering<UpResult>(
    command,
    async () => {
      const isNew = !(await shop.database.exists());
      if (!isNew && (await nothingToDo(shop, options)))
        return { ...atRest(command), ...emptyUp, outcome: "nothing", run: newRunId() };
      // A folder that can't be read must not cost more than a message: no new file, no recovery.
      const folder = folderOf(shop);
      if (isNew) upTo(folder.pending(new Map(), policyOf(shop, options)).files, folder, options.to, new Map());
      return withBench(shop, { ...options, createMissing: true }, (bench) => {
        const message = `Making a new database: ${shop.database.name}`;
        // While it waited for the lease, another one may have made it.
        if (isNew && !bench.journal.exists) shop.onEvent?.({ type: "note", code: "created", message });
        return climb(shop, options, bench, folder, command);
      });
    },
    emptyUp,
  ).then((result) => (result.error?.code === "LEASE_HELD" ? { ...result, outcome: "busy" } : result));
}

/** Everything in the folder was applied just as it stands, and nothing has been written since. Whoever only looks needs no lease. */
async function nothingToDo(shop: Workshop, options: UpOptions): Promise<boolean> {
  if (options.to !== undefined || isStrict(shop, options)) return false;
  const last = await shop.database.readLast();
  if (last?.event !== "recorded" || last.direction !== "up") return false;
  const decoded = decodeRow(last);
  return decoded.type !== "bad" && decoded.record.detail["folder"] === digestOnDisk(shop.dir);
}

function atRest(command: "up" | "retry"): Pick<UpResult, "type" | "command" | "exit" | "state" | "error" | "next"> {
  return { type: "result", command, exit: 0, state: "idle", error: null, next: ["surefoot up"] };
}

export function isStopped({ signal }: Workshop): boolean {
  return signal?.aborted === true;
}

function isStrict(shop: Workshop, options: UpOptions): boolean {
  return options.strict ?? shop.config.strict ?? false;
}

function policyOf(shop: Workshop, options: UpOptions): "refuse" | "apply" {
  return options.outOfOrder === true ? "apply" : (shop.config.outOfOrder ?? "refuse");
}

async function climb(
  shop: Workshop,
  options: UpOptions,
  bench: Bench,
  folder: MigrationFolder,
  command: "up" | "retry",
): Promise<UpResult> {
  const { run, runId } = bench;
  const done: string[] = [];
  const notCovered = new Set<string>();
  const result = (outcome: UpResult["outcome"], exit: number, more: Partial<UpResult> = {}): UpResult => ({
    ...base(command, run, exit, more.error ?? null),
    ...emptyUp,
    outcome,
    run: runId,
    applied: done,
    remaining: remainingOf(run),
    notCovered: [...notCovered],
    ...more,
  });
  let applied: ReadonlyMap<string, Applied> = bench.applied;
  const recovered = await recover(bench);
  if (recovered !== null) applied = withRecovered(applied, bench, recovered, done);
  if (run.state.type === "failed") {
    if (run.state.wayBack !== null)
      return result("failed", 4, {
        error: operatorNeeded(run),
        failed: failedOf(run.state.migration, recovered, bench),
      });
    if (run.state.cause === "crash_loop" && command === "up")
      return result("failed", 4, {
        error: operatorNeeded(run),
        failed: failedOf(run.state.migration, recovered, bench),
      });
  }
  const pending = folder.pending(applied, policyOf(shop, options));
  if (folder.ids.length === 0)
    shop.onEvent?.({ type: "note", code: "file", message: `There are no migrations in ${folder.dir}.` });
  for (const message of pending.notes) shop.onEvent?.({ type: "note", code: "file", message });
  const [drift] = pending.drift;
  if (drift !== undefined)
    return result("drift", 6, {
      error: { code: "DRIFT", message: pending.drift.map(({ message }) => message).join("\n"), file: drift.path },
    });
  const strict = isStrict(shop, options);
  const changed = recovered === null ? await foreignChange(bench.journal, bench.session) : null;
  if (changed !== null && strict) return result("drift", 6, { error: { code: "DRIFT", message: changed } });
  if (changed !== null) shop.onEvent?.({ type: "note", code: "foreign_change", message: changed });
  const files = upTo(pending.files, folder, options.to, applied);
  const judged = new Map(
    files.map((file) => [file.id, examine(file, shop.config.doctrine ?? {}, bench.session.capabilities.engine)]),
  );
  for (const file of files)
    for (const finding of judged.get(file.id)?.warnings ?? [])
      shop.onEvent?.({ type: "note", code: "doctrine", message: told(file, finding) });
  for (const file of files) {
    const message = withoutEffect(file, bench.session.capabilities);
    if (message !== null) shop.onEvent?.({ type: "note", code: "file", message });
  }
  for (const file of files)
    if (file.up.length === 0)
      shop.onEvent?.({
        type: "note",
        code: "file",
        message: `${file.path} has no statements below \`-- migrate:up\`; it is recorded as applied all the same.`,
      });
  for (const file of files.slice(1))
    for (const finding of judged.get(file.id)?.errors ?? [])
      shop.onEvent?.({
        type: "note",
        code: "doctrine",
        message: `Will be refused when its turn comes: ${told(file, finding)}`,
      });
  if (run.state.type === "failed") await run.feed({ type: "retry", by: command === "retry" ? "operator" : "up" });
  if (options.atomic === true) {
    refuseAtomic(files, bench);
    await run.holdAll(files.flatMap((file) => file.up.map(({ sql }) => sql)));
  }
  // Once this one is applied, every file is, and nothing else.
  const whole = files.length === pending.files.length && folder.ids.length === applied.size + files.length;
  const last = whole ? files.at(-1) : undefined;
  for (const file of files) {
    if (isStopped(shop)) {
      const message = "Stopped as asked, so nothing was kept.";
      const failed: FailedMigration = { migration: file.id, cause: "interrupted", message, path: ["idle"] };
      if (options.atomic === true && done.length > 0) return takeBackAll(bench, file.id, failed, done, result, true);
      return result("interrupted", 130);
    }
    const rest = await run.feed(
      { type: "start", migration: file.id, direction: "up" },
      {},
      {
        ...(file === last ? { folder: () => folder.digestOfTexts() } : {}),
        ...(file === files.at(-1) ? { seal: strict ? ("objects" as const) : ("mark" as const) } : {}),
        prepare: () => prepareUp(file, shop, options, bench, folder, pending, judged.get(file.id)?.errors ?? []),
      },
    );
    for (const what of rest.notCovered) notCovered.add(what);
    if (run.state.type === "idle" && rest.path.at(-2) === "completing" && !rest.vanished) {
      done.push(file.id);
      continue;
    }
    if (options.atomic === true) {
      const stopped = failedOf(file.id, rest, bench);
      const asked = isStopped(shop) && stopped.cause === "interrupted";
      return takeBackAll(bench, file.id, stopped, done, result, asked);
    }
    return failure(file.id, rest, bench, shop, result);
  }
  if (options.atomic === true && done.length > 0) {
    const last = done.at(-1) ?? "";
    try {
      await run.commitAll();
    } catch (error) {
      const message = `The commit failed, so nothing was kept: ${error instanceof Error ? error.message : String(error)}`;
      return takeBackAll(
        bench,
        last,
        { migration: last, cause: "commit_failed", message, path: ["idle"] },
        done,
        result,
      );
    }
  }
  return result(done.length === 0 ? "nothing" : "applied", 0);
}

/** Nothing of an attempt with `--atomic` is kept but a note of what stopped it. */
async function takeBackAll(
  bench: Bench,
  id: string,
  failed: FailedMigration,
  done: string[],
  result: (outcome: UpResult["outcome"], exit: number, more?: Partial<UpResult>) => UpResult,
  asked = false,
): Promise<UpResult> {
  const { run } = bench;
  const message = failed.message ?? "Everything was rolled back.";
  const also = done.splice(0);
  const { cause, path } = failed;
  await run.abandon({
    migration: id,
    event: "atomic_rolled_back",
    detail: { cause, message, path, alsoRolledBack: also },
  });
  return result(asked ? "interrupted" : "rolled_back", asked ? 130 : 3, {
    alsoRolledBack: also,
    failed,
    error: { code: codeOf(cause), message },
    verified: { schema: "exact", data: "rolled_back" },
    remaining: [],
    state: run.state.type,
  });
}

function failure(
  id: string,
  rest: Rest,
  bench: Bench,
  shop: Workshop,
  result: (outcome: UpResult["outcome"], exit: number, more?: Partial<UpResult>) => UpResult,
): UpResult {
  const { state } = bench.run;
  const failed = failedOf(id, rest, bench);
  const stop = stopped(bench.run, rest);
  const asked = isStopped(shop);
  if (state.type === "failed" && state.wayBack !== null)
    return result("failed", 4, { failed, error: stop, verified: rest.verified });
  if (state.type === "failed") {
    const exit = asked && state.cause === "interrupted" ? 130 : state.cause === "crash_loop" ? 4 : 3;
    return result(exit === 130 ? "interrupted" : "failed", exit, { failed, error: stop, verified: untouched });
  }
  const error = { code: codeOf(failed.cause), message: failed.message ?? `${id} was rolled back.` };
  const interrupted = asked && failed.cause === "interrupted";
  return result(interrupted ? "interrupted" : "rolled_back", interrupted ? 130 : 3, {
    failed,
    error,
    verified: rest.verified,
  });
}

const untouched = { schema: "exact", data: "untouched" } as const;

function codeOf(cause: FailedMigration["cause"]): Uppercase<FailedMigration["cause"]> {
  return cause.toUpperCase() as Uppercase<FailedMigration["cause"]>;
}

/** Why it failed: the cause of the failure, or of the rollback that ended well. */
export function failedOf(id: string, rest: Rest | null, { run }: Bench): FailedMigration {
  const { state } = run;
  const message = rest?.message ?? null;
  const path = rest?.path ?? [];
  if (state.type === "failed") return { migration: id, cause: state.cause, message, path };
  if (rest?.vanished === true) return { migration: id, cause: "connection_lost", message, path };
  const turned = turnedBack(run.currentRecords);
  const cause =
    turned?.event === "step_failed"
      ? turned.detail["cancelled"] === true
        ? "interrupted"
        : "step_error"
      : turned?.event === "interrupted" || turned?.event === "connection_lost"
        ? turned.event
        : ((turned?.detail["cause"] as FailedMigration["cause"] | undefined) ?? "step_error");
  return { migration: id, cause, message, path };
}

/** A migration that recovery carried to its end is applied now, or reverted. */
function withRecovered(
  applied: ReadonlyMap<string, Applied>,
  { run }: Bench,
  rest: Rest,
  done: string[],
): ReadonlyMap<string, Applied> {
  const last = run.currentRecords.at(-1);
  if (rest.state.type !== "idle" || last?.event !== "recorded") return applied;
  const now = new Map(applied);
  if (last.direction === "down") now.delete(last.migration);
  else {
    now.set(last.migration, { id: last.migration, how: "executed", at: last.at, detail: last.detail });
    done.push(last.migration);
  }
  return now;
}

function upTo(
  files: readonly MigrationFile[],
  folder: MigrationFolder,
  to: string | undefined,
  applied: ReadonlyMap<string, Applied>,
): readonly MigrationFile[] {
  if (to === undefined) return files;
  const last = files.findIndex(({ id }) => id === to);
  if (last !== -1) return files.slice(0, last + 1);
  if (applied.has(to)) return [];
  throw new SurefootError("USAGE", `There is no migration ${to} in ${folder.dir}.${folder.hint(to)}`, {
    next: ["surefoot status"],
  });
}

function refuseAtomic(files: readonly MigrationFile[], { session }: Bench): void {
  if (!session.capabilities.atomicUp)
    throw new SurefootError(
      "USAGE",
      `--atomic needs an engine whose DDL takes part in transactions; ${session.capabilities.engine} commits each by itself.`,
    );
  const alone = files.find(({ options }) => options.transaction !== undefined && options.transaction !== "migration");
  if (alone !== undefined)
    throw new SurefootError(
      "USAGE",
      `--atomic can't take ${alone.path} along: it asks for transaction=${String(alone.options.transaction)}. Apply it on its own: surefoot up --to ${alone.id}.`,
    );
}

async function prepareUp(
  file: MigrationFile,
  shop: Workshop,
  options: UpOptions,
  { session }: Bench,
  folder: MigrationFolder,
  pending: Pending,
  errors: readonly Finding[],
): Promise<Preparation> {
  const obstacle = pending.obstacles.get(file.id) ?? { missing: [], newer: [] };
  const readied = await readyUp(file, session, {
    transaction: options.atomic === true ? "migration" : (options.transaction ?? shop.config.transaction),
    recovery: options.recovery ?? shop.config.recovery,
  });
  const message = obstacleMessage(file, obstacle, folder);
  return {
    reply: { type: "preparation", missing: obstacle.missing, newer: obstacle.newer, dependents: [], undoMissing: [] },
    prepared: message === null ? readied : null,
    facts: message === null ? { checksums: checksumDetail(file, folder) } : { message },
    refused: readied.refused,
    violations: errors.map((finding) => told(file, finding)),
  };
}

export function checksumDetail(file: MigrationFile, folder: MigrationFolder): { readonly [part: string]: string } {
  return { ...file.checksums, raw: folder.rawHash(file.id) };
}

export function obstacleMessage(
  file: MigrationFile,
  { missing, newer }: { readonly missing: readonly string[]; readonly newer: readonly string[] },
  folder: MigrationFolder,
): string | null {
  const [need] = missing;
  if (need !== undefined) {
    const line = file.depends.find(({ id }) => id === need)?.line ?? 1;
    return `${file.path}:${line}: it depends on ${missing.join(", ")}, which is neither applied nor in ${folder.dir}.${folder.hint(need, file.id)}`;
  }
  if (newer.length > 0)
    return (
      `${file.path} comes before ${newer.join(", ")}, which ${newer.length === 1 ? "is" : "are"} applied already. ` +
      "Give it a later number, or apply it all the same with --out-of-order."
    );
  return null;
}

function told(file: MigrationFile, { line, column, rule, message }: Finding): string {
  return `${file.path}:${line}:${column}: ${rule}: ${message}`;
}
