/** The statements of the splitter's corpus on SQLite. The driver refuses to prepare a text that holds two of them. */
import { expect, test } from "vitest";
import { corpus } from "../../packages/runner/src/sql/corpus/corpus.ts";
import { split } from "../../packages/runner/src/sql/splitter.ts";
import { Driver } from "../support/project.ts";
import type { Handle } from "../support/project.ts";

/** A database in which the corpus finds what it needs. */
function open(): Handle {
  const db = new Driver(":memory:");
  db.exec("CREATE TABLE a (x, y, k); CREATE TABLE t (a, b, x, begin, end); CREATE TABLE begin (begin, end)");
  return db;
}

function schema(db: Handle): readonly unknown[] {
  return db.prepare("SELECT sql FROM sqlite_schema UNION ALL SELECT sql FROM sqlite_temp_schema").all();
}

for (const [name, text] of corpus.sqlite)
  test(`SQLite takes each statement of: ${name}`, () => {
    const piecewise = open();
    const whole = open();

    for (const { sql } of split(text, "sqlite")) {
      piecewise.prepare(sql);
      piecewise.exec(sql);
    }
    whole.exec(text);

    expect(schema(piecewise)).toEqual(schema(whole));
    expect(piecewise.inTransaction).toBe(whole.inTransaction);
    piecewise.close();
    whole.close();
  });

test.each(["CREATE TABLE n (x /* \0 */)", "CREATE TABLE n (x) \0 STRICT", "SELECT 'a\0b'"])(
  "a NUL in a statement, which SQLite would cut or refuse, is refused: %j",
  (sql) => {
    expect(() => split(`SELECT 1;\n${sql}; SELECT 2`, "sqlite")).toThrow("line 2, column");
  },
);

test("SQLite executes a statement up to a NUL and says nothing", () => {
  const db = open();

  db.exec("CREATE TABLE n (x) \0 STRICT");

  expect(schema(db)).toContainEqual({ sql: "CREATE TABLE n (x)" });
  db.close();
});
