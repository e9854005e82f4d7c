import { expect, test } from "vitest";
import { checksum } from "./checksum.ts";
import { firstOfRun, piecesOf, rowsRunAt, statementsOf } from "./rows-run.ts";
import { split } from "./splitter.ts";

const insert = (value: string, index = 0): string => `INSERT INTO t (id, name) VALUES (${index}, ${value})`;
const many = (count: number, value = "'it''s; -- no comment'"): string =>
  Array.from({ length: count }, (_, index) => `${insert(value, index)};`).join("\n");

test("a thousand INSERTs that differ only in their rows are a run, fewer are not", () => {
  const text = `\n  ${many(1_000)}\nSELECT 1;`;

  expect(rowsRunAt(text, 0)).toEqual({ start: 3, end: text.indexOf("\nSELECT"), count: 1_000 });
  expect(rowsRunAt(many(999), 0)).toMatchObject({ start: null });
});

test("a run ends before the statement that a comment may speak of", () => {
  const text = `${many(1_001)}\n-- migrate:undo DELETE FROM t;`;

  expect(rowsRunAt(text, 0)).toMatchObject({ count: 1_000, end: many(1_000).length });
});

test.each([
  ["a function", insert("upper('a')")],
  ["a query", "INSERT INTO t (id, name) SELECT 1, 'a'"],
  ["a comment", insert("'a' /* b */")],
  ["a name where a value is meant", insert('"a"')],
  ["a parameter", insert("?1")],
  ["what is returned", `${insert("'a'")} RETURNING id`],
  ["what a conflict does", `${insert("'a'")} ON CONFLICT DO NOTHING`],
  ["another table", "INSERT INTO u (id, name) VALUES (1, 'a')"],
  ["another list of columns", "INSERT INTO t (name, id) VALUES (1, 'a')"],
  ["another verb", "REPLACE INTO t (id, name) VALUES (1, 'a')"],
  ["a string that is not closed", "INSERT INTO t (id, name) VALUES (1, 'a)"],
])("a run ends before %s", (_, statement) => {
  const run = many(1_000);

  expect(rowsRunAt(`${run}\n${statement};`, 0)).toMatchObject({ count: 1_000, end: run.length });
});

test("what a run is cut into is what the splitter finds, whole", () => {
  const text = many(12_000, "'é\u{1F600}', -1.5e3, X'00ff', NULL, TRUE");
  const run = text.slice(0, -1);

  const pieces = [...piecesOf(run)];
  const statements = [...statementsOf(run)];

  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.map(({ sql }) => sql).join("")).toBe(run);
  expect(pieces.every(({ sql, offset }) => run.startsWith(sql, offset))).toBe(true);
  expect(statements.map(({ sql }) => sql.trim().replace(/;$/, ""))).toEqual(
    split(text, "sqlite").map(({ sql }) => sql),
  );
  expect(firstOfRun(run)).toBe(split(text, "sqlite")[0]?.sql);
});

test("one statement is no run, however long", () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => `(${index}, 'x')`).join(", ");

  expect(firstOfRun(`INSERT INTO t (id, name) VALUES ${rows}`)).toBeNull();
  expect(firstOfRun(`CREATE TABLE t (${"a".repeat(2_000)})`)).toBeNull();
});

test("a statement that is too long for a pattern is read as any other", () => {
  const text = `INSERT INTO t VALUES (${"1,".repeat(10_000_000)}1);`;

  expect(rowsRunAt(text, 0)).toMatchObject({ start: null });
});

test("the checksum of a run is that of its statements", () => {
  const text = `-- begins here\n${many(1_200, "'é', 'a\r\nb'")}`;
  const offset = text.indexOf("INSERT");
  const run = { sql: text.slice(offset, -1), text, offset };

  expect(checksum([run], "sqlite")).toBe(checksum(split(text, "sqlite"), "sqlite"));
});
