import { expect, test } from "vitest";
import { readStatement } from "./statement.ts";

test.each([
  ['CREATE TABLE IF NOT EXISTS main."A b" (id INTEGER)', "ddl", ["table:a b"]],
  ["CREATE UNIQUE INDEX i ON [t] (a)", "ddl", ["index:i", "table:t"]],
  ["CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM u; END", "ddl", ["trigger:tr"]],
  ["CREATE TEMP TABLE t (a)", "session", []],
  ["CREATE VIRTUAL TABLE f USING fts5(a)", "ddl", ["table:f"]],
  ["ALTER TABLE t RENAME TO u", "ddl", ["table:t", "table:u"]],
  ["ALTER TABLE t RENAME COLUMN a TO b", "ddl", ["table:t"]],
  ["DROP VIEW IF EXISTS v", "ddl", ["view:v"]],
  ["INSERT OR IGNORE INTO t VALUES (1)", "dml", ["table:t"]],
  ["REPLACE INTO t VALUES (1)", "dml", ["table:t"]],
  ["UPDATE OR ROLLBACK t SET a = 1", "dml", ["table:t"]],
  ["WITH x AS (SELECT 1) DELETE FROM t WHERE a IN x", "dml", ["table:t"]],
  ["WITH x AS (DELETE_ME) SELECT 1", "reading", []],
  ["PRAGMA user_version = 3", "header", ["pragma:user_version"]],
  ["PRAGMA user_version", "reading", []],
  ["PRAGMA foreign_keys = OFF", "session", []],
  ["VACUUM", "upkeep", []],
  ["COMMIT", "transaction_control", []],
  ["ROLLBACK TO x", "transaction_control", []],
  ["FROBNICATE t", "other", []],
] as const)("%s", (sql, kind, objects) => {
  expect(readStatement(sql)).toMatchObject({ kind, objects });
});

test("what it drops, fills and switches is told apart", () => {
  expect(readStatement("DROP TABLE t").drops).toEqual({ kind: "table", name: "t" });
  expect(readStatement("ALTER TABLE t DROP COLUMN `C`").dropsColumn).toEqual({ table: "t", column: "c" });
  expect(readStatement("ALTER TABLE t DROP c").dropsColumn).toEqual({ table: "t", column: "c" });
  expect(readStatement("ALTER TABLE t DROP CONSTRAINT k").dropsColumn).toBeNull();
  expect(readStatement("CREATE TABLE t AS SELECT 1").fills).toBe("t");
  expect(readStatement("CREATE TABLE t (a)").fills).toBeNull();
  expect(readStatement("PRAGMA foreign_keys = 0").foreignKeys).toBe("off");
  expect(readStatement("PRAGMA foreign_keys(ON)").foreignKeys).toBe("on");
});
