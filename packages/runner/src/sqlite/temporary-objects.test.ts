import { expect, test } from "vitest";
import { classify } from "./classify.ts";

/** What each statement of a migration is, `session` where it changes only the connection. */
function kinds(statements: readonly string[], present: readonly string[] = []): readonly string[] {
  return classify(statements, "step", present).map(({ kind }) => kind);
}

test("what names a temporary table changes only the connection", () => {
  expect(
    kinds([
      "CREATE TEMP TABLE x (id)",
      "INSERT INTO X VALUES (1)",
      "CREATE INDEX i ON x (id)",
      "ALTER TABLE x RENAME TO y",
      "DELETE FROM y",
      "DROP TABLE y",
    ]),
  ).toEqual(Array.from({ length: 6 }, () => "session"));
});

test("what names the file's own does not", () => {
  expect(
    kinds([
      "CREATE TEMP TABLE x (id)",
      "CREATE TABLE x (id)",
      "INSERT INTO main.x VALUES (1)",
      "CREATE VIEW x AS SELECT 1",
      "DROP TABLE main.x",
    ]).slice(1),
  ).toEqual(Array.from({ length: 4 }, () => "transactional"));
});

test("a name counts again once nothing hides it any more", () => {
  const gone = ["CREATE TEMP TABLE x (id)", "DROP TABLE x", "DELETE FROM x"];
  const renamed = ["CREATE TEMP TABLE x (id)", "ALTER TABLE x RENAME TO y", "DELETE FROM x"];

  expect(kinds(gone).at(-1)).toBe("transactional");
  expect(kinds(renamed).at(-1)).toBe("transactional");
});

test("a trigger on a temporary table may reach the file", () => {
  const rows = "INSERT INTO x VALUES (1)";

  expect(
    kinds(["CREATE TEMP TABLE x (id)", "CREATE TRIGGER g AFTER INSERT ON x BEGIN DELETE FROM t; END", rows]),
  ).toEqual(["session", "session", "transactional"]);
  expect(
    kinds(["CREATE TEMP TABLE x (id)", "CREATE TEMP TRIGGER g AFTER INSERT ON x BEGIN DELETE FROM t; END", rows]),
  ).toEqual(["session", "session", "transactional"]);
});

test("a connection may come with temporary objects", () => {
  expect(kinds(["DELETE FROM x"], ["table:x"])).toEqual(["session"]);
  expect(kinds(["DELETE FROM x"], ["table:x", "trigger:g"])).toEqual(["transactional"]);
});
