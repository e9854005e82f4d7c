/**
 * How a DDL statement leaves its tables, found out by running it once more: in an empty database of its own, on the tables
 * as they were before it. That tells afterwards whether the real one took effect. The statement may name nothing outside;
 * whatever goes wrong means that nothing can be told.
 */
import type { Detail, Picture } from "@surefoot/model";
import { digest } from "../digest.ts";
import { quoted } from "../sql/reader/names.ts";
import { readStatement } from "../sql/reader/read-statement.ts";
import type { Server } from "../sql/reader/server.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { MysqlHandle } from "./driver.ts";
import { errnoOf, rowsOf } from "./driver.ts";
import { isLost } from "./errors.ts";
import { schemaReader } from "./fingerprint.ts";
import type { Link } from "./link.ts";
import type { Origin } from "./origin.ts";

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
  if (!canBeTried(statement)) return null;
  const kept: { [table: string]: string | null } = {};
  for (const { name } of statement.targets) kept[name] = await tableText(handle, database, name);
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
  server: Server,
): Promise<Picture | null> {
  const statement = readStatement(sql, server);
  if (!canBeTried(statement)) return null;
  const scratch = `surefoot_scratch_${digest(origin.database).slice(0, 16)}`;
  let link: Link | null = null;
  try {
    await control.send(`DROP DATABASE IF EXISTS ${quoted(scratch)}`);
    await control.send(`CREATE DATABASE ${quoted(scratch)} ${await likeDatabase(control, origin.database)}`);
    link = await origin.open();
    await link.send(`USE ${quoted(scratch)}`);
    await link.send("SET SESSION foreign_key_checks = 0, lock_wait_timeout = 30");
    for (const text of Object.values(kept)) if (text !== null) await asShown(link, text);
    await link.send(sql);
    const reader = await schemaReader(link, scratch);
    return await reader.objects(Object.keys(kept).map((name) => `table:${name}`));
  } catch (error) {
    if (isLost(error) && control.closed) throw error;
    return null;
  } finally {
    await link?.close();
    if (!control.closed) await control.send(`DROP DATABASE IF EXISTS ${quoted(scratch)}`).catch(() => undefined);
  }
}

/** Only tables of the migrated database, each by its bare name: nothing that it does can reach the real ones. */
function canBeTried(statement: Statement): boolean {
  const { kind, targets } = statement;
  const isDdl =
    kind === "create_table" ||
    kind === "alter_table" ||
    kind === "drop_table" ||
    kind === "rename_table" ||
    kind === "create_index" ||
    kind === "drop_index";
  if (!isDdl || statement.temporary || statement.conditional || statement.orReplace || targets.length === 0)
    return false;
  if (kind === "create_table" && (statement.like !== null || statement.select)) return false;
  return targets.every(({ type, database }) => type === "table" && database === null);
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
