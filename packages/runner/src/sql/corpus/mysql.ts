import type { Case } from "./case.ts";

/** What only MySQL understands, or understands so. */
export const onMysql: readonly Case[] = [
  [
    "a JavaScript body stands between dollars",
    "CREATE FUNCTION f() RETURNS INT NO SQL LANGUAGE JAVASCRIPT AS $js$ let a = 'it\\'s; $$'; return 1; $js$; SELECT 1",
    [
      "CREATE FUNCTION f() RETURNS INT NO SQL LANGUAGE JAVASCRIPT AS $js$ let a = 'it\\'s; $$'; return 1; $js$",
      "SELECT 1",
    ],
  ],
  [
    "MariaDB's executable comments are comments",
    "/*M! it's; */ SELECT 1; /*M!100100 SET @a = 1; */; SELECT 2 /*M!100100 ' */",
    ["SELECT 1", "SELECT 2"],
  ],
  ["so are those for a version of MariaDB", "/*!100100 it's; */ SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]],
  [
    "a version with six digits and white space",
    "/*!080000 SELECT '*/;' */; SELECT 1 /*!080000\t+ 1 */",
    ["/*!080000 SELECT '*/;' */", "SELECT 1 /*!080000\t+ 1 */"],
  ],
  ["code for MySQL 8", "/*!80000 SELECT ';*/' */; SELECT 2", ["/*!80000 SELECT ';*/' */", "SELECT 2"]],
  [
    "TABLE and VALUES are statements",
    "TABLE a; VALUES ROW(1, ';'), ROW(2, ''); SELECT 1",
    ["TABLE a", "VALUES ROW(1, ';'), ROW(2, '')", "SELECT 1"],
  ],
  [
    "IF NOT EXISTS before a body",
    "CREATE TRIGGER IF NOT EXISTS r BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = 1; END; CREATE PROCEDURE IF NOT EXISTS p() BEGIN SELECT 1; END; SELECT 1",
    [
      "CREATE TRIGGER IF NOT EXISTS r BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = 1; END",
      "CREATE PROCEDURE IF NOT EXISTS p() BEGIN SELECT 1; END",
      "SELECT 1",
    ],
  ],
];
