/** What a statement is to Surefoot, and what it does on a server. */
import type { Picture } from "@surefoot/model";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { classify } from "../../packages/runner/src/mysql/classify.ts";
import type { MysqlFacts } from "../../packages/runner/src/mysql/classify.ts";
import { schemaReader } from "../../packages/runner/src/mysql/fingerprint.ts";
import type { SessionFacts } from "../../packages/runner/src/mysql/read-catalogue.ts";
import { readCatalogue } from "../../packages/runner/src/mysql/read-catalogue.ts";
import type { ServerFacts } from "../../packages/runner/src/mysql/server-facts.ts";

/** Everything that is in a database. */
export interface Look {
  readonly schema: Picture;
  /** For each table its rows as text, sorted. */
  readonly rows: ReadonlyMap<string, string>;
}

/** The connection must run nothing else. */
export async function lookAt(connection: Connection, database: string): Promise<() => Promise<Look>> {
  const reader = await schemaReader(connection, database);
  return async () => ({ schema: await reader.picture(), rows: await readRows(connection, database) });
}

/** Objects that differ, those that are only in one of them included; and tables of both whose rows do. */
export function changesBetween(left: Look, right: Look): { readonly objects: string[]; readonly rows: string[] } {
  const objects = new Set([...left.schema.keys(), ...right.schema.keys()]);
  const tables = [...left.rows.keys()].filter((name) => right.rows.has(name));
  return {
    objects: [...objects].filter((name) => left.schema.get(name) !== right.schema.get(name)).sort(),
    rows: tables.filter((name) => left.rows.get(name) !== right.rows.get(name)).sort(),
  };
}

export function isEqual(left: Look, right: Look): boolean {
  const { objects, rows } = changesBetween(left, right);
  return objects.length === 0 && rows.length === 0;
}

export async function factsOn(
  connection: Connection,
  database: string,
  sql: string,
  server: ServerFacts,
): Promise<MysqlFacts> {
  const [facts] = await factsOfAll(connection, database, [sql], server);
  return facts!;
}

/** Of the statements of one migration, none of which has run. */
export async function factsOfAll(
  connection: Connection,
  database: string,
  sqls: readonly string[],
  server: ServerFacts,
): Promise<readonly MysqlFacts[]> {
  const catalogue = await readCatalogue(connection, sqls, await sessionFacts(connection, database), server);
  return classify(sqls, server, catalogue, "step");
}

export async function sessionFacts(connection: Connection, database: string): Promise<SessionFacts> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT @@sql_mode AS sqlMode, @@default_storage_engine AS defaultEngine",
  );
  const { sqlMode, defaultEngine } = rows[0] as { sqlMode: string; defaultEngine: string };
  return { database, sqlMode, defaultEngine, gtidMarks: false };
}

/** The server's message; null: it took the statement. */
export async function errorOf(connection: Connection, sql: string): Promise<string | null> {
  try {
    await connection.query(sql);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

async function readRows(connection: Connection, database: string): Promise<ReadonlyMap<string, string>> {
  const [tables] = await connection.query<RowDataPacket[]>(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')`,
    [database],
  );
  const found = new Map<string, string>();
  for (const row of tables) {
    const name = String(row["name"]);
    found.set(name, await rowsOf(connection, `\`${database}\`.\`${name.replaceAll("`", "``")}\``));
  }
  return found;
}

async function rowsOf(connection: Connection, table: string): Promise<string> {
  try {
    const [rows] = await connection.query<RowDataPacket[]>(`SELECT * FROM ${table}`);
    return rows
      .map((row) => JSON.stringify(row))
      .sort()
      .join("\n");
  } catch (error) {
    // A table without its tablespace has none.
    return `error ${(error as { errno: number }).errno}`;
  }
}
