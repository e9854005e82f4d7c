import { expect, test } from "vitest";
import { classify } from "../sqlite/classify.ts";
import { MadeSoFar } from "./covered.ts";

/** Adds steps, each a statement with its undo, and asks for the last one, which has none yet. */
function covering(steps: readonly (readonly [sql: string, undo: string | null])[], sql: string, ...changes: string[]) {
  const made = new MadeSoFar();
  const facts = classify([...steps.map(([step]) => step), sql], "step");
  for (const [index, [, undo]] of steps.entries())
    made.add(index, facts[index]!, undo === null ? null : classify([undo], "step"));
  return made.coveringSteps(changes, facts.at(-1)!);
}

const table = ["CREATE TABLE t (a, b)", "DROP TABLE t"] as const;
const column = ["ALTER TABLE old ADD COLUMN c", "ALTER TABLE old DROP COLUMN c"] as const;
const insert = "INSERT INTO t SELECT 1, 2";
const update = "UPDATE old SET c = 1";

test("rows of a new table go with it", () => {
  expect(covering([table], insert, "table:t")).toEqual([0]);
});

test("values of a new column go with it, and not those of another", () => {
  expect(covering([column], update, "column:old.c")).toEqual([0]);
  expect(covering([column], update, "column:old.c", "column:old.d")).toBeNull();
});

test("what has no undo covers nothing, and neither does one whose undo leaves the table", () => {
  expect(covering([["CREATE TABLE t (a, b)", null]], insert, "table:t")).toBeNull();
  expect(covering([["CREATE TABLE t (a, b)", "DELETE FROM t"]], insert, "table:t")).toBeNull();
  expect(covering([table], insert)).toBeNull();
});

test("what is dropped or renamed covers nothing any more", () => {
  expect(covering([table, ["DROP TABLE t", null]], insert, "table:t")).toBeNull();
  expect(covering([table, ["ALTER TABLE t RENAME TO u", "ALTER TABLE u RENAME TO t"]], insert, "table:t")).toBeNull();
  expect(
    covering([column, ["ALTER TABLE old RENAME c TO d", "ALTER TABLE old RENAME d TO c"]], update, "column:old.c"),
  ).toBeNull();
});

test("an undo in between must find the table as its step left it", () => {
  const renamed = ["ALTER TABLE t RENAME a TO d", "ALTER TABLE t RENAME d TO a"] as const;

  expect(covering([table, renamed], "CREATE INDEX i ON t (b)", "table:t")).toBeNull();
  expect(covering([table, renamed], insert, "table:t")).toEqual([0]);
});

test("an undo in between may fail because of rows that are still there", () => {
  const unique = ["DROP INDEX i", "CREATE UNIQUE INDEX i ON old (c)"] as const;
  const nullable = ["ALTER TABLE old ALTER COLUMN c DROP NOT NULL", "ALTER TABLE old ALTER c SET NOT NULL"] as const;

  expect(covering([column, unique], update, "column:old.c")).toBeNull();
  expect(covering([column, nullable], update, "column:old.c")).toBeNull();
  expect(covering([column, ["CREATE INDEX i ON old (c)", "DROP INDEX i"]], update, "column:old.c")).toEqual([0]);
});

test("an undo in between must find the names free that it gives back", () => {
  const dropped = ["DROP INDEX i", "CREATE INDEX i ON old (c)"] as const;
  const renamed = ["ALTER TABLE old RENAME TO older", "ALTER TABLE older RENAME TO old"] as const;

  expect(covering([table, dropped], "CREATE INDEX i ON t (b)", "table:t")).toBeNull();
  expect(covering([table, dropped], "CREATE INDEX j ON t (b)", "table:t")).toEqual([0]);
  expect(covering([table, renamed], "CREATE INDEX old ON t (b)", "table:t")).toBeNull();
});

test("what a step in between may still get as its undo is in the way, whatever it will be", () => {
  const made = new MadeSoFar();
  const [create, alter, write] = classify(["CREATE TABLE t (a, b)", "ALTER TABLE t ADD COLUMN c", insert], "step");
  made.add(0, create!, classify(["DROP TABLE t"], "step"));

  expect(made.coveringSteps(["table:t"], write!)).toEqual([0]);

  made.add(1, alter!, null, true);

  expect(made.coveringSteps(["table:t"], write!)).toBeNull();
});
