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

test("under USE of another database an undo names that database", () => {
  const [, made, altered] = facts("USE surefoot_other", "CREATE TABLE x (id INT)", "RENAME TABLE kept TO gone");

  expect(made!.undo).toEqual({ type: "undo", statements: ["DROP TABLE `surefoot_other`.`x`"] });
  expect(altered!.undo).toEqual({
    type: "undo",
    statements: ["RENAME TABLE `surefoot_other`.`gone` TO `surefoot_other`.`kept`"],
  });
});

test("what is done to a temporary table is the session's, also under its next name", () => {
  const [, renamed, altered, real] = facts(
    "CREATE TEMPORARY TABLE t (id INT)",
    "ALTER TABLE t RENAME TO x",
    "ALTER TABLE x ADD COLUMN y INT",
    "ALTER TABLE t ADD COLUMN y INT",
  );

  expect([renamed, altered, real].map((one) => one!.kind)).toEqual(["session", "session", "atomic"]);
  expect([renamed, altered].map((one) => one!.objects)).toEqual([[], []]);
});

test("MariaDB's RENAME TABLE takes a temporary table first, MySQL's none", () => {
  const sqls = ["CREATE TEMPORARY TABLE t (id INT)", "RENAME TABLE t TO x", "RENAME TABLE x TO y, log TO z"];

  const onMysql = facts(...sqls).map(({ kind }) => kind);
  const onMariadb = classify(sqls, recordedServers.mariadb, recordedCatalogue("mariadb"), "step").map(
    ({ kind }) => kind,
  );

  expect(onMysql).toEqual(["session", "atomic", "atomic"]);
  expect(onMariadb).toEqual(["session", "session", "opaque"]);
});

test("a foreign key of the same migration is known when its parent is renamed", () => {
  const [, renamed] = facts(
    "CREATE TABLE x (id INT, CONSTRAINT x_fk FOREIGN KEY (id) REFERENCES twin (id))",
    "RENAME TABLE twin TO y",
  );

  expect(renamed!.objects).toEqual(["table:twin", "table:y", "table:x"]);
});

test("a view of the same migration is known to call a function", () => {
  const [, read] = facts("CREATE VIEW x AS SELECT f(1) AS one", "INSERT INTO log SELECT one FROM x");

  expect([read!.kind, read!.notCovered]).toEqual(["opaque", "what f does"]);
});

test("what releases locks is refused, whatever else it calls", () => {
  expect(facts("SELECT f(RELEASE_LOCK('a'))")[0]!.refused).not.toBeNull();
});
