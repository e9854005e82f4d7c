/**
 * Random bytes, statements of the corpus that are not quite right any more, and texts that are made to be slow: neither
 * splitter nor reader crashes or hangs, and what they can't read they say with its place. `SUREFOOT_FUZZ` tries more,
 * `SUREFOOT_SEED` others.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SurefootError } from "../../error.ts";
import { classify } from "../../mysql/classify.ts";
import { recordedCatalogue, recordedServers } from "../../mysql/recorded-catalogue.ts";
import type { Piece } from "../splitter.ts";
import { split } from "../splitter.ts";
import { anything, mutated } from "../mutated.ts";
import type { ServerDialect } from "./corpus/read-corpus.ts";
import { readCorpus, readStart } from "./corpus/read-corpus.ts";
import { readStatement } from "./read-statement.ts";

const numRuns = Number(process.env["SUREFOOT_FUZZ"] ?? "3000");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");

/** `line 3, column 7: a name expected, "(" found`, or what to do instead. */
const placed = /^line \d+, column \d+: \S.* (?:expected, .+|[^ ]+\.)$/s;

for (const dialect of ["mysql", "mariadb"] as const) {
  const catalogue = recordedCatalogue(dialect);
  const server = recordedServers[dialect];
  const nearly = mutated([...readCorpus(dialect).map(({ sql }) => sql), ...readStart(dialect)], dialect);

  describe(dialect, () => {
    test("random bytes", { timeout: 60_000 + numRuns * 10 }, () => {
      fc.assert(
        fc.property(anything, (one) => void takeIn(one)),
        { numRuns, seed },
      );
    });

    test("statements with a few tokens changed", { timeout: 60_000 + numRuns * 10 }, () => {
      const read = { understood: 0, unread: 0 };

      fc.assert(
        fc.property(nearly, (text) => void (read[takeIn(text)] += 1)),
        { numRuns, seed },
      );

      // Neither is nearly everything, so that both ways were tried.
      expect(Math.min(read.understood, read.unread)).toBeGreaterThan(numRuns / 20);
    });

    test("several of them in one text", { timeout: 60_000 + numRuns * 10 }, () => {
      const texts = fc
        .array(fc.tuple(nearly, fc.constantFrom(";\n", "", ";", "\nDELIMITER //\n", "//")), { maxLength: 5 })
        .map((list) => list.flat().join(""));

      fc.assert(
        fc.property(texts, (one) => void takeIn(one)),
        { numRuns: numRuns / 5, seed },
      );
    });

    test.each(slow(dialect))("a long text of %s", (_, text) => {
      takeIn(text);
    });
  });

  /** Splits it and reads every piece, and the whole as well. */
  function takeIn(text: string): "understood" | "unread" {
    for (const sql of [text, ...pieces(text, dialect).map((piece) => piece.sql)]) {
      const [facts] = classify([sql], server, catalogue, "step");
      expect(facts!.objects).toEqual([...new Set(facts!.objects)]);
      if (facts!.undo.type === "undo")
        for (const undo of facts!.undo.statements) expect(readStatement(undo, server).kind).not.toBe("unread");
      const statement = readStatement(sql, server);
      if (statement.kind !== "unread") continue;
      expect(statement.why).toMatch(placed);
      expect([facts!.kind, facts!.undo.type]).toEqual(["opaque", "none"]);
    }
    return readStatement(text, server).kind === "unread" ? "unread" : "understood";
  }
}

/** None when the text can't be split, which is said with the place. */
function pieces(text: string, dialect: ServerDialect): readonly Piece[] {
  try {
    const found = split(text, dialect);
    for (const { sql, offset } of found) expect(text.slice(offset, offset + sql.length)).toBe(sql);
    return found;
  } catch (error) {
    expect(error).toBeInstanceOf(SurefootError);
    expect((error as SurefootError).code).toBe("MIGRATION_FILE_INVALID");
    expect((error as SurefootError).message).toMatch(placed);
    return [];
  }
}

/** Each 200,000 characters or more. What took the square of that in steps would not end in time. */
function slow(dialect: ServerDialect): readonly (readonly [name: string, text: string])[] {
  const many = (piece: string): string => piece.repeat(Math.ceil(200_000 / piece.length));
  const nested = "(".repeat(100_000) + ")".repeat(100_000);
  return [
    ["opening parentheses", many("(")],
    ["closing parentheses", many(")")],
    ["parentheses in each other", `SELECT ${nested}`],
    ["joins in parentheses in each other", `UPDATE ${"(".repeat(100_000)}t${")".repeat(100_000)} SET a = 1`],
    ["columns in parentheses in each other", `CREATE TABLE x (a INT DEFAULT ${nested})`],
    ["values in parentheses", `INSERT INTO t (id) VALUES ${many("(1),")}(2)`],
    ["executable comments that open", many("/*!")],
    ["executable comments", many("/*! a */")],
    ["executable comments for others", many("/*!99999 a */")],
    ["comments that open", many("/* ")],
    ["comments", many("-- a\n")],
    ["quotes", many("'")],
    ["backquotes", many("`")],
    ["backslashes", `SELECT '${many("\\")}`],
    ["commas", `ALTER TABLE t ADD x INT${many(",")}`],
    ["actions", `ALTER TABLE t ${many("ADD COLUMN x INT, ")} COMMENT = 'x'`],
    ["drops", `DROP TABLE ${many("t, ")}t`],
    ["renames", `RENAME TABLE ${many("t TO x, ")} t TO x`],
    ["common table expressions", `WITH ${many("a AS (SELECT 1), ")} b AS (SELECT 1) SELECT 1`],
    ["tables", `SELECT * FROM ${many("t, ")}t`],
    ["settings", `SET ${many("@a = 1, ")}@a = 1`],
    ["dots", `SELECT ${many("a.")}`],
    ["at signs", `SET ${many("@")}`],
    ["delimiters", many("DELIMITER //\n")],
    ["bodies", `CREATE PROCEDURE x() ${many("BEGIN ")}`],
    ["cases in bodies", `CREATE PROCEDURE x() BEGIN ${many("IF a THEN CASE WHEN b THEN ")}`],
    ["words", many("CREATE ")],
    ["semicolons", many(";")],
    [`checks of ${dialect}`, `CREATE TABLE x (a INT ${many("CHECK (a > 1) ")})`],
  ];
}
