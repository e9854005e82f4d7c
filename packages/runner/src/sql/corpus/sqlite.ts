import type { Case } from "./case.ts";

/** What only SQLite understands, or understands so. */
export const onSqlite: readonly Case[] = [
  ["-- is always a comment", "SELECT 5--1; x\n; SELECT 2", ["SELECT 5", "SELECT 2"]],
  ["a backslash escapes nothing", "SELECT 'a\\'; SELECT 2", ["SELECT 'a\\'", "SELECT 2"]],
  ["brackets quote names", "SELECT 1 AS [a;b], 2 AS [it's]; SELECT 2", ["SELECT 1 AS [a;b], 2 AS [it's]", "SELECT 2"]],
  ["double quotes quote names", 'SELECT 1 AS "a;""b;"; SELECT 2', ['SELECT 1 AS "a;""b;"', "SELECT 2"]],
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
  [
    "BEGIN and END are a transaction",
    "BEGIN IMMEDIATE; SELECT 1; END; BEGIN; END TRANSACTION",
    ["BEGIN IMMEDIATE", "SELECT 1", "END", "BEGIN", "END TRANSACTION"],
  ],
  ["-- needs no white space", "SELECT 1;--it's;\n--\nSELECT 2", ["SELECT 1", "SELECT 2"]],
  [
    "names may be quoted like strings",
    "CREATE TABLE 'a;b' (\"c;d\" INT, [e;f] INT, `g;h` INT); SELECT 2",
    ["CREATE TABLE 'a;b' (\"c;d\" INT, [e;f] INT, `g;h` INT)", "SELECT 2"],
  ],
  [
    "a bracket is closed by the first bracket",
    "SELECT 1 AS [a[b]; SELECT 2 AS [']",
    ["SELECT 1 AS [a[b]", "SELECT 2 AS [']"],
  ],
  [
    "blobs and JSON",
    `SELECT x'3b', '{"a":";"}' ->> '$.a'; SELECT 2`,
    [`SELECT x'3b', '{"a":";"}' ->> '$.a'`, "SELECT 2"],
  ],
  [
    "executable comments with quotes are comments",
    "SELECT /*! it's; */ 1; SELECT 2 /*!50000 ; */",
    ["SELECT /*! it's; */ 1", "SELECT 2"],
  ],
  [
    "a comment that is never closed, after others",
    "SELECT 1; /* -- */ SELECT 2; /* */ SELECT 3; /*;",
    ["SELECT 1", "SELECT 2", "SELECT 3"],
  ],
  [
    "a trigger with RAISE and comments",
    "CREATE TRIGGER r BEFORE DELETE ON a BEGIN -- END;\n SELECT RAISE(ABORT, 'END;'); /* END; */ END; SELECT 1",
    ["CREATE TRIGGER r BEFORE DELETE ON a BEGIN -- END;\n SELECT RAISE(ABORT, 'END;'); /* END; */ END", "SELECT 1"],
  ],
  [
    "a trigger with a condition",
    "CREATE TRIGGER r AFTER UPDATE OF x, y ON a FOR EACH ROW WHEN CASE WHEN new.x THEN 1 ELSE 0 END BEGIN DELETE FROM t; END;",
    [
      "CREATE TRIGGER r AFTER UPDATE OF x, y ON a FOR EACH ROW WHEN CASE WHEN new.x THEN 1 ELSE 0 END BEGIN DELETE FROM t; END",
    ],
  ],
  [
    "a trigger on a view",
    "CREATE VIEW w AS SELECT x FROM a; CREATE TRIGGER r INSTEAD OF INSERT ON w BEGIN INSERT INTO a (x) VALUES (new.x) ON CONFLICT DO NOTHING; INSERT INTO a (x) SELECT CASE WHEN 1 THEN 2 END; END; SELECT 1",
    [
      "CREATE VIEW w AS SELECT x FROM a",
      "CREATE TRIGGER r INSTEAD OF INSERT ON w BEGIN INSERT INTO a (x) VALUES (new.x) ON CONFLICT DO NOTHING; INSERT INTO a (x) SELECT CASE WHEN 1 THEN 2 END; END",
      "SELECT 1",
    ],
  ],
  [
    "a trigger whose names are keywords",
    'CREATE TRIGGER "end;" AFTER INSERT ON begin BEGIN UPDATE begin SET end = begin, begin = 1 WHERE begin.end = 2; END; SELECT 1',
    [
      'CREATE TRIGGER "end;" AFTER INSERT ON begin BEGIN UPDATE begin SET end = begin, begin = 1 WHERE begin.end = 2; END',
      "SELECT 1",
    ],
  ],
  [
    "a trigger in a schema",
    "CREATE TRIGGER main.end AFTER INSERT ON a BEGIN SELECT 1; END; CREATE TRIGGER IF NOT EXISTS main.begin DELETE ON a BEGIN SELECT 1; END; SELECT 1",
    [
      "CREATE TRIGGER main.end AFTER INSERT ON a BEGIN SELECT 1; END",
      "CREATE TRIGGER IF NOT EXISTS main.begin DELETE ON a BEGIN SELECT 1; END",
      "SELECT 1",
    ],
  ],
  [
    "a trigger that is explained",
    "EXPLAIN CREATE TRIGGER r AFTER INSERT ON a BEGIN SELECT 1; END; EXPLAIN QUERY PLAN SELECT 1; SELECT 2",
    ["EXPLAIN CREATE TRIGGER r AFTER INSERT ON a BEGIN SELECT 1; END", "EXPLAIN QUERY PLAN SELECT 1", "SELECT 2"],
  ],
];
