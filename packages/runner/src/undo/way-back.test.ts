import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { readMigration } from "../files/read-migration.ts";
import type { Material } from "../material.ts";
import { materialDetail, materialOf } from "../material.ts";
import { readyUp } from "../prepare-migration.ts";
import { SqliteDatabase } from "../sqlite/adapter.ts";
import type { SqliteHandle } from "../sqlite/driver.ts";

const Driver = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => SqliteHandle;

/** Readies a file for a database with these statements behind it; `kept`: a migration that has begun. */
async function ready(text: string, setup: readonly string[] = [], kept: Material | null = null) {
  const handle = new Driver(":memory:");
  for (const sql of setup) handle.exec(sql);
  const reader = await new SqliteDatabase({ handle }).read();
  const file = readMigration("migrations/0001_a.sql", text, "sqlite");
  const defaults = { transaction: "step" as const, recovery: undefined };
  const readied = await readyUp(file, reader, defaults, kept === null ? null : { kept });
  handle.close();
  return readied;
}

async function undos(text: string, setup: readonly string[] = []) {
  const { material, noUndo } = await ready(text, setup);
  return material.steps.map(({ undo }, index) =>
    undo === null ? noUndo[index] : [undo.from, ...undo.statements, ...undo.by],
  );
}

test("a step's undo is given, else matched, else covered, else derived, else none", async () => {
  const file = `-- migrate:up
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
CREATE INDEX t_a ON t (a);
INSERT INTO t VALUES (1, 'x');
UPDATE old SET n = 2;
-- migrate:undo UPDATE old SET n = 1;
CREATE VIEW v AS SELECT a FROM t;
DELETE FROM old;
CREATE TABLE u (id);
-- migrate:undo none: it may stay
INSERT INTO u VALUES (1);
-- migrate:down
DROP VIEW v;
DROP TABLE t;
`;

  expect(await undos(file, ["CREATE TABLE old (n INT)"])).toEqual([
    ["matched", "DROP TABLE t"],
    ["covered", 0],
    ["covered", 0],
    ["given", "UPDATE old SET n = 1"],
    ["matched", "DROP VIEW v"],
    "the rows are lost",
    "none on purpose: it may stay",
    "its table is new, and there is no undo of that to go with",
  ]);
});

test("create, fill and constrain go back as a whole where down is one DROP", async () => {
  const file = `--migrate:up
CREATE TABLE t (id INTEGER PRIMARY KEY, n INT);
INSERT INTO t SELECT id, 0 FROM old;
CREATE UNIQUE INDEX t_n ON t (n)
--migrate:down
DROP TABLE t
`;

  expect(await undos(file, ["CREATE TABLE old (id)"])).toEqual([
    ["matched", "DROP TABLE t"],
    ["covered", 0],
    ["covered", 0],
  ]);
});

test("what changes nothing that could be taken back needs nothing", async () => {
  const file = "-- migrate:up\nCREATE TEMP TABLE x (id);\nINSERT INTO x VALUES (1);\nANALYZE;\nSELECT 1;\n";

  expect(await undos(file)).toEqual([["derived"], ["derived"], ["derived"], ["derived"]]);
});

const begun = `-- migrate:up
CREATE TABLE t (id INTEGER PRIMARY KEY);
INSERT INTO t VALUES (1);
ALTER TABLE old ADD COLUMN c;
`;

test("of a migration that has begun, the journal's word counts for steps that the author leaves alone", async () => {
  const setup = ["CREATE TABLE old (id)"];
  const { material } = await ready(begun, setup);
  // The file names the column's undo now, and the schema is not the one from before the migration any more.
  const corrected = `${begun}-- migrate:undo ALTER TABLE old DROP c;\n`;
  const kept = materialOf(materialDetail(material, false));
  const later = await ready(corrected, [...setup, "CREATE TABLE t (id INTEGER PRIMARY KEY)"], kept);

  expect(later.material.steps.map(({ undo }) => undo)).toEqual([
    { from: "derived", statements: ["DROP TABLE main.t"], by: [] },
    { from: "covered", statements: [], by: [0] },
    { from: "given", statements: ["ALTER TABLE old DROP c"], by: [] },
  ]);
});

test("a step that was to go with another one's undo has none once that undo leaves it behind", async () => {
  const { material } = await ready(begun, ["CREATE TABLE old (id)"]);
  const changed = begun.replace("KEY);\n", "KEY);\n-- migrate:undo ALTER TABLE t RENAME TO t_kept;\n");
  const later = await ready(changed, [], material);

  expect(later.material.steps[1]?.undo).toBeNull();
  expect(later.noUndo[1]).toBe("the undo that it went with was changed");
});

test("a step whose text has changed since it ran has no undo of the journal's", async () => {
  const { material } = await ready(begun, ["CREATE TABLE old (id)"]);
  const later = await ready(begun.replace("COLUMN c", "COLUMN d"), [], material);

  expect(later.noUndo).toEqual([null, null, "none was found before it ran"]);
});
