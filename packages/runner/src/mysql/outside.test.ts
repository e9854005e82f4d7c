import { describe, expect, test } from "vitest";
import { outsideOf, outsideOfView } from "./outside.ts";

const surroundings = {
  server: { dialect: "mysql", version: 90_700 },
  databases: new Set(["beside", "app"]),
  loadable: new Set(["sys_exec"]),
} as const;

const body = (sql: string): string => `CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW ${sql}`;

describe("a statement reaches outside", () => {
  test.each([
    ["INSERT INTO beside.t VALUES (1)", "the database beside"],
    ["INSERT INTO t SELECT id FROM `Beside` . t", "the database Beside"],
    ["CREATE VIEW v AS SELECT beside.t.a FROM t", "the database beside"],
    ["/*!80000 DELETE FROM beside.t */", "the database beside"],
    ["SELECT 1 FROM beside/*! .t */", "the database beside"],
    ['SELECT 1 FROM "beside"."t"', "the database beside"],
    ["RENAME TABLE t TO app.t", "the database app"],
    ["CREATE TABLE t (a INT REFERENCES beside.t (a))", "the database beside"],
    ["USE anything", "the database anything"],
    [body("DELETE FROM beside.t"), "the database beside"],
    [body("CALL p()"), "what its body may do with CALL"],
    [body("SET GLOBAL max_connections = 1"), "what its body may do with GLOBAL"],
    [body("SET @@global.max_connections = 1"), "what its body may do with @@GLOBAL"],
    [body("SELECT 1 INTO OUTFILE '/tmp/x'"), "what its body may do with OUTFILE"],
    [body("SET @x = sys_exec('reboot')"), "what sys_exec does"],
    ["CREATE FUNCTION f() RETURNS INT BEGIN CALL p(); RETURN 1; END", "what its body may do with CALL"],
    ["CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO CALL p()", "what its body may do with CALL"],
    ["ALTER EVENT e DO CALL p()", "what its body may do with CALL"],
    ["FLUSH TABLES", "caches and logs of the server"],
    [
      "CREATE TABLE t (a INT) ENGINE=FEDERATED CONNECTION='mysql://h/d/t'",
      "what tables of the engine FEDERATED stand for",
    ],
    ["ALTER TABLE t ENGINE = CONNECT", "what tables of the engine CONNECT stand for"],
    ["SET default_storage_engine = 'federated'", "what tables of the engine federated stand for"],
    ["SET storage_engine = @e", "what tables of the engine @e stand for"],
    ["CREATE TABLE t (a INT) DATA DIRECTORY='/tmp'", "a folder of the server that it names"],
    [
      "CREATE TABLE t (a INT) PARTITION BY HASH (a) (PARTITION p INDEX DIRECTORY = '/tmp')",
      "a folder of the server that it names",
    ],
    ["CREATE TABLE t (a INT) TABLESPACE shared", "the tablespace shared"],
    ["LOAD DATA INFILE '/tmp/x' INTO TABLE t", "a file"],
  ])("%s: %s", (sql, what) => {
    expect(outsideOf(sql, surroundings)).toBe(what);
  });

  test("MariaDB's statement with a setting of its own, too", () => {
    const server = { dialect: "mariadb", version: 101_119 } as const;

    const found = outsideOf("SET STATEMENT default_storage_engine = 'connect' FOR CREATE TABLE t (a INT)", {
      ...surroundings,
      server,
    });

    expect(found).toBe("what tables of the engine that is set stand for");
  });
});

test.each([
  "ALTER TABLE t ADD COLUMN b INT",
  "INSERT INTO t SELECT x.id FROM t AS x",
  "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'beside'",
  "CREATE PROCEDURE p() BEGIN PREPARE s FROM @t; EXECUTE s; END",
  "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t",
  body("SET NEW.a = f(NEW.b)"),
  "CREATE TABLE t (a INT) ENGINE=InnoDB TABLESPACE innodb_file_per_table",
  "SET @beside = 1, sql_mode = ''",
  "INSERT INTO t VALUES ('beside.t')",
])("it stays within: %s", (sql) => {
  expect(outsideOf(sql, surroundings)).toBeNull();
});

test("a view names a database before a table or a call, but a column behind its table", () => {
  const { server } = surroundings;
  const head = "CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW `v` AS select";

  expect(outsideOfView(`${head} \`app\`.\`id\` AS \`id\` from \`app\``, "app", server)).toBeNull();
  expect(outsideOfView(`${head} \`a\`.\`id\` from (\`a\` join \`o\`.\`a\` \`b\`)`, "app", server)).toBe(
    "the database o",
  );
  expect(outsideOfView(`${head} \`o\`.\`f\`(1) AS \`x\``, "app", server)).toBe("the database o");
});
