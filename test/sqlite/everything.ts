/**
 * Everything that a database holds, for comparing before and after: schema and rows, read without Surefoot's own fingerprint,
 * and that as well. Words of a definition are compared whatever their quotes, case and order, because ALTER changes those;
 * SQLite's tables of statistics are left out.
 */
import { tokens } from "../../packages/runner/src/sql/lexer.ts";
import { folded, unquoted } from "../../packages/runner/src/sqlite/cursor.ts";
import type { SqliteHandle } from "../../packages/runner/src/sqlite/driver.ts";
import { SchemaReader } from "../../packages/runner/src/sqlite/fingerprint.ts";

export type Everything = ReadonlyMap<string, string>;

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string | null;
}

export function everythingIn(db: SqliteHandle): Everything {
  const found = new Map<string, string>();
  const rows = db
    .prepare("SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .all() as readonly SchemaRow[];
  for (const { type, name, tbl_name, sql } of rows) {
    const words = tokens(sql ?? "", "sqlite").map(({ kind, text }) =>
      kind === "word" || kind === "quoted_identifier" ? folded(unquoted(text)) : text,
    );
    // The third word of a table is its name, which a module may write as a string.
    const clauses = type === "table" ? words.toSpliced(2, 1).sort() : words;
    found.set(`${type} ${folded(name)} on ${folded(tbl_name)}`, clauses.join(" "));
    if (type === "table") found.set(`rows of ${folded(name)}`, rowsOf(db, name));
  }
  const counted = db.prepare("SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'").get() !== undefined;
  const counters = counted
    ? db.prepare("SELECT lower(name), seq FROM main.sqlite_sequence ORDER BY 1").raw(true).all()
    : [];
  found.set("counters", JSON.stringify(counters));
  for (const [name, print] of new SchemaReader(db).picture()) found.set(`fingerprint of ${name}`, print ?? "");
  return found;
}

/** With rowids and types; a table that can't be read says why. */
function rowsOf(db: SqliteHandle, name: string): string {
  const table = `main."${name.replaceAll('"', '""')}"`;
  const hasRowid =
    db
      .prepare("SELECT 1 FROM pragma_table_list(?) WHERE schema = 'main' AND wr = 0 AND type <> 'virtual'")
      .get(name) !== undefined;
  try {
    const rows = db
      .prepare(`SELECT ${hasRowid ? "rowid, " : ""}* FROM ${table}${hasRowid ? " ORDER BY rowid" : ""}`)
      .raw(true)
      .safeIntegers(true)
      .all() as (readonly unknown[])[];
    return JSON.stringify(rows.map((row) => row.map((value) => [typeof value, String(value)])));
  } catch (error) {
    return String(error);
  }
}

/** The names of what differs. */
export function differing(before: Everything, after: Everything): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
}

/** As the runner does it: DROP TABLE deletes no rows elsewhere. */
export function runStatement(db: SqliteHandle, sql: string): void {
  const drops = /^\s*DROP\s+TABLE\b/i.test(sql);
  if (drops) db.pragma("foreign_keys = OFF");
  try {
    const statement = db.prepare(sql);
    if (statement.reader) statement.all();
    else statement.run();
  } finally {
    if (drops) db.pragma("foreign_keys = ON");
  }
}
