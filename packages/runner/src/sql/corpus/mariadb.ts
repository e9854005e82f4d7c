import { bodies } from "./case.ts";
import type { Case } from "./case.ts";

/** What only MariaDB understands, or understands so. */
export const onMariadb: readonly Case[] = [
  [
    "its own executable comment is a statement",
    "/*M!100100 SET @a = 1 */; SELECT 1",
    ["/*M!100100 SET @a = 1 */", "SELECT 1"],
  ],
  [
    "it holds code, whatever its version",
    "SELECT 1 /*M! + '*/;' */; SELECT 1 /*M!80000 + '*/;' */",
    ["SELECT 1 /*M! + '*/;' */", "SELECT 1 /*M!80000 + '*/;' */"],
  ],
  [
    "what is for MySQL 5.7 and later is a comment, in which comments nest once",
    "/*!50700 it's; */ SELECT 1; /*!80000 ; /* ; */ ; */ SELECT 2 /*!090000 ' */; /*!80000 SELECT 3 */;",
    ["SELECT 1", "SELECT 2"],
  ],
  ["what is for MySQL 5.6 is code", "/*!50699 SELECT '*/;' */; SELECT 1", ["/*!50699 SELECT '*/;' */", "SELECT 1"]],
  ["what is for MariaDB is code", "/*!100100 SELECT '*/;' */; SELECT 1", ["/*!100100 SELECT '*/;' */", "SELECT 1"]],
  [
    "SET STATEMENT before a body",
    "SET STATEMENT max_statement_time = 1, lock_wait_timeout = (1 + 2) FOR CREATE PROCEDURE p() BEGIN SELECT 1; END; SET @a = 1; SELECT 2",
    [
      "SET STATEMENT max_statement_time = 1, lock_wait_timeout = (1 + 2) FOR CREATE PROCEDURE p() BEGIN SELECT 1; END",
      "SET @a = 1",
      "SELECT 2",
    ],
  ],
  [
    "SET STATEMENT before a query",
    "SET STATEMENT max_statement_time = 1 FOR SELECT 1; SELECT 2",
    ["SET STATEMENT max_statement_time = 1 FOR SELECT 1", "SELECT 2"],
  ],
  [
    "a transaction after a block",
    "BEGIN NOT ATOMIC SELECT 1; END; BEGIN; SELECT 2; COMMIT",
    ["BEGIN NOT ATOMIC SELECT 1; END", "BEGIN", "SELECT 2", "COMMIT"],
  ],
  ["EXECUTE IMMEDIATE", "EXECUTE IMMEDIATE 'SELECT '';'''; SELECT 2", ["EXECUTE IMMEDIATE 'SELECT '';'''", "SELECT 2"]],
  ...bodies([
    ["BEGIN NOT ATOMIC at the top", "BEGIN NOT ATOMIC DECLARE a INT; SELECT 1; END"],
    ["an empty BEGIN NOT ATOMIC", "BEGIN NOT ATOMIC END"],
    [
      "BEGIN NOT ATOMIC with a handler and blocks",
      "BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; START TRANSACTION; BEGIN SELECT 1; END; COMMIT; END",
    ],
    ["IF at the top", "IF (SELECT 1) THEN SELECT 1; ELSEIF 0 THEN BEGIN END; ELSE SELECT IF(1, 2, 3); END IF"],
    ["WHILE at the top", "WHILE @a < 3 DO SET @a = @a + 1; END WHILE"],
    ["REPEAT at the top", "REPEAT SET @a = REPEAT('a', 2); UNTIL 1 END REPEAT"],
    ["CASE at the top", "CASE 1 WHEN 1 THEN SELECT 1; END CASE"],
    ["FOR at the top", "FOR i IN 1..3 DO SELECT i; END FOR"],
    ["WITH SYSTEM VERSIONING is no body", "CREATE OR REPLACE TABLE versioned (x INT) WITH SYSTEM VERSIONING"],
    [
      "a trigger that is replaced",
      "CREATE OR REPLACE TRIGGER r BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = 1; END",
    ],
    ["an event that is replaced", "CREATE OR REPLACE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN SELECT 1; END"],
    [
      "FOR over a range",
      "CREATE OR REPLACE PROCEDURE p() BEGIN FOR i IN 1..3 DO SELECT i; END FOR; FOR i IN REVERSE 1..3 DO SELECT i; END FOR; FOR r IN (SELECT 1) DO SELECT 2; END FOR; END",
    ],
    [
      "FOR over a cursor",
      "CREATE OR REPLACE PROCEDURE p() BEGIN DECLARE v TYPE OF a.x; DECLARE w ROW TYPE OF a; DECLARE c CURSOR (n INT) FOR SELECT x FROM a WHERE x = n; l: FOR r IN c(1) DO SET v = r.x; END FOR l; END",
    ],
    [
      "an aggregate function",
      "CREATE OR REPLACE AGGREGATE FUNCTION f(x INT) RETURNS INT BEGIN DECLARE n INT DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN n; LOOP FETCH GROUP NEXT ROW; SET n = n + x; END LOOP; END",
    ],
  ]),
  ...bodies(
    [
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
        "CREATE PACKAGE BODY spec AS x INT := 1; PROCEDURE a AS y INT; BEGIN SELECT 1; END; FUNCTION b RETURN INT AS BEGIN RETURN 1; END; BEGIN SELECT 2; END",
      ],
    ],
    { oracle: true },
  ),
];
