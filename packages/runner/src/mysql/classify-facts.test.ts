import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import { recordedCatalogue, recordedServers } from "./recorded-catalogue.ts";

function facts(...sqls: readonly string[]) {
  return classify(sqls, recordedServers.mysql, recordedCatalogue("mysql"), "step");
}

test.each([
  ["DROP TABLE t", "table:t"],
  ["ALTER TABLE t ADD x INT, DROP COLUMN C", "column:t.c"],
  ["DROP TEMPORARY TABLE t", null],
  ["DROP VIEW v", null],
])("%s takes away %s", (sql, removes) => {
  expect(facts(sql)[0]!.removes).toBe(removes);
});

test.each([
  ["RENAME TABLE t TO x", "table:t"],
  ["ALTER TABLE t ADD x INT, RENAME y", "table:t"],
  ["ALTER TABLE t RENAME COLUMN b TO x", "column:t.b"],
  ["ALTER TABLE t CHANGE b x INT", "column:t.b"],
  ["ALTER TABLE t MODIFY b INT", null],
])("%s gives another name to %s", (sql, renames) => {
  expect(facts(sql)[0]!.renames).toBe(renames);
});

test("of several tables that are renamed the one counts that the migration has made", () => {
  const [, renaming] = facts("CREATE TABLE x (id INT)", "RENAME TABLE t TO y, x TO t, y TO x");

  expect(renaming!.renames).toBe("table:x");
});

test.each([
  ["INSERT INTO t (a) VALUES (1)", true],
  ["ALTER TABLE t ADD UNIQUE KEY x (b)", true],
  ["ALTER TABLE t ADD KEY x (b)", false],
  ["ALTER TABLE t DROP COLUMN a", false],
  ["ALTER TABLE t MODIFY b VARCHAR(10)", true],
  ["ALTER TABLE t ADD CHECK (a > 5)", true],
  ["ALTER TABLE t ADD x INT", false],
  ["ALTER TABLE t ADD x INT UNIQUE", true],
  ["DROP TABLE t", false],
  ["CREATE TABLE x AS SELECT * FROM t", true],
])("whether rows matter to %s: %s", (sql, meetsRows) => {
  expect(facts(sql)[0]!.meetsRows).toBe(meetsRows);
});

test("a table and every column that begin empty are known", () => {
  const [table, columns] = facts("CREATE TABLE x (id INT)", "ALTER TABLE t ADD (X INT, y INT)");

  expect([table!.makes, columns!.makes, columns!.makesAll]).toEqual([
    "table:x",
    "column:t.x",
    ["column:t.x", "column:t.y"],
  ]);
});

test("what a migration has made itself it may destroy", () => {
  const [, own, renamed] = facts("CREATE TABLE x (id INT)", "RENAME TABLE x TO y", "DROP TABLE y");

  expect([own!.lossy, renamed!.lossy, renamed!.destroys]).toEqual([false, false, null]);
});
