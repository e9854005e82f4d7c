/**
 * How a DDL statement leaves what it makes or changes, found out by running it once more: in an empty database of its own, on
 * the tables as they were before it. That tells afterwards whether the real one took effect. The statement may name nothing
 * outside; whatever goes wrong means that nothing can be told.
 */
import type { Detail, Picture } from "@surefoot/model";
import { digest } from "../digest.ts";
import { quoted } from "../sql/reader/names.ts";
import { readStatement } from "../sql/reader/read-statement.ts";
import type { Server } from "../sql/reader/server.ts";
import type { Statement } from "../sql/reader/statement.ts";
import { objectKey } from "./caseless.ts";
import type { MysqlHandle } from "./driver.ts";
import { errnoOf, rowsOf } from "./driver.ts";
import { isInterrupted, isLost } from "./errors.ts";
import type { SchemaReader } from "./fingerprint.ts";
import { schemaReader } from "./fingerprint.ts";
import type { Link } from "./link.ts";
import type { Origin } from "./origin.ts";
import { outsideOf } from "./outside.ts";
import type { ServerFacts } from "./server-facts.ts";

/** The tables before the statement: SHOW CREATE TABLE, null for one that was not there. */
export type Kept = { readonly [table: string]: string | null };

/** Null: the statement is none that could be tried elsewhere. */
export async function keptBefore(
  handle: MysqlHandle,
  database: string,
  sql: string,
  server: Server,
): Promise<Kept | null> {
  const statement = readStatement(sql, server);
  const tables = tablesFor(statement, sql, server);
  if (tables === null) return null;
  const kept = await keptTables(handle, database, tables, server);
  // What a view or a trigger stands on must be there, and be a table.
  return kept === null || isOfTables(statement) || !Object.values(kept).includes(null) ? kept : null;
}

/** Null: a copy of one would not be a table of its own. */
async function keptTables(
  handle: MysqlHandle,
  database: string,
  tables: readonly string[],
  server: Server,
): Promise<Kept | null> {
  const kept: { [table: string]: string | null } = {};
  for (const name of tables) {
    const text = await tableText(handle, database, name);
    if (text !== null && !staysInside(text, server)) return null;
    kept[name] = text;
  }
  return kept;
}

export function keptOf(value: unknown): Kept | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const texts = Object.entries(value as Detail);
  return texts.every(([, text]) => text === null || typeof text === "string") ? (value as Kept) : null;
}

export async function rehearse(
  control: Link,
  origin: Origin,
  sql: string,
  kept: Kept,
  server: ServerFacts,
): Promise<Picture | null> {
  const statement = readStatement(sql, server);
  if (tablesFor(statement, sql, server) === null) return null;
  const keys = isOfTables(statement)
    ? Object.keys(kept).map((name) => objectKey("table", name, server))
    : statement.targets.map(({ type, name }) => objectKey(type, name, server));
  return elsewhere(control, origin, kept, async (link, reader) => {
    await link.send(sql);
    const found = await reader.objects(keys);
    // Who makes a routine is granted it, and would keep that when its database is dropped.
    if (statement.kind === "create_routine")
      await link.send(`DROP ${statement.routine.type} ${quoted(statement.routine.name)}`);
    return found;
  });
}

/** A statement that was run, and what takes it back. */
export interface Reversible {
  readonly sql: string;
  readonly undo: readonly string[];
}

/**
 * Do the tables look as these statements leave them, one after the other? They are taken back on a copy, last one first, and
 * run again. In the end everything must be as it is, and in between never twice the same: what comes back to where it was
 * may as well not have been run.
 */
export async function isAsLeft(
  control: Link,
  origin: Origin,
  steps: readonly Reversible[],
  now: (names: ReadonlySet<string>) => Promise<Picture>,
  server: ServerFacts,
): Promise<boolean> {
  const back = steps.toReversed().flatMap(({ undo }) => undo);
  const tables = new Set<string>();
  for (const sql of [...back, ...steps.map((step) => step.sql)]) {
    const statement = readStatement(sql, server);
    const own = isOfTables(statement) ? tablesFor(statement, sql, server) : null;
    if (own === null) return false;
    for (const name of own) tables.add(name);
  }
  if (tables.size === 0) return false;
  const kept = await keptTables(control, origin.database, [...tables], server);
  if (kept === null) return false;
  const keys = [...tables].map((name) => objectKey("table", name, server));
  const wanted = shownBy(await now(new Set(keys)), keys);
  const passed = await elsewhere(control, origin, kept, async (link, reader) => {
    for (const sql of back) await link.send(sql);
    const pictures = [shownBy(await reader.objects(keys), keys)];
    for (const { sql } of steps) {
      await link.send(sql);
      pictures.push(shownBy(await reader.objects(keys), keys));
    }
    return pictures;
  });
  return passed !== null && passed.at(-1) === wanted && new Set(passed).size === passed.length;
}

function shownBy(picture: Picture, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => picture.get(key) ?? null));
}

/** How often a trial is begun whose own session was lost. */
const trialCountMax = 3;

/** `link` runs statements of users; nothing is read on it, because that needs settings of its own. */
type Trial<T> = (link: Link, reader: SchemaReader) => Promise<T>;

/**
 * Acts in an empty database that has these tables and is dropped afterwards. Null: it was refused something there, or its
 * session was lost again and again.
 * @throws the driver's errors when the runner's own session is lost
 */
async function elsewhere<T>(control: Link, origin: Origin, tables: Kept, act: Trial<T>): Promise<T | null> {
  for (let count = 1; ; count++)
    try {
      return await tryOnce(control, origin, tables, act);
    } catch (error) {
      if (isLost(error) && control.closed) throw error;
      const isOver = isLost(error) || isInterrupted(error);
      if (!isOver || count === trialCountMax) return null;
    }
}

async function tryOnce<T>(control: Link, origin: Origin, tables: Kept, act: Trial<T>): Promise<T> {
  const scratch = `surefoot_scratch_${digest(origin.database).slice(0, 16)}`;
  let link: Link | null = null;
  try {
    await control.send(`DROP DATABASE IF EXISTS ${quoted(scratch)}`);
    await control.send(`CREATE DATABASE ${quoted(scratch)} ${await likeDatabase(control, origin.database)}`);
    link = await origin.open();
    await link.send(`USE ${quoted(scratch)}`);
    await link.send("SET SESSION foreign_key_checks = 0, lock_wait_timeout = 30");
    for (const text of Object.values(tables)) if (text !== null) await asShown(link, text);
    return await act(link, await schemaReader(control, scratch, origin.database));
  } finally {
    await link?.close();
    if (!control.closed) await control.send(`DROP DATABASE IF EXISTS ${quoted(scratch)}`).catch(() => undefined);
  }
}

function isOfTables({ kind }: Statement): boolean {
  return (
    kind === "create_table" ||
    kind === "alter_table" ||
    kind === "drop_table" ||
    kind === "rename_table" ||
    kind === "create_index" ||
    kind === "drop_index"
  );
}

/**
 * The tables that a trial needs, each by its bare name, so that nothing reaches the real ones; null: it can't be tried. What
 * is made is not run there: a view shows nothing, a trigger meets no row, nobody calls a routine. An event would begin.
 */
function tablesFor(statement: Statement, sql: string, server: Server): readonly string[] | null {
  const { targets, reads } = statement;
  if (statement.temporary || statement.conditional || targets.length === 0) return null;
  if (targets.some(({ database }) => database !== null)) return null;
  if (isOfTables(statement)) {
    if (statement.orReplace || targets.some(({ type }) => type !== "table") || !staysInside(sql, server)) return null;
    if (statement.kind === "create_table" && (statement.like !== null || statement.select)) return null;
    return targets.map(({ name }) => name);
  }
  switch (statement.kind) {
    case "create_view":
      return reads.some(({ database }) => database !== null) ? null : reads.map(({ name }) => name);
    case "create_trigger":
      return statement.table.database === null ? [statement.table.name] : null;
    case "create_routine":
      return statement.routine.type === "procedure" || statement.routine.type === "function" ? [] : null;
    default:
      return null;
  }
}

/** A table of the statement lies in its database, and stands for nothing that lies elsewhere. */
function staysInside(sql: string, server: Server): boolean {
  return outsideOf(sql, { server, databases: new Set(), loadable: new Set() }) === null;
}

/** What the server shows counts under its plainest settings. */
async function asShown(link: Link, text: string): Promise<void> {
  await link.send("SET @surefoot_mode = @@sql_mode, SESSION sql_mode = ''");
  try {
    await link.send(text);
  } finally {
    if (!link.closed) await link.send("SET SESSION sql_mode = @surefoot_mode");
  }
}

async function tableText(handle: MysqlHandle, database: string, name: string): Promise<string | null> {
  try {
    const [row] = await rowsOf(handle, `SHOW CREATE TABLE ${quoted(database)}.${quoted(name)}`);
    return typeof row?.["Create Table"] === "string" ? row["Create Table"] : null;
  } catch (error) {
    if (errnoOf(error) === 1146) return null;
    throw error;
  }
}

export async function likeDatabase(handle: MysqlHandle, database: string): Promise<string> {
  const [row] = await rowsOf(
    handle,
    `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation_name
 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?`,
    [database],
  );
  return `DEFAULT CHARACTER SET ${String(row?.["charset"])} COLLATE ${String(row?.["collation_name"])}`;
}
