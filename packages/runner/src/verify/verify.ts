import { examine } from "../doctrine/doctrine.ts";
import { SurefootError } from "../error.ts";
import type { MigrationFile } from "../files/migration.ts";
import { readJournal } from "../journal.ts";
import type { MigrationFolder, Pending } from "../pending.ts";
import type { Database, Scratch } from "../port.ts";
import type { Readied } from "../prepare-migration.ts";
import { readyUp } from "../prepare-migration.ts";
import type { TriedMigration, VerifyResult } from "../results.ts";
import { isStopped, obstacleMessage } from "../up.ts";
import type { Workshop } from "../workshop.ts";
import { answering, folderOf } from "../workshop.ts";
import { tryMigration } from "./try-migration.ts";

export interface VerifyOptions {
  /** Begin with an empty database and try every file, instead of what is pending on the database's schema. */
  readonly fromEmpty?: boolean;
  /** Where to try, for engines that can't do it in a temporary file. */
  readonly scratch?: string;
}

/**
 * Tries the pending migrations on scratch databases: whether each runs, and whether every rollback that is promised leads
 * back. The database itself is only read.
 */
export async function verify(shop: Workshop, options: VerifyOptions): Promise<VerifyResult> {
  const from = options.fromEmpty === true ? "nothing" : "schema";
  return answering<VerifyResult>("verify", () => tryAll(shop, options, from), { from, migrations: [] });
}

async function tryAll(shop: Workshop, options: VerifyOptions, from: VerifyResult["from"]): Promise<VerifyResult> {
  const scratch = scratchMaker(shop.database, options);
  const folder = folderOf(shop);
  const pending = await whatIsPending(shop, folder, from);
  const migrations: TriedMigration[] = [];
  let base = await scratch(from);
  try {
    let stoppedAt: string | null = null;
    for (const file of pending.files) {
      if (stoppedAt !== null) {
        migrations.push(notTried(file, `it comes after ${stoppedAt}`));
        continue;
      }
      shop.onEvent?.({ type: "note", code: "trying", message: `Trying ${file.id}…` });
      const readied = await readyOn(base, file, shop);
      const why = whyNot(file, readied, shop, pending, folder);
      if (why !== null) {
        stoppedAt = file.id;
        migrations.push(why);
        continue;
      }
      const { tried, next } = await tryMigration({ shop, folder, file, readied, base });
      if (isStopped(shop)) {
        await next?.close();
        throw new SurefootError("INTERRUPTED", "Stopped as asked. Nothing but scratch databases was touched.");
      }
      migrations.push({ ...about(file), notTried: null, ...tried });
      if (next === null) stoppedAt = file.id;
      else {
        await base.close();
        base = next;
      }
    }
  } finally {
    await base.close();
  }
  const failure = failureOf(migrations);
  return {
    type: "result",
    command: "verify",
    exit: failure === null ? 0 : 3,
    state: null,
    error: failure,
    next: failure === null ? ["surefoot up"] : ["surefoot plan"],
    from,
    migrations,
  };
}

/** @throws SurefootError NOT_APPLICABLE when the database is in the middle of something */
async function whatIsPending(shop: Workshop, folder: MigrationFolder, from: VerifyResult["from"]): Promise<Pending> {
  if (from === "nothing") return folder.pending(new Map(), "apply");
  const reader = await shop.database.read();
  try {
    const { folded, applied } = await readJournal(reader);
    const { state } = folded;
    if (state.type !== "idle" && !(state.type === "failed" && state.wayBack === null))
      throw new SurefootError(
        "NOT_APPLICABLE",
        `${state.migration} is in ${state.type}, so the schema is not one that migrations begin with. Bring it to rest first, or ` +
          "try all files on an empty database: surefoot verify --from-empty.",
        { next: ["surefoot explain", "surefoot verify --from-empty"] },
      );
    return folder.pending(applied, shop.config.outOfOrder ?? "refuse");
  } finally {
    await reader.close();
  }
}

/** @throws SurefootError ENGINE_UNSUPPORTED, USAGE; before anything is read */
function scratchMaker(
  database: Database,
  { scratch }: VerifyOptions,
): (from: VerifyResult["from"]) => Promise<Scratch> {
  if (database.scratch === undefined)
    throw new SurefootError(
      "ENGINE_UNSUPPORTED",
      "verify tries migrations on SQLite so far; MySQL and MariaDB come later. Until then `surefoot plan` says how each step is " +
        "taken back. Nothing was tried.",
      { next: ["surefoot plan"] },
    );
  if (scratch !== undefined)
    throw new SurefootError(
      "USAGE",
      "--scratch is for servers. SQLite needs none: what is tried there is tried in temporary files.",
      { next: ["surefoot verify"] },
    );
  return database.scratch.bind(database);
}

async function readyOn({ database }: Scratch, file: MigrationFile, { config }: Workshop): Promise<Readied> {
  const reader = await database.read();
  try {
    return await readyUp(file, reader, { transaction: config.transaction, recovery: config.recovery });
  } finally {
    await reader.close();
  }
}

/** What would never begin, or must not be tried. */
function whyNot(
  file: MigrationFile,
  { material, refused }: Readied,
  shop: Workshop,
  pending: Pending,
  folder: MigrationFolder,
): TriedMigration | null {
  const outside = material.steps.findIndex(({ notCovered }) => notCovered !== null);
  const step = material.steps[outside];
  if (step !== undefined)
    return notTried(file, `step ${outside + 1} (line ${step.line}) reaches outside: ${step.notCovered ?? ""}`);
  const { errors } = examine(file, shop.config.doctrine ?? {}, shop.database.engine);
  const obstacle = pending.obstacles.get(file.id);
  const found = [
    ...(obstacle === undefined ? [] : [obstacleMessage(file, obstacle, folder)].filter((message) => message !== null)),
    ...refused,
    ...errors.map(({ line, column, rule, message }) => `${file.path}:${line}:${column}: ${rule}: ${message}`),
  ];
  return found.length === 0
    ? null
    : {
        ...about(file),
        notTried: null,
        up: { works: false, message: `it would be refused: ${found.join("; ")}` },
        ...nothing,
      };
}

const nothing = { rollbacks: [], down: null, notes: [] };

function notTried(file: MigrationFile, why: string): TriedMigration {
  return { ...about(file), notTried: why, up: null, ...nothing };
}

function about({ id, path, up }: MigrationFile): Pick<TriedMigration, "id" | "path" | "steps"> {
  return { id, path, steps: up.length };
}

/** The first that is not as promised. */
function failureOf(migrations: readonly TriedMigration[]): VerifyResult["error"] {
  for (const { id, path, up, rollbacks, down } of migrations) {
    const fail = (message: string): VerifyResult["error"] => ({ code: "VERIFY_FAILED", message, file: path });
    const broken = rollbacks.find(({ verdict }) => verdict === "not_real");
    if (broken !== undefined)
      return fail(`${id}: after step ${broken.after} it is not rolled back as promised: ${broken.message ?? ""}`);
    if (down?.verdict === "not_real") return fail(`${id}: it is not reverted as promised: ${down.message ?? ""}`);
    if (up?.works === false) return fail(`${id}: ${up.message ?? "it does not run"}`);
  }
  return null;
}
