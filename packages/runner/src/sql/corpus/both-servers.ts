import { bodies } from "./case.ts";
import type { Case } from "./case.ts";

const trigger = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.x = 1; SET NEW.y = 2; END";

/** What MySQL and MariaDB share. */
export const onBothServers: readonly Case[] = [
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
  ["a backslash escapes nothing in backticks", "SELECT 1 AS `a\\`; SELECT 2", ["SELECT 1 AS `a\\`", "SELECT 2"]],
  [
    "backslashes and doubled quotes together",
    String.raw`SELECT 'a\\\'b;', '\''';'; SELECT '\\\\'; SELECT "\\"`,
    [String.raw`SELECT 'a\\\'b;', '\''';'`, String.raw`SELECT '\\\\'`, String.raw`SELECT "\\"`],
  ],
  [
    "variables with quotes",
    "SELECT @`a;b`, @'c;d', @\"e;f\", @@sql_mode; SELECT 2",
    ["SELECT @`a;b`, @'c;d', @\"e;f\", @@sql_mode", "SELECT 2"],
  ],
  [
    "strings with a prefix",
    "SELECT N'it''s;', _utf8mb4'a;', x'3b', b'1', n'\\';'; SELECT 2",
    ["SELECT N'it''s;', _utf8mb4'a;', x'3b', b'1', n'\\';'", "SELECT 2"],
  ],
  ["strings side by side", "SELECT 'a;' 'b;' \"c;\"; SELECT 2", ["SELECT 'a;' 'b;' \"c;\"", "SELECT 2"]],
  ["-- before a tab", "SELECT 1 --\tit's;\n; SELECT 2", ["SELECT 1", "SELECT 2"]],
  ["-- before the end of the line", "SELECT 1 --\n; SELECT 2 --\r\n;", ["SELECT 1", "SELECT 2"]],
  ["-- before a control character", "SELECT 1 --\u0001;\n; SELECT 2", ["SELECT 1", "SELECT 2"]],
  [
    "where a statement may begin, the clients take any -- for a comment",
    "--- it's a rule;\n--;;\nSELECT 1; --x;\nSELECT 2",
    ["SELECT 1", "SELECT 2"],
  ],
  ["inside a statement they don't", "SELECT 2\n--1; SELECT 3", ["SELECT 2\n--1", "SELECT 3"]],
  ["# needs no white space", "#it's;\nSELECT 1#;\n;#", ["SELECT 1"]],
  [
    "a NUL in a string or a block comment",
    "SELECT 'a\0;b' /* \0; */ AS s; SELECT 2",
    ["SELECT 'a\0;b' /* \0; */ AS s", "SELECT 2"],
  ],
  [
    "a line comment hides the end of an executable comment",
    "SELECT 1 /*! + 1 -- */ ;\n */; SELECT 2",
    ["SELECT 1 /*! + 1 -- */ ;\n */", "SELECT 2"],
  ],
  ["a version needs no space behind it", "SELECT 1 /*!50000+1*/; SELECT 2", ["SELECT 1 /*!50000+1*/", "SELECT 2"]],
  [
    "99999 is a version of no server, and comments nest in it once",
    "/*!99999 it's; /* ; */ ; */ SELECT 1; /*!99999 ; */; SELECT 2 /*!99999 it's */",
    ["SELECT 1", "SELECT 2"],
  ],
  [
    "a piece of only executable comments",
    "/*!40101 SET @a = 1 */ /*!40101 , @b = 2 */; SELECT 1",
    ["/*!40101 SET @a = 1 */ /*!40101 , @b = 2 */", "SELECT 1"],
  ],
  ["double quotes hold a string", `SELECT "it's;""x;"; SELECT 2`, [`SELECT "it's;""x;"`, "SELECT 2"]],
  [
    "a lone executable comment is a statement",
    "/*!40101 SET NAMES utf8 */;\nSELECT 1;",
    ["/*!40101 SET NAMES utf8 */", "SELECT 1"],
  ],
  [
    "a semicolon in an executable comment ends nothing",
    "CREATE PROCEDURE p() BEGIN /*! SELECT 1; */ SELECT 2; END; SELECT 3",
    ["CREATE PROCEDURE p() BEGIN /*! SELECT 1; */ SELECT 2; END", "SELECT 3"],
  ],
  ["an executable comment may end a statement", "SELECT 1 /*! + 1 */;SELECT 2", ["SELECT 1 /*! + 1 */", "SELECT 2"]],
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
  ["a custom delimiter ends inside a word", "DELIMITER $$\nSELECT NULL$$SELECT 1$$", ["SELECT NULL", "SELECT 1"]],
  ["a custom delimiter ends a number", "DELIMITER e1\nSELECT 2e1 SELECT 3 e1", ["SELECT 2", "SELECT 3"]],
  ["DELIMITER in small letters, before a tab", "delimiter\t|\nSELECT 1|SELECT 2 |", ["SELECT 1", "SELECT 2"]],
  ["DELIMITER behind a byte order mark", "\uFEFFDELIMITER $$\nSELECT 1;$$", ["SELECT 1;"]],
  ["DELIMITER at the end of the text", "SELECT 1;\nDELIMITER ;", ["SELECT 1"]],
  [
    "DELIMITER in a comment or a string is text",
    "/*\nDELIMITER $$\n*/ SELECT '\nDELIMITER $$\n'; SELECT 2",
    ["SELECT '\nDELIMITER $$\n'", "SELECT 2"],
  ],
  ["a slash before two slashes", "DELIMITER //\nSELECT 4 / 2//\nSELECT 6 /2 //", ["SELECT 4 / 2", "SELECT 6 /2"]],
  ["a custom delimiter in a line comment is text", "DELIMITER $$\nSELECT 1 -- $$\n + 2$$", ["SELECT 1 -- $$\n + 2"]],
  [
    "a custom delimiter in a quoted name is text",
    "DELIMITER $$\nSELECT 1 AS `a$$b`$$ SELECT 2$$",
    ["SELECT 1 AS `a$$b`", "SELECT 2"],
  ],
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
      "CREATE FUNCTION IF NOT EXISTS `begin`(a INT) RETURNS SET('a','b') READS SQL DATA BEGIN RETURN 1; END",
    ],
    [
      "an event",
      "CREATE DEFINER = CURRENT_USER() EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY COMMENT 'x' DO BEGIN SELECT 1; SELECT 2; END",
    ],
    [
      "blocks in blocks, with labels",
      "CREATE PROCEDURE p() a: BEGIN b: BEGIN c: BEGIN SELECT 1; LEAVE a; END c; END b; END a",
    ],
    ["an empty block", "CREATE PROCEDURE p() BEGIN END"],
    [
      "ELSE IF opens an IF of its own",
      "CREATE PROCEDURE p(x INT) BEGIN IF x THEN SELECT 1; ELSE IF x = 2 THEN SELECT 2; END IF; END IF; SELECT 3; END",
    ],
    [
      "IF with EXISTS and NOT",
      "CREATE PROCEDURE p() BEGIN IF NOT EXISTS (SELECT 1) THEN SELECT 1; END IF; IF EXISTS (SELECT 1) THEN SELECT 2; END IF; END",
    ],
    [
      "CASE as a statement, with conditions",
      "CREATE PROCEDURE p(x INT) BEGIN CASE WHEN x = 1 THEN SELECT 1; WHEN x IN (2, 3) THEN BEGIN SELECT 2; END; ELSE SELECT CASE x WHEN 1 THEN 2 END; END CASE; END",
    ],
    [
      "CASE as an expression everywhere",
      "CREATE PROCEDURE p(x INT) BEGIN DECLARE y INT DEFAULT CASE 1 WHEN 1 THEN 2 END; SET y = CASE WHEN x THEN 1 ELSE CASE WHEN y THEN 2 END END; WHILE CASE WHEN y THEN 0 END DO SET y = 1; END WHILE; RESIGNAL; END",
    ],
    [
      "RETURN with CASE",
      "CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC BEGIN RETURN CASE WHEN x THEN 1 ELSE 2 END; END",
    ],
    [
      "REPEAT until a CASE",
      "CREATE PROCEDURE p(x INT) BEGIN REPEAT SET x = REPEAT('1', 2); UNTIL CASE WHEN x THEN 1 END END REPEAT; REPEAT SET x = 1; UNTIL x END REPEAT; END",
    ],
    [
      "handlers of all kinds",
      "CREATE PROCEDURE p() BEGIN DECLARE dup CONDITION FOR SQLSTATE '23000'; DECLARE CONTINUE HANDLER FOR dup SET @a = 1; DECLARE CONTINUE HANDLER FOR 1051, 1146 BEGIN END; DECLARE EXIT HANDLER FOR SQLEXCEPTION, SQLWARNING, SQLSTATE VALUE '42S02' BEGIN IF 1 THEN SELECT 1; END IF; END; SELECT 2; END",
    ],
    [
      "a loop over a cursor",
      "CREATE PROCEDURE p() BEGIN DECLARE done, id INT DEFAULT 0; DECLARE c CURSOR FOR SELECT x FROM a WHERE k = ';'; DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1; OPEN c; l: LOOP FETCH c INTO id; IF done THEN LEAVE l; END IF; ITERATE l; END LOOP; CLOSE c; END",
    ],
    [
      "quoted labels",
      "CREATE PROCEDURE p() `begin`: BEGIN `my end`: LOOP LEAVE `my end`; END LOOP `my end`; END `begin`",
    ],
    [
      "SIGNAL and diagnostics",
      "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN GET DIAGNOSTICS CONDITION 1 @m = MESSAGE_TEXT; END; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'END;'; END",
    ],
    [
      "prepared statements in a body",
      "CREATE PROCEDURE p() BEGIN PREPARE s FROM 'BEGIN; SELECT 1;'; EXECUTE s; DEALLOCATE PREPARE s; END",
    ],
    [
      "parameters with parentheses and semicolons in their types",
      "CREATE PROCEDURE p(IN a ENUM('x)', 'begin;'), OUT b DECIMAL(10,2), INOUT c SET('(')) COMMENT 'BEGIN' MODIFIES SQL DATA BEGIN SET b = 1; END",
    ],
    [
      "a function with a character set",
      "CREATE FUNCTION f(a VARCHAR(10) CHARSET utf8mb4) RETURNS VARCHAR(10) CHARSET utf8mb4 COLLATE utf8mb4_bin NO SQL SQL SECURITY INVOKER BEGIN DECLARE b INT; RETURN a; END",
    ],
    ["an executable comment around a block", "CREATE PROCEDURE p() /*!50000 BEGIN SELECT 1; END */"],
    [
      "functions named like statements",
      "CREATE PROCEDURE p() BEGIN SET @a = IF(1, REPEAT('x', 2), INSERT('a', 1, 1, 'b')); SELECT LEFT('a', 1), REPLACE('a', 'b', 'c'), IF(1, 2, 3) + 1; END",
    ],
    [
      "a query with a WITH clause and FOR UPDATE in a body",
      "CREATE PROCEDURE p() BEGIN WITH c AS (SELECT 1 AS n) SELECT n FROM c; SELECT x FROM a FOR UPDATE; END",
    ],
    ["a body of one CASE", "CREATE PROCEDURE p(x INT) CASE x WHEN 1 THEN SELECT 1; ELSE SELECT 2; END CASE"],
    ["a body of one WHILE", "CREATE PROCEDURE p() WHILE 0 DO SELECT 1; END WHILE"],
    ["a body of one REPEAT", "CREATE PROCEDURE p() REPEAT SELECT 1; UNTIL 1 END REPEAT"],
    ["a body of one query", "CREATE PROCEDURE p() SELECT CASE WHEN 1 THEN 2 END FROM a"],
    [
      "a trigger for another user",
      "CREATE DEFINER = 'begin'@'%' TRIGGER `begin` AFTER UPDATE ON a FOR EACH ROW PRECEDES u BEGIN IF OLD.x <> NEW.x THEN SET @a = 'END'; END IF; END",
    ],
    [
      "an event with times",
      "CREATE EVENT e ON SCHEDULE EVERY 1 HOUR STARTS CURRENT_TIMESTAMP + INTERVAL CASE WHEN 1 THEN 2 END DAY ENDS '2037-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'DO BEGIN' DO IF 1 THEN SELECT 1; END IF",
    ],
    ["an event of one statement", "CREATE EVENT e ON SCHEDULE AT '2037-01-01' DO UPDATE a SET x = 1"],
    ["comments between the words of a body", "CREATE/**/PROCEDURE/*;*/p()/* BEGIN */BEGIN/* END */SELECT 1;END"],
    ["an event that is altered", "ALTER DEFINER=`a`@`b` EVENT altered ENABLE DO BEGIN SELECT 1; SELECT 2; END"],
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
  [
    "XA BEGIN and XA END are no body",
    "XA BEGIN 'corpus'; XA END 'corpus'; XA ROLLBACK 'corpus'; BEGIN WORK; SELECT 1",
    ["XA BEGIN 'corpus'", "XA END 'corpus'", "XA ROLLBACK 'corpus'", "BEGIN WORK", "SELECT 1"],
  ],
];
