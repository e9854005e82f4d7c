import { createRequire } from "node:module";
import { expect, test } from "vitest";
import type { SqliteHandle } from "./driver.ts";
import { hashRows, SchemaReader } from "./fingerprint.ts";

const Driver = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => SqliteHandle;

function picture(...sqls: readonly string[]): ReadonlyMap<string, string | null> {
  const db = new Driver(":memory:");
  for (const sql of sqls) db.exec(sql);
  const found = new SchemaReader(db).picture();
  db.close();
  return found;
}

const table = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b INT CHECK (b > 0), UNIQUE (a))";

test.each([
  ["renaming there and back", "ALTER TABLE t RENAME TO u", "ALTER TABLE u RENAME TO t"],
  ["renaming a column there and back", "ALTER TABLE t RENAME COLUMN a TO c", "ALTER TABLE t RENAME COLUMN c TO a"],
  ["a column added and dropped", "ALTER TABLE t ADD COLUMN c TEXT COLLATE NOCASE", "ALTER TABLE t DROP COLUMN c"],
  ["an index made and dropped", "CREATE INDEX i ON t (a)", "DROP INDEX i"],
  ["a table made and dropped", "CREATE TABLE v (id)", "DROP TABLE v"],
  ["rows", "INSERT INTO t (b) VALUES (1)", "ANALYZE"],
])("%s leaves the picture as it was", (_, ...sqls) => {
  expect(picture(table, ...sqls)).toEqual(picture(table));
});

test.each([
  ["a column", "ALTER TABLE t ADD COLUMN c TEXT"],
  ["a column's type", table.replace("b INT ", "b REAL ")],
  ["a default", table.replace("'x'", "'y'")],
  ["the case of a default's letters", table.replace("'x'", "'X'")],
  ["NOT NULL", table.replace(" NOT NULL", "")],
  ["a check", table.replace("b > 0", "b > 1")],
  ["a check's name", table.replace("CHECK", "CONSTRAINT positive CHECK")],
  ["the name of NOT NULL", table.replace("NOT NULL", "CONSTRAINT given NOT NULL")],
  ["a unique clause", table.replace(", UNIQUE (a)", "")],
  ["a collation", table.replace("a TEXT", "a TEXT COLLATE NOCASE")],
  ["a generated column", table.replace("UNIQUE (a)", "c AS (b + 1), UNIQUE (a)")],
  ["autoincrement", table.replace("PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT")],
  ["STRICT", `${table} STRICT`],
  ["a foreign key", table.replace("b INT", "b INT REFERENCES t (id)")],
  ["what a foreign key does", table.replace("b INT", "b INT REFERENCES t (id) ON DELETE CASCADE")],
])("%s shows", (_, sql) => {
  const changed = sql.startsWith("ALTER") ? picture(table, sql) : picture(sql);

  expect(changed.get("table:t")).not.toBe(picture(table).get("table:t"));
});

test.each([
  ["an index's columns", "CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (b)", "index:i"],
  ["an index's order", "CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (a DESC)", "index:i"],
  [
    "a partial index's condition",
    "CREATE INDEX i ON t (a) WHERE b > 1",
    "CREATE INDEX i ON t (a) WHERE b > 2",
    "index:i",
  ],
  ["an index's expression", "CREATE INDEX i ON t (lower(a))", "CREATE INDEX i ON t (upper(a))", "index:i"],
  ["a view", "CREATE VIEW v AS SELECT a FROM t", "CREATE VIEW v AS SELECT b FROM t", "view:v"],
  [
    "a trigger",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t WHERE b = 1; END",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t WHERE b = 2; END",
    "trigger:r",
  ],
])("%s shows", (_, one, other, object) => {
  expect(picture(table, one).get(object)).toBeDefined();
  expect(picture(table, one).get(object)).not.toBe(picture(table, other).get(object));
});

test("names that differ only in the case of a letter beyond ASCII are two names, as for SQLite", () => {
  const names = [...picture('CREATE TABLE "É" (a)', 'CREATE TABLE "é" (a, b)', 'CREATE TABLE "AÉ" (a)').keys()];

  expect(names.slice(0, 3)).toEqual(["table:É", "table:é", "table:aÉ"]);
});

test("Surefoot's own tables and SQLite's are left out", () => {
  const names = [...picture(table, "CREATE TABLE surefoot_journal (a)", "CREATE TABLE surefootprints (a)").keys()];

  expect(names).toEqual([
    "table:t",
    "table:surefootprints",
    "pragma:user_version",
    "pragma:application_id",
    "pragma:journal_mode",
  ]);
});

test("the hash of rows sees types and values, and no order", () => {
  expect(
    hashRows([
      [1n, "a"],
      [2n, "b"],
    ]),
  ).toBe(
    hashRows([
      [2n, "b"],
      [1n, "a"],
    ]),
  );
  expect(hashRows([[1n]])).not.toBe(hashRows([["1"]]));
  expect(hashRows([[1n]])).not.toBe(hashRows([[1]]));
  expect(hashRows([[1n]])).not.toBe(hashRows([[1n], [1n]]));
  expect(hashRows([[new Uint8Array([49])]])).not.toBe(hashRows([["1"]]));
});
