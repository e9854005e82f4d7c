/** What the fingerprint of a schema sees on the servers, and what it doesn't. */
import type { Picture } from "@surefoot/model";
import type { Connection } from "mysql2/promise";
import { expect, test } from "vitest";
import type { SchemaReader } from "../../packages/runner/src/mysql/fingerprint.ts";
import { schemaReader } from "../../packages/runner/src/mysql/fingerprint.ts";
import type { TestServer } from "../support/servers.ts";
import { onServer } from "../support/servers.ts";

/** The objects that show the change, and how it is made; what comes before it stands in front. */
type Case = readonly [what: string, objects: readonly string[], change: string, ...before: readonly string[]];

const start = [
  `CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL DEFAULT 5, b VARCHAR(20) DEFAULT 'x',
 c INT AS (a + 1) VIRTUAL, d TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00', e TEXT, KEY t_a (a), UNIQUE KEY t_b (b),
 CONSTRAINT t_check CHECK (a > 0)) ENGINE=InnoDB COMMENT='about AUTO_INCREMENT=5'`,
  "CREATE TABLE child (id INT PRIMARY KEY, t_id INT, KEY child_t (t_id), CONSTRAINT child_fk FOREIGN KEY (t_id) REFERENCES t (id))",
  "CREATE TABLE parts (id INT NOT NULL) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))",
  "CREATE VIEW v AS SELECT id, a FROM t",
  "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
  "CREATE PROCEDURE p(IN x INT) COMMENT 'c' SELECT x",
  "CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC RETURN x + 1",
  "CREATE EVENT e ON SCHEDULE EVERY 1 YEAR STARTS '2035-01-01 00:00:00' DO DELETE FROM child",
  "CREATE TABLE latin (id INT PRIMARY KEY, a VARCHAR(5) CHARACTER SET latin1, CHECK (a <> 'it''s')) CHARACTER SET utf8mb4",
  "INSERT INTO t (id, a, b) VALUES (1, 1, 'one')",
];

const seenByBoth: readonly Case[] = [
  ["a table", ["table:n"], "CREATE TABLE n (id INT)"],
  ["a table that is gone", ["table:parts"], "DROP TABLE parts"],
  ["a table's name", ["table:parts", "table:n"], "RENAME TABLE parts TO n"],
  ["a column", ["table:t"], "ALTER TABLE t ADD COLUMN n INT"],
  ["a column's place", ["table:t"], "ALTER TABLE t MODIFY b VARCHAR(20) DEFAULT 'x' FIRST"],
  ["a column's name", ["table:t"], "ALTER TABLE t RENAME COLUMN b TO n"],
  ["a column's type", ["table:t"], "ALTER TABLE t MODIFY a BIGINT NOT NULL DEFAULT 5"],
  ["a column's length", ["table:t"], "ALTER TABLE t MODIFY b VARCHAR(21) DEFAULT 'x'"],
  ["a column's collation", ["table:t"], "ALTER TABLE t MODIFY b VARCHAR(20) COLLATE utf8mb4_bin DEFAULT 'x'"],
  ["NULL", ["table:t"], "ALTER TABLE t MODIFY a INT DEFAULT 5"],
  ["a default", ["table:t"], "ALTER TABLE t ALTER a SET DEFAULT 6"],
  ["no default", ["table:t"], "ALTER TABLE t ALTER a DROP DEFAULT"],
  ["a column's comment", ["table:t"], "ALTER TABLE t MODIFY a INT NOT NULL DEFAULT 5 COMMENT 'n'"],
  [
    "ON UPDATE",
    ["table:t"],
    "ALTER TABLE t MODIFY d TIMESTAMP NOT NULL DEFAULT '2020-01-01' ON UPDATE CURRENT_TIMESTAMP",
  ],
  [
    "AUTO_INCREMENT as such",
    ["table:t"],
    "ALTER TABLE t MODIFY id INT NOT NULL",
    "ALTER TABLE child DROP FOREIGN KEY child_fk",
  ],
  ["a generated column", ["table:t"], "ALTER TABLE t MODIFY c INT AS (a + 2) VIRTUAL"],
  ["an index", ["table:t"], "CREATE INDEX n ON t (a, b)"],
  ["an index that is gone", ["table:t"], "DROP INDEX t_a ON t"],
  ["an index's columns", ["table:t"], "ALTER TABLE t DROP INDEX t_a, ADD INDEX t_a (a, id)"],
  ["an index's prefix", ["table:t"], "ALTER TABLE t DROP INDEX t_b, ADD UNIQUE INDEX t_b (b(5))"],
  ["an index's direction", ["table:t"], "ALTER TABLE t DROP INDEX t_a, ADD INDEX t_a (a DESC)"],
  ["UNIQUE", ["table:t"], "ALTER TABLE t DROP INDEX t_a, ADD UNIQUE INDEX t_a (a)"],
  ["an index's comment", ["table:t"], "ALTER TABLE t DROP INDEX t_a, ADD INDEX t_a (a) COMMENT 'n'"],
  ["a full-text index", ["table:t"], "ALTER TABLE t ADD FULLTEXT KEY n (e)"],
  ["a primary key", ["table:parts"], "ALTER TABLE parts ADD PRIMARY KEY (id)"],
  ["a check", ["table:t"], "ALTER TABLE t ADD CONSTRAINT n CHECK (a < 1000)"],
  ["a check's text", ["table:t"], "ALTER TABLE t DROP CONSTRAINT t_check, ADD CONSTRAINT t_check CHECK (a > -1)"],
  ["a foreign key", ["table:child"], "ALTER TABLE child DROP FOREIGN KEY child_fk"],
  [
    "what a foreign key does",
    ["table:child"],
    "ALTER TABLE child ADD CONSTRAINT child_fk FOREIGN KEY (t_id) REFERENCES t (id) ON DELETE CASCADE",
    "ALTER TABLE child DROP FOREIGN KEY child_fk",
  ],
  [
    "the name of a table that a foreign key points to",
    ["table:t", "table:n", "table:child", "trigger:r"],
    "RENAME TABLE t TO n",
  ],
  ["a partition", ["table:parts"], "ALTER TABLE parts ADD PARTITION (PARTITION p1 VALUES LESS THAN (20))"],
  ["partitioning", ["table:parts"], "ALTER TABLE parts REMOVE PARTITIONING"],
  ["a table's comment", ["table:t"], "ALTER TABLE t COMMENT = 'about AUTO_INCREMENT=6'"],
  [
    "a table's engine",
    ["table:child"],
    "ALTER TABLE child ENGINE=MyISAM",
    "ALTER TABLE child DROP FOREIGN KEY child_fk",
  ],
  ["a table's character set", ["table:t"], "ALTER TABLE t DEFAULT CHARACTER SET ascii"],
  ["a table's row format", ["table:t"], "ALTER TABLE t ROW_FORMAT=COMPACT"],
  ["an option of a table", ["table:t"], "ALTER TABLE t STATS_PERSISTENT=1"],
  ["a view", ["view:n"], "CREATE VIEW n AS SELECT 1 AS one"],
  ["a view that is gone", ["view:v"], "DROP VIEW v"],
  ["a view's text", ["view:v"], "ALTER VIEW v AS SELECT id, b FROM t"],
  ["a view's algorithm", ["view:v"], "ALTER ALGORITHM=MERGE VIEW v AS SELECT id, a FROM t"],
  ["a view's security", ["view:v"], "ALTER SQL SECURITY INVOKER VIEW v AS SELECT id, a FROM t"],
  ["a view's check option", ["view:v"], "ALTER VIEW v AS SELECT id, a FROM t WITH CHECK OPTION"],
  ["a view's definer", ["view:v"], "ALTER DEFINER=someone@localhost VIEW v AS SELECT id, a FROM t"],
  ["a trigger", ["trigger:n"], "CREATE TRIGGER n AFTER INSERT ON t FOR EACH ROW SET @n = 1"],
  ["a trigger that is gone", ["trigger:r"], "DROP TRIGGER r"],
  [
    "a trigger's text",
    ["trigger:r"],
    "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2",
    "DROP TRIGGER r",
  ],
  [
    "a trigger's time",
    ["trigger:r"],
    "CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = 1",
    "DROP TRIGGER r",
  ],
  [
    "the order of triggers",
    ["trigger:n", "trigger:r"],
    "CREATE TRIGGER n BEFORE INSERT ON t FOR EACH ROW PRECEDES r SET @n = 1",
  ],
  ["a procedure", ["procedure:n"], "CREATE PROCEDURE N() SELECT 1"],
  ["a procedure that is gone", ["procedure:p"], "DROP PROCEDURE p"],
  [
    "a procedure's parameters",
    ["procedure:p"],
    "CREATE PROCEDURE p(IN x BIGINT) COMMENT 'c' SELECT x",
    "DROP PROCEDURE p",
  ],
  ["a procedure's comment", ["procedure:p"], "ALTER PROCEDURE p COMMENT 'n'"],
  ["a procedure's security", ["procedure:p"], "ALTER PROCEDURE p SQL SECURITY INVOKER"],
  [
    "a function's text",
    ["function:f"],
    "CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC RETURN x + 2",
    "DROP FUNCTION f",
  ],
  [
    "the mode that a routine was made under",
    ["function:f"],
    "CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC RETURN x + 1",
    "DROP FUNCTION f",
    "SET sql_mode = 'PIPES_AS_CONCAT'",
  ],
  ["an event", ["event:n"], "CREATE EVENT N ON SCHEDULE EVERY 1 DAY DO SET @n = 1"],
  ["an event's time", ["event:e"], "ALTER EVENT e ON SCHEDULE EVERY 2 YEAR STARTS '2035-01-01 00:00:00'"],
  ["an event that is off", ["event:e"], "ALTER EVENT e DISABLE"],
  ["an event's name", ["event:e", "event:n"], "ALTER EVENT e RENAME TO n"],
  ["the database's collation", ["database:HERE"], "ALTER DATABASE COLLATE utf8mb4_bin"],
];

const seenBy: { readonly [engine in "mysql" | "mariadb"]: readonly Case[] } = {
  mysql: [
    ["an invisible column", ["table:t"], "ALTER TABLE t ALTER COLUMN b SET INVISIBLE"],
    ["an invisible index", ["table:t"], "ALTER TABLE t ALTER INDEX t_a INVISIBLE"],
    ["an index on an expression", ["table:t"], "ALTER TABLE t ADD INDEX n ((a + 1))"],
    ["a check that is off", ["table:t"], "ALTER TABLE t ALTER CHECK t_check NOT ENFORCED"],
    [
      "a reference system",
      ["table:t"],
      "ALTER TABLE t MODIFY n POINT SRID 4326",
      "ALTER TABLE t ADD COLUMN n POINT SRID 0",
    ],
    ["an expression as default", ["table:t"], "ALTER TABLE t ALTER b SET DEFAULT (CONCAT('a', 'b'))"],
    ["where a column is kept", ["table:t"], "ALTER TABLE t MODIFY b VARCHAR(20) COLUMN_FORMAT FIXED DEFAULT 'x'"],
  ],
  mariadb: [
    ["an invisible column", ["table:t"], "ALTER TABLE t MODIFY b VARCHAR(20) INVISIBLE DEFAULT 'x'"],
    ["an ignored index", ["table:t"], "ALTER TABLE t ALTER INDEX t_a IGNORED"],
    ["system versioning", ["table:child"], "ALTER TABLE child ADD SYSTEM VERSIONING"],
    [
      "a period",
      ["table:n"],
      "ALTER TABLE n ADD PERIOD FOR valid (x, y)",
      "CREATE TABLE n (x DATE NOT NULL, y DATE NOT NULL)",
    ],
    ["a sequence", ["sequence:n"], "CREATE SEQUENCE n"],
    ["a sequence's step", ["sequence:n"], "ALTER SEQUENCE n INCREMENT BY 3", "CREATE SEQUENCE n"],
    ["a package", ["package:n"], "CREATE PACKAGE n AS FUNCTION one RETURN INT; END", "SET sql_mode = ORACLE"],
    ["a compressed column", ["table:t"], "ALTER TABLE t MODIFY e TEXT COMPRESSED"],
    ["a database's comment", ["database:HERE"], "ALTER DATABASE COMMENT 'n'"],
    ["an event's definer", ["event:e"], "ALTER DEFINER=someone@localhost EVENT e COMMENT 'n'"],
  ],
};

/** Statements that leave every fingerprint as it was. */
const unseen: readonly (readonly [what: string, ...statements: readonly string[]])[] = [
  ["rows, and the counter that they move", "INSERT INTO t (a) VALUES (7)", "INSERT INTO child VALUES (1, 1)"],
  ["a counter that is set", "ALTER TABLE t AUTO_INCREMENT = 5000"],
  ["statistics", "ANALYZE TABLE t, child"],
  ["a table that is rebuilt", "ALTER TABLE t FORCE", "OPTIMIZE TABLE t"],
  ["a table that is emptied", "TRUNCATE TABLE child"],
  ["what is made and dropped", "CREATE TABLE n (id INT)", "DROP TABLE n"],
  ["a column that comes and goes", "ALTER TABLE t ADD COLUMN n INT", "ALTER TABLE t DROP COLUMN n"],
  ["how the literals of a check are written", "ALTER TABLE latin ADD COLUMN n INT", "ALTER TABLE latin DROP COLUMN n"],
  ["a name there and back", "RENAME TABLE t TO n", "RENAME TABLE n TO t"],
  ["the same view again", "CREATE OR REPLACE VIEW v AS SELECT id, a FROM t"],
  ["a temporary table before the other", "CREATE TEMPORARY TABLE t (n INT)"],
  ["Surefoot's own tables", "CREATE TABLE surefoot_journal (id INT)", "CREATE TABLE surefoot_lease (id INT)"],
];

for (const engine of ["mariadb", "mysql"] as const) {
  await onServer(engine, "as a schema", (server) => {
    test("shows each kind of change in its objects, and in no other", async () => {
      const wrong: unknown[] = [];
      await inDatabase(server, async ({ connection, reader, database }) => {
        for (const [what, objects, change, ...before] of [...seenByBoth, ...seenBy[engine]]) {
          await makeAll(connection, database);
          for (const sql of before) await connection.query(sql);
          const earlier = await reader.picture();
          await connection.query(change).catch((error: Error) => wrong.push([what, error.message]));
          const later = await reader.picture();
          const expected = objects.map((name) => name.replace("HERE", database)).sort();
          const found = changed(earlier, later);
          if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push([what, found]);
          const single = await reader.objects(expected);
          for (const name of expected)
            if (single.get(name) !== (later.get(name) ?? null)) wrong.push([what, "alone", name]);
          await connection.query("SET sql_mode = DEFAULT");
        }
      });

      expect(wrong).toEqual([]);
    });

    test("does not show what changes by itself, nor what is as before", async () => {
      const wrong: unknown[] = [];
      await inDatabase(server, async ({ connection, reader, database }) => {
        for (const [what, ...statements] of unseen) {
          await makeAll(connection, database);
          const earlier = await reader.picture();
          for (const sql of statements) await connection.query(sql);
          const found = changed(earlier, await reader.picture());
          if (found.length > 0) wrong.push([what, found]);
          await connection.query("DROP TEMPORARY TABLE IF EXISTS t");
        }
      });

      expect(wrong).toEqual([]);
    });

    test("is the same whatever the session that asks has set", async () => {
      const settings = "SET sql_mode = 'ANSI_QUOTES', time_zone = '+05:00', sql_quote_show_create = 0, NAMES latin1";

      const pictures = await inDatabase(server, async ({ connection, reader, database }) => {
        await makeAll(connection, database);
        const other = await server.connect({ database });
        await other.query(settings);
        const found = [await reader.picture(), await (await schemaReader(other, database)).picture()];
        other.destroy();
        return found;
      });

      expect(pictures[0]!.size).toBe(10);
      expect(pictures[1]).toEqual(pictures[0]);
    });

    test("of a view stays when the table behind it is gone", async () => {
      const found = await inDatabase(server, async ({ connection, reader, database }) => {
        await makeAll(connection, database);
        const earlier = await reader.picture();
        await connection.query("SET foreign_key_checks = 0");
        await connection.query("DROP TABLE t");
        return changed(earlier, await reader.picture());
      });

      expect(found).toEqual(["table:t", "trigger:r"]);
    });

    test("of what is not there is null, also where something else has the name", async () => {
      const names = ["table:v", "view:t", "sequence:t", "table:n", "trigger:n", "procedure:f", "function:p", "event:n"];
      const others = ["package:n", "package_body:n", "library:n", "database:surefoot_no_such_database"];

      const found = await inDatabase(server, async ({ connection, reader, database }) => {
        await makeAll(connection, database);
        return reader.objects([...names, ...others]);
      });

      expect([...found.values()]).toEqual([...names, ...others].map(() => null));
    });
  });
}

interface Place {
  readonly connection: Connection;
  readonly reader: SchemaReader;
  readonly database: string;
}

function inDatabase<T>(server: TestServer, act: (place: Place) => Promise<T>): Promise<T> {
  return server.withDatabase(async (database) => {
    const [connection, looker] = [await server.connect({ database }), await server.connect()];
    try {
      return await act({ connection, reader: await schemaReader(looker, database), database });
    } finally {
      connection.destroy();
      looker.destroy();
    }
  });
}

async function makeAll(connection: Connection, database: string): Promise<void> {
  await connection.query(`DROP DATABASE ${database}`);
  await connection.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  await connection.query(`USE ${database}`);
  for (const sql of start) await connection.query(sql);
}

function changed(left: Picture, right: Picture): readonly string[] {
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].filter((name) => left.get(name) !== right.get(name)).sort();
}
