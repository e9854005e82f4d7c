/**
 * Random bytes, statements of the corpus that are not quite right any more, and texts that are made to be slow: what reads
 * SQL for SQLite neither crashes nor hangs, and what can't be split is said with its place. `SUREFOOT_FUZZ` tries more,
 * `SUREFOOT_SEED` others. What the engine says of such statements is asked in test/sqlite/mutated.test.ts.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SurefootError } from "../error.ts";
import { corpus } from "../sql/corpus/corpus.ts";
import { anything, mutated } from "../sql/mutated.ts";
import type { Piece } from "../sql/splitter.ts";
import { split } from "../sql/splitter.ts";
import { classify } from "./classify.ts";
import { readCorpus, readStart } from "./corpus/read-corpus.ts";
import { comparable, isSame } from "./same-statement.ts";
import { readStatement } from "./statement.ts";

const numRuns = Number(process.env["SUREFOOT_FUZZ"] ?? "3000");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");
const timeout = 60_000 + numRuns * 10;

/** `line 3, column 7: a string is never closed…`: what is wrong, and what was expected. */
const placed = /^line (\d+), column (\d+): (\S.*)$/s;

const nearly = mutated(
  [...readCorpus().map(({ sql }) => sql), ...readStart(), ...corpus.sqlite.map(([, text]) => text)],
  "sqlite",
);

test("random bytes", { timeout }, () => {
  fc.assert(
    fc.property(anything, (text) => void takeIn(text)),
    { numRuns, seed },
  );
});

test("statements with a few tokens changed, and several of them in one text", { timeout }, () => {
  const texts = fc
    .array(fc.tuple(nearly, fc.constantFrom(";\n", "", ";", "; -- x\n", " /* y */ ;")), { minLength: 1, maxLength: 4 })
    .map((list) => list.flat().join(""));
  const count = { known: 0, other: 0, problem: 0 };

  fc.assert(
    fc.property(texts, (text) => void (count[takeIn(text)] += 1)),
    { numRuns, seed },
  );

  // None is nearly everything, so that each way was tried.
  expect(Math.min(count.known, count.other, count.problem)).toBeGreaterThan(numRuns / 50);
});

/** Splits it and reads every piece, and the whole as well. */
function takeIn(text: string): "known" | "other" | "problem" {
  const found = pieces(text);
  const forms = [text, ...(found ?? []).map(({ sql }) => sql)].map((sql) => {
    const read = comparable(sql);
    expect(isSame(read, comparable(sql))).toBe(true);
    for (const mode of ["migration", "step", "none"] as const) {
      const [facts] = classify([sql], mode);
      expect(facts!.objects).toEqual([...new Set(facts!.objects)]);
      // What is not understood is of the most careful class that the mode has.
      if (readStatement(sql).kind === "other" && mode === "none") expect(facts!.class).toBe("opaque");
    }
    return read.form.type;
  });
  return found === null ? "problem" : forms.slice(1).every((form) => form !== "other") ? "known" : "other";
}

/** Null when the text can't be split, which is said with the place. */
function pieces(text: string): readonly Piece[] | null {
  try {
    const found = split(text, "sqlite");
    for (const { sql, offset } of found) expect(text.slice(offset, offset + sql.length)).toBe(sql);
    return found;
  } catch (error) {
    if (!(error instanceof SurefootError)) throw error;
    expect(error.code).toBe("MIGRATION_FILE_INVALID");
    const [, line, column] = placed.exec(error.message) ?? [];
    const lines = text.split(/\n/);
    expect(Number(line)).toBeLessThanOrEqual(lines.length);
    expect(Number(column)).toBeLessThanOrEqual((lines[Number(line) - 1] ?? "").length + 1);
    return null;
  }
}

/** Each 200,000 characters or more. What took the square of that in steps would not end in time. */
const many = (piece: string): string => piece.repeat(Math.ceil(200_000 / piece.length));
const nested = "(".repeat(100_000) + ")".repeat(100_000);

test.each([
  ["opening parentheses", many("(")],
  ["closing parentheses", many(")")],
  ["parentheses in each other", `SELECT ${nested}`],
  ["columns in parentheses in each other", `CREATE TABLE x (a INT DEFAULT ${nested})`],
  ["values in parentheses", `INSERT INTO t (id) VALUES ${many("(1),")}(2)`],
  ["rows", many("INSERT INTO t VALUES (1, 'a');\n")],
  ["rows that are nearly alike", many("INSERT INTO t VALUES (1, 'a'); INSERT INTO t VALUES (1, \"a\");\n")],
  ["a row that never ends", `INSERT INTO t VALUES (${many("1, ")}`],
  ["comments that open", many("/* ")],
  ["comments", many("-- a\n")],
  ["quotes", many("'")],
  ["double quotes", many('"')],
  ["backquotes", many("`")],
  ["brackets", many("[")],
  ["brackets that close", many("[a]")],
  ["commas", `CREATE TABLE x (a${many(",")})`],
  ["common table expressions", `WITH ${many("a AS (SELECT 1), ")} b AS (SELECT 1) SELECT 1`],
  ["dots", `SELECT ${many("a.")}`],
  ["words", many("CREATE ")],
  ["cases", `CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT ${many("CASE ")}`],
  ["triggers", many("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END; ")],
  ["triggers that never end", many("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; ")],
  ["semicolons", many(";")],
  ["checks", `CREATE TABLE x (a INT ${many("CHECK (a > 1) ")})`],
  ["NUL bytes", many("\0")],
])("a long text of %s", (_, text) => {
  takeIn(text);
});
