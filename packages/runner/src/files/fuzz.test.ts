/**
 * Migration files that are not quite right any more: reading one neither crashes nor hangs, and an error names the file, the
 * line and the column, says what is wrong, and what to write instead. `SUREFOOT_FUZZ` tries more, `SUREFOOT_SEED` others.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SurefootError } from "../error.ts";
import { anything } from "../sql/mutated.ts";
import type { Dialect } from "../sql/dialect.ts";
import { readMigration } from "./read-migration.ts";

const numRuns = Number(process.env["SUREFOOT_FUZZ"] ?? "2000");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");
const path = "migrations/0001_a.sql";

/** Lines of files that are right, and some that are nowhere. */
const lines = [
  "-- migrate:depends 0001_users",
  "-- migrate:depends 0002_audit optional",
  "-- migrate:allow no-foreign-key: billing needs it",
  "-- migrate:option transaction=step",
  "-- migrate:option timeout=5s lock_timeout=2s",
  "-- migrate:option recovery=resume data=users,orders",
  "-- migrate:pre no order without a user",
  "-- migrate:post the column is there expect=empty",
  "-- migrate:post",
  "-- migrate:up",
  "--migrate:up transaction:false",
  "-- migrate:down",
  "-- migrate:undo DROP TABLE a;",
  "-- migrate:undo none: on purpose",
  "-- migrate:undo",
  "/* migrate:undo\nDROP TABLE a;\nDROP TABLE b; */",
  "-- migrate:probe SELECT 1;",
  "-- migrate:frobnicate",
  "-- migrate:UP",
  "-- +goose Up",
  "SELECT COUNT(*) = 0 FROM orders WHERE user_id IS NULL;",
  "CREATE TABLE a (id INT, b TEXT DEFAULT 'x;y');",
  "CREATE TRIGGER g AFTER INSERT ON a FOR EACH ROW BEGIN DELETE FROM b; END;",
  "INSERT INTO a VALUES (1)",
  "DELIMITER //",
  "-- a comment",
  "/* another",
  "'",
  ";",
  "",
];

/** What was expected, or what to do, in the words of the messages. */
const remedy =
  /\b(?:Write|Keep|Close|Join|End|Name|Move|Put|Take|Did you mean|is missing|was expected|has to be|takes|needs|may be set|may stand|stand at its top|begins on the next line|no statement of `up` follows|The directives are|The order is)\b/;

/** One of each directive, in its place. */
const good = [
  "-- migrate:depends 0001_users",
  "-- migrate:option transaction=step",
  "-- migrate:pre no order without a user",
  "SELECT COUNT(*) = 0 FROM orders WHERE user_id IS NULL;",
  "-- migrate:up",
  "CREATE TABLE a (id INT, b TEXT DEFAULT 'x;y');",
  "-- migrate:undo DROP TABLE a;",
  "-- migrate:probe SELECT 1;",
  "-- migrate:option timeout=5s",
  "INSERT INTO a VALUES (1);",
  "-- migrate:undo none: on purpose",
  "-- migrate:post there is one",
  "SELECT COUNT(*) FROM a;",
  "-- migrate:down",
  "DROP TABLE a;",
];

const changedLine = fc.record({
  at: fc.nat(good.length),
  drop: fc.nat(1),
  put: fc.subarray(lines, { maxLength: 1 }),
});
const changedText = fc.record({
  at: fc.nat(),
  drop: fc.nat(3),
  put: fc.constantFrom("", ":", "-", ";", "'", "\0", "é", " "),
});

/** A few lines or characters are dropped, added, or replaced. */
const files = fc
  .tuple(
    fc.array(changedLine, { maxLength: 4 }),
    fc.array(changedText, { maxLength: 2 }),
    fc.constantFrom("\n", "\r\n"),
  )
  .map(([ofLines, ofText, end]) => {
    const list = ofLines.reduce<readonly string[]>(
      (all, { at, drop, put }) => [...all.slice(0, at), ...put, ...all.slice(at + drop)],
      good,
    );
    return ofText.reduce((text, { at: drawn, drop, put }) => {
      const at = drawn % (text.length + 1);
      return text.slice(0, at) + put + text.slice(at + drop);
    }, list.join(end));
  });

describe.each(["sqlite", "mysql", "mariadb"] as const)("%s", (dialect) => {
  test("an error in a file is told with its place", { timeout: 60_000 + numRuns * 10 }, () => {
    const count = { read: 0, refused: 0 };

    fc.assert(
      fc.property(
        fc.oneof({ weight: 9, arbitrary: files }, anything),
        (text) => void (count[takeIn(text, dialect)] += 1),
      ),
      { numRuns, seed },
    );

    expect(Math.min(count.read, count.refused)).toBeGreaterThan(numRuns / 10);
  });
});

function takeIn(text: string, dialect: Dialect): "read" | "refused" {
  try {
    const { up, down } = readMigration(path, text, dialect);
    for (const { sql, line } of [...up, ...(down?.statements ?? [])]) {
      expect(sql.trim()).not.toBe("");
      expect(line).toBeGreaterThan(0);
    }
    return "read";
  } catch (error) {
    if (!(error instanceof SurefootError)) throw error;
    const { code, message, place } = error;
    const rows = text.split("\n");
    expect([code, place?.file]).toEqual(["MIGRATION_FILE_INVALID", path]);
    expect(message.startsWith(`${path}:${place?.line}:${place?.column}: `)).toBe(true);
    expect(place?.line).toBeLessThanOrEqual(rows.length);
    expect(place?.column).toBeLessThanOrEqual((rows[(place?.line ?? 1) - 1] ?? "").length + 1);
    expect(message).toMatch(remedy);
    return "refused";
  }
}
