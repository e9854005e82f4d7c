import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { corpus } from "./corpus/corpus.ts";
import type { Piece } from "./splitter.ts";
import { split, Splitter } from "./splitter.ts";

const dialects = ["sqlite", "mysql", "mariadb"] as const;

test("the corpus has more than a hundred texts", () => {
  const texts = new Set(dialects.flatMap((dialect) => corpus[dialect].map(([, text]) => text)));

  expect(texts.size).toBeGreaterThan(200);
});

/** A delimiter that no statement of the corpus holds. */
const custom = "~é~";

for (const dialect of dialects) {
  /** The statements of the corpus that are the same whatever the delimiter. */
  const statements = corpus[dialect]
    .flatMap(([, , statements]) => statements)
    .filter((sql) => !sql.endsWith(";") && !sql.endsWith("DELIMITER"));
  const separators = [";", ";\n", " ;\r\n", ";;", ";/* ü; */;-- 😀\n", "\n;\n\n\t"];
  const onServers = [`;\nDELIMITER ${custom}\n;${custom}\nDELIMITER ;\n`, ";#\n", ";--- it's\n", ";/*!99999 ; */"];

  describe(dialect, () => {
    for (const [name, text, statements] of corpus[dialect])
      test(name, () => {
        expect(split(text, dialect).map(({ sql }) => sql)).toEqual(statements);
      });

    test("every statement stands where its place says", () => {
      for (const [, text] of corpus[dialect]) expectPlaces(text, split(text, dialect));
    });

    test("statements that are glued come apart again, each in its place", () => {
      const glue = fc.constantFrom(...separators, ...(dialect === "sqlite" ? [] : onServers));
      const parts = fc.array(fc.tuple(fc.constantFrom(...statements), glue), { maxLength: 12 });

      fc.assert(
        fc.property(fc.constantFrom("", "\uFEFF", "-- ü\n"), parts, (head, glued) => {
          const text = head + glued.flat().join("");

          const pieces = split(text, dialect);

          expect(pieces.map(({ sql }) => sql)).toEqual(glued.map(([sql]) => sql));
          expectPlaces(text, pieces);
        }),
        { numRuns: 1_000, seed: 1 },
      );
    });

    test("any text whatever is split or refused", () => {
      const scrap = fc.constantFrom(
        ..."'\"`[]/*!M-#;\\$@\n ".split(""),
        "BEGIN",
        "END",
        "CREATE TRIGGER t ",
        "DELIMITER ",
        "a1",
        "é",
      );

      fc.assert(
        fc.property(fc.array(scrap, { maxLength: 30 }), (scraps) => {
          const text = scraps.join("");
          const splitter = new Splitter(text, dialect);
          let at = 0;
          for (let event = splitter.next(); event !== null && event.type !== "problem"; event = splitter.next()) {
            if (event.type !== "statement") continue;
            expect(event.statement.offset).toBeGreaterThanOrEqual(at);
            expect(text.startsWith(event.statement.sql, event.statement.offset)).toBe(true);
            expect(event.statement.sql).toBe(event.statement.sql.trim());
            at = event.statement.offset + event.statement.sql.length;
          }
        }),
        { numRuns: 2_000, seed: 1 },
      );
    });

    if (dialect === "sqlite") return;
    test("so do statements that are glued with a custom delimiter", () => {
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...statements)), fc.constantFrom("", "\n", " ", ";"), (glued, end) => {
          const text = `DELIMITER ${custom}\n${glued.map((sql) => `${sql}${end}${custom}`).join("")}`;

          const pieces = split(text, dialect);

          expect(pieces.map(({ sql }) => sql)).toEqual(glued.map((sql) => (end === ";" ? `${sql};` : sql)));
          expectPlaces(text, pieces);
        }),
        { numRuns: 500, seed: 1 },
      );
    });
  });
}

/** Offsets count UTF-16 code units and bytes, lines and columns from 1. */
function expectPlaces(text: string, pieces: readonly Piece[]): void {
  const bytes = Buffer.from(text);
  for (const { sql, offset, byteOffset, line, column } of pieces) {
    const above = text.slice(0, offset).split("\n");

    expect(text.startsWith(sql, offset)).toBe(true);
    expect(bytes.subarray(byteOffset, byteOffset + Buffer.byteLength(sql)).toString()).toBe(sql);
    expect([line, column]).toEqual([above.length, above.at(-1)!.length + 1]);
  }
}

// No engine takes these, so they are not in the corpus; what matters is that nothing is cut where it would do harm.
test.each([
  ["sqlite", "DELIMITER means nothing", "DELIMITER $$; SELECT 1", ["DELIMITER $$", "SELECT 1"]],
  ["sqlite", "IF at the top is no block", "IF a; END IF; SELECT 1", ["IF a", "END IF", "SELECT 1"]],
  ["sqlite", "a NUL between statements", "SELECT 1; -- \0\n; SELECT 2", ["SELECT 1", "SELECT 2"]],
  ["mysql", "BEGIN NOT ATOMIC is MariaDB's", "BEGIN NOT ATOMIC SELECT 1; END", ["BEGIN NOT ATOMIC SELECT 1", "END"]],
  ["mysql", "a semicolon in a lone executable comment", "/*! SELECT 1; */; SELECT 2", ["/*! SELECT 1; */", "SELECT 2"]],
  ["mysql", "an executable comment in another", "/*! a /*! b */; SELECT 2", ["/*! a /*! b */", "SELECT 2"]],
  [
    "mariadb",
    "a label at the top",
    "again: LOOP SELECT 1; LEAVE again; END LOOP; SELECT 2",
    ["again: LOOP SELECT 1; LEAVE again; END LOOP", "SELECT 2"],
  ],
  [
    "mariadb",
    "a package body outside of Oracle's mode, which MariaDB 11 takes",
    "CREATE PACKAGE BODY p PROCEDURE a() BEGIN SELECT 1; END; FUNCTION b() RETURNS INT BEGIN RETURN 1; END; END; SELECT 2",
    [
      "CREATE PACKAGE BODY p PROCEDURE a() BEGIN SELECT 1; END; FUNCTION b() RETURNS INT BEGIN RETURN 1; END; END",
      "SELECT 2",
    ],
  ],
] as const)("%s: %s", (dialect, _name, text, statements) => {
  expect(split(text, dialect).map(({ sql }) => sql)).toEqual(statements);
});

test.each([
  ["in a comment", "SELECT 1;\nSELECT /* \0 */ 2;"],
  ["at its end", "SELECT 1;\nSELECT 2 \0 + 1"],
  ["in a string", "SELECT 1; /* \0 */\nSELECT '\0';"],
])("a NUL in a statement of SQLite is refused: %s", (_name, text) => {
  expect(() => split(text, "sqlite")).toThrow(/^line 2, column \d+: A NUL byte stands here/);
});

test.each([
  ["a string", "SELECT 1;\n  'abc", "line 2, column 3: The string"],
  ["a quoted name", "SELECT `abc", "line 1, column 8: The quoted name"],
  ["a comment", "SELECT 1; /* abc", "line 1, column 11: The comment"],
  ["an executable comment", "/*!50000 SELECT 1;", "line 1, column 1: The executable comment"],
  [
    "a body",
    "SELECT 1;\nCREATE PROCEDURE p() BEGIN SELECT 1;",
    "line 2, column 22: The body is not finished: the BEGIN",
  ],
  ["an IF", "CREATE PROCEDURE p()\n IF 1 THEN SELECT 1;", "line 2, column 2: The body is not finished: the IF"],
])("%s that is never closed is refused with its place", (_name, text, message) => {
  expect(() => split(text, "mysql")).toThrow(message);
});

test.each(["DELIMITER", "DELIMITER \nSELECT 1", "DELIMITER \\", "DELIMITER $$ SELECT 1"])("%j is refused", (text) => {
  expect(() => split(text, "mysql")).toThrow("DELIMITER");
});

test("an unfinished statement is cut where its reader wants, and the delimiter is reset", () => {
  const splitter = new Splitter("DELIMITER $$\nSELECT 1\n-- migrate:down\nSELECT 2; SELECT 3", "mysql");

  const comment = splitter.next();
  const cut = splitter.cut();
  const rest = [splitter.next(), splitter.next(), splitter.next()];

  expect(comment).toMatchObject({
    type: "comment",
    comment: { text: "-- migrate:down", line: 3, inside: { line: 2 } },
  });
  expect(cut).toEqual({ sql: "SELECT 1", offset: 13, line: 2, column: 1 });
  expect(rest).toMatchObject([
    { statement: { sql: "SELECT 2" }, ended: true },
    { statement: { sql: "SELECT 3" }, ended: false },
    null,
  ]);
});

test("comments inside of bodies are not told", () => {
  const splitter = new Splitter("CREATE PROCEDURE p() BEGIN\n-- migrate:down\nEND; -- seen", "mysql");

  expect([splitter.next(), splitter.next(), splitter.next()]).toMatchObject([
    { type: "statement" },
    { type: "comment", comment: { text: "-- seen" } },
    null,
  ]);
});
