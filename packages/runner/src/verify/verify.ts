import { examine } from "../doctrine/doctrine.ts";
import { SurefootError } from "../error.ts";
import type { MigrationFile } from "../files/migration.ts";
import { readJournal } from "../journal.ts";
import type { MigrationFolder, Pending } from "../pending.ts";
import type { Material } from "../material.ts";
import type { Scratch } from "../port.ts";
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
  /** URL of the server to try it on; SQLite uses temporary files. */
  readonly scratch?: string;
  /** Where to try it on servers when `scratch` is not given; SQLite takes no notice. */
  readonly scratchDefault?: string;
}

/**
 * Tries the pending migrations on scratch databases: whether each runs, and whether every rollback that is promised leads
 * back. The database itself is only read.
 */
export async function verify(shop: Workshop, options: VerifyOptions): Promise<VerifyResult> {
  const from: VerifyResult["from"] = options.fromEmpty === true ? "nothing" : "schema";
  const empty = { from, scratch: null, notCopied: [], migrations: [] };
  return answering<VerifyResult>("verify", () => tryAll(shop, options, from), empty);
}

async function tryAll(shop: Workshop, options: VerifyOptions, from: VerifyResult["from"]): Promise<VerifyResult> {
  const make = shop.database.scratch(placeOf(shop, options));
  const folder = folderOf(shop);
  const pending = await whatIsPending(shop, folder, from);
  if (pending.files.length === 0) return resultOf(from, null, new Map(), []);
  const migrations: TriedMigration[] = [];
  const missing = new Map<string, string>();
  const onNote = (message: string): void => shop.onEvent?.({ type: "note", code: "scratch", message });
  let base = await make({ from, onNote });
  const { place } = base;
  try {
    let stoppedAt: string | null = null;
    for (const file of pending.files) {
      if (stoppedAt !== null) {
        migrations.push(notTried(file, `it comes after ${stoppedAt}`));
        continue;
      }
      shop.onEvent?.({ type: "note", code: "trying", message: `Trying ${file.id}…` });
      for (const [object, why] of base.missing) missing.set(object, why);
      const readied = await readyOn(base, file, shop);
      const why = (await hurdle(file, readied, base)) ?? refused(file, readied, shop, pending, folder);
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
  } catch (error) {
    throw place === null ? error : lostScratch(error, place);
  } finally {
    await base.close();
  }
  return resultOf(from, place, missing, migrations);
}

/** What was under way there is not worth recovering. */
function lostScratch(error: unknown, place: string): unknown {
  if (!(error instanceof SurefootError) || error.code !== "DATABASE_LOST") return error;
  return new SurefootError(
    "DATABASE_LOST",
    `The scratch server ${place} was lost while something was tried there: ${error.message} The database itself was not touched. ` +
      "Run verify again; it drops what this one has left there.",
    { next: ["surefoot verify"], cause: error },
  );
}

function placeOf({ database }: Workshop, { scratch, scratchDefault }: VerifyOptions): string | null {
  return scratch ?? (database.engine === "sqlite" ? null : (scratchDefault ?? null));
}

function resultOf(
  from: VerifyResult["from"],
  place: string | null,
  missing: ReadonlyMap<string, string>,
  migrations: readonly TriedMigration[],
): VerifyResult {
  const failure = failureOf(migrations);
  return {
    type: "result",
    command: "verify",
    exit: failure === null ? 0 : 3,
    state: null,
    error: failure,
    next: failure === null ? ["surefoot up"] : ["surefoot plan"],
    from,
    scratch: place,
    notCopied: [...missing].map(([object, why]) => ({ object, why })),
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

async function readyOn({ database }: Scratch, file: MigrationFile, { config }: Workshop): Promise<Readied> {
  const reader = await database.read();
  try {
    return await readyUp(file, reader, { transaction: config.transaction, recovery: config.recovery });
  } finally {
    await reader.close();
  }
}

/** What must not be tried, or can't be: null when it can. */
async function hurdle(file: MigrationFile, { material }: Readied, base: Scratch): Promise<TriedMigration | null> {
  const texts = textsOf(material);
  const hurdles = await base.hurdles(texts.map(({ sql }) => sql));
  const at = hurdles.findIndex((found) => found !== null);
  return at === -1 ? null : notTried(file, `${texts[at]!.what} ${hurdles[at]!}`);
}

/** Everything that may be run on the way there and back. */
function textsOf({ steps, down, pre, post }: Material): readonly { readonly what: string; readonly sql: string }[] {
  return [
    ...steps.map(({ sql, line }, index) => ({ what: `step ${index + 1} (line ${line})`, sql })),
    ...steps.flatMap(({ undo }, index) =>
      (undo?.statements ?? []).map((sql) => ({ what: `the undo of step ${index + 1}`, sql })),
    ),
    ...(down ?? []).map((sql) => ({ what: "the down section", sql })),
    ...[...pre, ...post].map(({ name, line, sql }) => ({ what: `the check “${name}” (line ${line})`, sql })),
  ];
}

/** What would never begin. */
function refused(
  file: MigrationFile,
  { refused: why }: Readied,
  shop: Workshop,
  pending: Pending,
  folder: MigrationFolder,
): TriedMigration | null {
  const { errors } = examine(file, shop.config.doctrine ?? {}, shop.database.engine);
  const obstacle = pending.obstacles.get(file.id);
  const found = [
    ...(obstacle === undefined ? [] : [obstacleMessage(file, obstacle, folder)].filter((message) => message !== null)),
    ...why,
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
