import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dialect } from "./dialect.ts";
import { split, Splitter } from "./splitter.ts";

/** A text and the statements in it. */
type Case = readonly [name: string, text: string, statements: readonly string[]];

const trigger = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = 1; SET NEW.y = 2; END";

const everywhere: readonly Case[] = [
  ["an empty text has no statement", "", []],
  ["white space is no statement", " \n\t\r\n ", []],
  ["semicolons alone are no statement", ";;\n;", []],
  ["a last statement needs no delimiter", "SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]],
  ["comments around a statement are left out", "-- a\n/* b */ SELECT 1 /* c */ ; -- d", ["SELECT 1"]],
  ["comments inside a statement are kept", "SELECT /* a;b */ 1 -- c;\n + 2;", ["SELECT /* a;b */ 1 -- c;\n + 2"]],
  ["a piece with only a comment is no statement", "SELECT 1; /* nothing; */ ; -- nor here;\n;", ["SELECT 1"]],
  ["comments do not nest", "/* /* */ SELECT 1; /* */", ["SELECT 1"]],
  ["a semicolon in a string is text", "SELECT ';', 'it''s;';", ["SELECT ';', 'it''s;'"]],
  ["a comment mark in a string is text", "SELECT '-- /* #';SELECT 2", ["SELECT '-- /* #'", "SELECT 2"]],
  ["a quote in a comment is text", "SELECT 1 -- it's\n; SELECT /* \" */ 2", ["SELECT 1", 'SELECT /* " */ 2']],
  ["backticks quote names", "SELECT `a;b``;c`; SELECT 2", ["SELECT `a;b``;c`", "SELECT 2"]],
  ["line ends of Windows are white space", "SELECT 1;\r\n-- c\r\nSELECT\r\n2;\r\n", ["SELECT 1", "SELECT\r\n2"]],
  ["a byte order mark is no part of a statement", "\uFEFFSELECT 1;", ["SELECT 1"]],
  ["BEGIN alone is a transaction", "BEGIN; SELECT 1; END; COMMIT;", ["BEGIN", "SELECT 1", "END", "COMMIT"]],
  ["letters beyond ASCII belong to words", "SELECT größe, 'ß;'; SELECT '🚀;'", ["SELECT größe, 'ß;'", "SELECT '🚀;'"]],
  [
    "CASE outside of a body nests nothing",
    "SELECT CASE a WHEN 1 THEN 2 END; SELECT 2",
    ["SELECT CASE a WHEN 1 THEN 2 END", "SELECT 2"],
  ],
  ["a table may be called event", "CREATE TABLE event (x int); SELECT 1", ["CREATE TABLE event (x int)", "SELECT 1"]],
  ["a division is no comment", "SELECT 4 / 2; SELECT 6 */*c*/ 2", ["SELECT 4 / 2", "SELECT 6 */*c*/ 2"]],
];

const inMysql: readonly Case[] = [
  ["-- needs white space behind it", "SELECT 5--1; SELECT 2", ["SELECT 5--1", "SELECT 2"]],
  ["-- at the end of the text is a comment", "SELECT 1; --", ["SELECT 1"]],
  ["--- is no comment", "SELECT 5---1;SELECT 2", ["SELECT 5---1", "SELECT 2"]],
  ["# begins a comment", "SELECT 1 # it's; \n; # x\nSELECT 2", ["SELECT 1", "SELECT 2"]],
  [
    "a backslash escapes a quote",
    String.raw`SELECT 'a\';b'; SELECT "\";"`,
    [String.raw`SELECT 'a\';b'`, String.raw`SELECT "\";"`],
  ],
  [
    "an escaped backslash ends the string",
    String.raw`SELECT 'C:\\'; SELECT 2`,
    [String.raw`SELECT 'C:\\'`, "SELECT 2"],
  ],
  ["a backslash escapes nothing in backticks", "SELECT `a\\`; SELECT 2", ["SELECT `a\\`", "SELECT 2"]],
  ["double quotes hold a string", `SELECT "it's;""x;"; SELECT 2`, [`SELECT "it's;""x;"`, "SELECT 2"]],
  [
    "a lone executable comment is a statement",
    "/*!40101 SET NAMES utf8 */;\nSELECT 1;",
    ["/*!40101 SET NAMES utf8 */", "SELECT 1"],
  ],
  ["MariaDB's executable comment too", "/*M!100100 SET @a = 1 */; SELECT 1", ["/*M!100100 SET @a = 1 */", "SELECT 1"]],
  ["an executable comment may end a statement", "SELECT 1 /*! + 1 */;SELECT 2", ["SELECT 1 /*! + 1 */", "SELECT 2"]],
  ["a semicolon in an executable comment ends nothing", "/*! SELECT 1; */; SELECT 2", ["/*! SELECT 1; */", "SELECT 2"]],
  [
    "a string in an executable comment may hold its end",
    "/*! SELECT '*/;' */; SELECT 2",
    ["/*! SELECT '*/;' */", "SELECT 2"],
  ],
  [
    "a comment in an executable comment ends itself only",
    "/*! SELECT /* a */ 1 */; SELECT 2",
    ["/*! SELECT /* a */ 1 */", "SELECT 2"],
  ],
  [
    "the sandbox mark of MariaDB's dumps is no statement",
    "/*M!999999\\- enable the sandbox mode */ \nSELECT 1;",
    ["SELECT 1"],
  ],
  ["an optimizer hint is kept", "SELECT /*+ MAX_EXECUTION_TIME(9) */ 1;", ["SELECT /*+ MAX_EXECUTION_TIME(9) */ 1"]],
  ["a custom delimiter keeps semicolons", `DELIMITER $$\n${trigger}$$\nDELIMITER ;\nSELECT 1;`, [trigger, "SELECT 1"]],
  ["a custom delimiter ends inside a word", "DELIMITER $$\nSELECT a$$SELECT 1$$", ["SELECT a", "SELECT 1"]],
  [
    "a custom delimiter of letters ends inside a word too",
    "delimiter go\nSELECT 1 go SELECT 2go\n",
    ["SELECT 1", "SELECT 2"],
  ],
  [
    "a custom delimiter in a string or a comment is text",
    "DELIMITER //\nSELECT '//' /* // */ + 1// SELECT 2 //",
    ["SELECT '//' /* // */ + 1", "SELECT 2"],
  ],
  ["a custom delimiter may be quoted", "DELIMITER ';;'\nSELECT 1;;\nDELIMITER ;\nSELECT 2;", ["SELECT 1", "SELECT 2"]],
  [
    "two semicolons are a delimiter of dumps",
    `DELIMITER ;;\n/*!50003 ${trigger} */;;\nDELIMITER ;\nSELECT 1;`,
    [`/*!50003 ${trigger} */`, "SELECT 1"],
  ],
  [
    "DELIMITER on a line of Windows",
    "DELIMITER $$\r\nSELECT 1$$\r\nDELIMITER ;\r\nSELECT 2;\r\n",
    ["SELECT 1", "SELECT 2"],
  ],
  ["a comment may follow DELIMITER", "DELIMITER $$ -- for the body\nSELECT 1$$", ["SELECT 1"]],
  [
    "DELIMITER inside a statement is a name",
    "SELECT 1 AS\nDELIMITER ; SELECT 2",
    ["SELECT 1 AS\nDELIMITER", "SELECT 2"],
  ],
  ["the semicolon before a custom delimiter is kept", `DELIMITER $$\n${trigger};\n$$`, [`${trigger};`]],
  ["a semicolon alone before a custom delimiter is no statement", "DELIMITER $$\n;\n$$ SELECT 1$$", ["SELECT 1"]],
  ["a trigger's body needs no DELIMITER", `${trigger}; SELECT 1;`, [trigger, "SELECT 1"]],
  [
    "a dump's trigger in pieces",
    "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`h`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END */; SELECT 1",
    [
      "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`h`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END */",
      "SELECT 1",
    ],
  ],
  ...bodies([
    [
      "IF in a body",
      "CREATE PROCEDURE p(IN a INT) BEGIN IF a THEN SELECT 1; ELSEIF IF(a,1,2) THEN SELECT 2; ELSE SELECT 3; END IF; END",
    ],
    [
      "an IF with parentheses in a body",
      "CREATE PROCEDURE p() BEGIN IF (1) THEN SELECT 1; END IF; SELECT IF(1,2,3); END",
    ],
    [
      "CASE as statement and as expression",
      "CREATE PROCEDURE p() BEGIN CASE 1 WHEN CASE 2 WHEN 3 THEN IF(1,2,3) ELSE 4 END THEN SELECT 1; ELSE BEGIN END; END CASE; END",
    ],
    [
      "LOOP, WHILE and REPEAT with labels",
      "CREATE PROCEDURE p() l0: BEGIN l1: LOOP LEAVE l1; END LOOP l1; l2: WHILE 1 DO SELECT 1; END WHILE l2; l3: REPEAT SELECT REPEAT('a;', 2); UNTIL 1 END REPEAT l3; END l0",
    ],
    [
      "a handler with a block",
      "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLSTATE '23000', NOT FOUND BEGIN ROLLBACK; END; SELECT 1; END",
    ],
    [
      "a cursor FOR a query",
      "CREATE PROCEDURE p() BEGIN DECLARE c CURSOR FOR SELECT 1; OPEN c; SELECT 1 FOR UPDATE; CLOSE c; END",
    ],
    [
      "columns called begin and end",
      "CREATE PROCEDURE p() BEGIN SELECT begin, end FROM t; UPDATE t SET end = 1; SELECT t.end, t.if; END",
    ],
    [
      "DROP TABLE IF EXISTS in a body",
      "CREATE PROCEDURE p() BEGIN DROP TABLE IF EXISTS a; CREATE TABLE IF NOT EXISTS b (x int); END",
    ],
    ["DO as a statement", "CREATE PROCEDURE p() BEGIN DO IF(1,2,3); DO SLEEP(1); END"],
    ["a transaction in a body", "CREATE PROCEDURE p() BEGIN START TRANSACTION; SELECT 1; COMMIT; END"],
    [
      "a body of one IF",
      "CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW FOLLOWS u IF NEW.x THEN SET @a = 1; SET @b = 2; END IF",
    ],
    [
      "a body of one LOOP",
      "CREATE PROCEDURE p() NOT DETERMINISTIC SQL SECURITY INVOKER COMMENT 'x;' l: LOOP SELECT 1; END LOOP",
    ],
    [
      "a body of one statement with IF()",
      "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = IF(NEW.y, 1, CASE 1 WHEN 2 THEN 3 END)",
    ],
    [
      "a function that only returns",
      "CREATE DEFINER=event@localhost FUNCTION f(a ENUM('x;','y')) RETURNS INT DETERMINISTIC RETURN IF(a, 1, REPEAT('a', 2))",
    ],
    [
      "a function with a block",
      "CREATE FUNCTION IF NOT EXISTS db.begin(a INT) RETURNS SET('a','b') READS SQL DATA BEGIN RETURN 1; END",
    ],
    [
      "an event",
      "CREATE DEFINER = CURRENT_USER() EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY COMMENT 'x' DO BEGIN SELECT 1; SELECT 2; END",
    ],
    ["an event that is altered", "ALTER DEFINER=`a`@`b` EVENT e ENABLE DO BEGIN SELECT 1; SELECT 2; END"],
    [
      "comments and strings in a body",
      "CREATE PROCEDURE p() BEGIN -- END;\n SELECT 'END;'; /* END; */ # END;\n SELECT 1; END",
    ],
  ]),
  [
    "a loadable function",
    "CREATE AGGREGATE FUNCTION f RETURNS STRING SONAME 'f.so'; SELECT 1",
    ["CREATE AGGREGATE FUNCTION f RETURNS STRING SONAME 'f.so'", "SELECT 1"],
  ],
  [
    "a view has no body",
    "CREATE OR REPLACE DEFINER=a@b SQL SECURITY INVOKER VIEW begin AS SELECT 1; SELECT 2",
    ["CREATE OR REPLACE DEFINER=a@b SQL SECURITY INVOKER VIEW begin AS SELECT 1", "SELECT 2"],
  ],
  ["XA BEGIN is no body", "XA BEGIN 'a'; BEGIN WORK; SELECT 1", ["XA BEGIN 'a'", "BEGIN WORK", "SELECT 1"]],
];

const inMysqlOnly: readonly Case[] = [
  [
    "a JavaScript body stands between dollars",
    "CREATE FUNCTION f() RETURNS INT LANGUAGE JAVASCRIPT AS $js$ let a = 1; return a; $js$; SELECT 1",
    ["CREATE FUNCTION f() RETURNS INT LANGUAGE JAVASCRIPT AS $js$ let a = 1; return a; $js$", "SELECT 1"],
  ],
  ["BEGIN NOT ATOMIC is not MySQL's", "BEGIN NOT ATOMIC SELECT 1; END", ["BEGIN NOT ATOMIC SELECT 1", "END"]],
];

const inMariadb: readonly Case[] = bodies([
  ["BEGIN NOT ATOMIC at the top", "BEGIN NOT ATOMIC DECLARE a INT; SELECT 1; END"],
  ["an empty BEGIN NOT ATOMIC", "BEGIN NOT ATOMIC END"],
  ["IF at the top", "IF (SELECT 1) THEN SELECT 1; ELSE SELECT 2; END IF"],
  ["WHILE at the top", "WHILE @a < 3 DO SET @a = @a + 1; END WHILE"],
  ["a label at the top", "again: LOOP SELECT 1; LEAVE again; END LOOP"],
  ["CASE at the top", "CASE 1 WHEN 1 THEN SELECT 1; END CASE"],
  [
    "FOR over a range",
    "CREATE OR REPLACE PROCEDURE p() BEGIN FOR i IN 1..3 DO SELECT i; END FOR; FOR r IN (SELECT 1) DO SELECT r; END FOR; END",
  ],
  [
    "Oracle's mode declares before BEGIN",
    "CREATE OR REPLACE PROCEDURE p AS x INT; BEGIN FOR i IN 1..3 LOOP SELECT i; END LOOP; WHILE x LOOP NULL; END LOOP; END",
  ],
  [
    "Oracle's functions name their type with RETURN",
    "CREATE FUNCTION f(a INT) RETURN INT AS x INT := 1; BEGIN <<l>> LOOP EXIT l; END LOOP; RETURN x; END",
  ],
  ["a package", "CREATE PACKAGE p AS PROCEDURE a; FUNCTION b RETURN INT; END"],
  [
    "a package body",
    "CREATE PACKAGE BODY p AS x INT := 1; PROCEDURE a AS y INT; BEGIN SELECT 1; END; FUNCTION b RETURN INT AS BEGIN RETURN 1; END; BEGIN SELECT 2; END",
  ],
  [
    "a package body in the default mode",
    "CREATE PACKAGE BODY p PROCEDURE a() BEGIN SELECT 1; END; FUNCTION b() RETURNS INT BEGIN RETURN 1; END; END",
  ],
]);

const inSqlite: readonly Case[] = [
  ["-- is always a comment", "SELECT 5--1; x\n; SELECT 2", ["SELECT 5", "SELECT 2"]],
  ["a backslash escapes nothing", "SELECT 'a\\'; SELECT 2", ["SELECT 'a\\'", "SELECT 2"]],
  ["brackets quote names", "SELECT [a;b], [it's]; SELECT 2", ["SELECT [a;b], [it's]", "SELECT 2"]],
  ["double quotes quote names", 'SELECT "a;""b;"; SELECT 2', ['SELECT "a;""b;"', "SELECT 2"]],
  ["MySQL's executable comment is a comment", "/*!50000 DROP TABLE t; */; SELECT 1", ["SELECT 1"]],
  ["a comment may run to the end of the text", "SELECT 1; /* and so on; '", ["SELECT 1"]],
  [
    "a trigger with CASE",
    "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; SELECT CASE 1 WHEN 1 THEN 2 END; END; SELECT 1",
    [
      "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = CASE WHEN 1 THEN 2 END; SELECT CASE 1 WHEN 1 THEN 2 END; END",
      "SELECT 1",
    ],
  ],
  [
    "a temporary trigger",
    "CREATE TEMP TRIGGER IF NOT EXISTS begin AFTER UPDATE OF begin, end ON begin WHEN new.begin BEGIN SELECT 1; END; SELECT 2",
    [
      "CREATE TEMP TRIGGER IF NOT EXISTS begin AFTER UPDATE OF begin, end ON begin WHEN new.begin BEGIN SELECT 1; END",
      "SELECT 2",
    ],
  ],
  [
    "a trigger's columns may be called end",
    "CREATE TEMPORARY TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET end = 1; END /* c */; SELECT 2",
    ["CREATE TEMPORARY TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET end = 1; END", "SELECT 2"],
  ],
  ["DELIMITER means nothing", "DELIMITER $$; SELECT 1", ["DELIMITER $$", "SELECT 1"]],
  ["IF at the top is no block", "IF a; END IF; SELECT 1", ["IF a", "END IF", "SELECT 1"]],
];

/** Each body alone, between two statements, and twice. */
function bodies(given: readonly (readonly [name: string, sql: string])[]): Case[] {
  return given.flatMap(([name, sql]): Case[] => [
    [name, sql, [sql]],
    [`${name}, between others`, `SELECT 0;${sql};SELECT 1;\n${sql} ;`, ["SELECT 0", sql, "SELECT 1", sql]],
  ]);
}

const table: Readonly<Record<Dialect, readonly Case[]>> = {
  sqlite: [...everywhere, ...inSqlite],
  mysql: [...everywhere, ...inMysql, ...inMysqlOnly],
  mariadb: [...everywhere, ...inMysql, ...inMariadb],
};

for (const dialect of ["sqlite", "mysql", "mariadb"] as const) {
  describe(dialect, () => {
    test.each(table[dialect])("%s", (_name, text, statements) => {
      expect(split(text, dialect).map(({ sql }) => sql)).toEqual(statements);
    });

    test("every statement stands where its place says", () => {
      for (const [, text] of table[dialect]) {
        for (const { sql, offset, line, column } of split(text, dialect)) {
          const above = text.slice(0, offset).split("\n");

          expect(text.startsWith(sql, offset)).toBe(true);
          expect([line, column]).toEqual([above.length, above.at(-1)!.length + 1]);
        }
      }
    });

    test("pieces that are glued with delimiters come apart again", () => {
      const pieces = table[dialect]
        .filter(([, text]) => !/delimiter/i.test(text))
        .flatMap(([, , statements]) => statements);

      fc.assert(
        fc.property(
          fc.array(fc.constantFrom(...pieces)),
          fc.constantFrom(";\n", " ;\r\n", ";/* c */;-- d\n"),
          (glued, glue) => {
            expect(split(glued.join(glue), dialect).map(({ sql }) => sql)).toEqual(glued);
          },
        ),
        { numRuns: 500, seed: 1 },
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
  });
}

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
