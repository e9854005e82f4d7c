/** The commands of every day, and failures that come to rest by themselves, on both servers. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { onServer } from "../support/servers.ts";
import { pathOn, withProject } from "../support/server-project.ts";

const users = `-- migrate:up
CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL);
INSERT INTO users (name) VALUES ('a'), ('b');
`;

for (const engine of engineNames)
  await onServer(engine, "runs migrations", (server) => {
    test("up, status, plan, down and up again", () =>
      withProject(
        server,
        { "0001_users": users, "0002_age": "-- migrate:up\nALTER TABLE users ADD COLUMN age INT;\n" },
        async (project) => {
          const planned = await project.json(["plan"]);
          const nothing = await project.schema();
          const applied = await project.json(["up"]);
          const again = await project.json(["up"]);
          const status = await project.json(["status", "--check"]);
          const down = await project.json(["down", "--steps", "2", "--yes"]);
          const after = await project.schema();
          const once = await project.json(["up"]);

          expect(nothing).toEqual([]);
          expect(planned.result["migrations"]).toMatchObject([
            { steps: [{ class: "atomic", undo: { from: "derived" } }, { undo: { from: "covered" } }] },
            { steps: [{ class: "atomic" }] },
          ]);
          expect(applied).toMatchObject({ exit: 0, result: { applied: ["0001_users", "0002_age"] } });
          expect(again.result["outcome"]).toBe("nothing");
          expect(status).toMatchObject({ exit: 0, result: { engine, state: "idle" } });
          expect(down).toMatchObject({ exit: 0, result: { reverted: ["0002_age", "0001_users"] } });
          expect(after).toEqual([]);
          expect(once.exit).toBe(0);
          expect(await project.rows("SELECT id, name, age FROM users")).toEqual([
            { id: 1, name: "a", age: null },
            { id: 2, name: "b", age: null },
          ]);
        },
      ));

    test("create, backfill, constrain in a dbmate file: the last statement fails, and it rolls back by itself", () =>
      withProject(
        server,
        {
          "0001_users": users,
          "0002_logins": `-- migrate:up
CREATE TABLE logins (user_id INT NOT NULL, at DATETIME NOT NULL);
INSERT INTO logins SELECT id, '2026-01-01' FROM users;
INSERT INTO logins SELECT id, '2026-01-01' FROM users;
ALTER TABLE logins ADD UNIQUE KEY one_a_day (user_id, at);
-- migrate:down
DROP TABLE logins;
`,
        },
        async (project) => {
          const { exit, result } = await project.json(["up"]);

          expect(exit).toBe(3);
          expect(result).toMatchObject({
            outcome: "rolled_back",
            state: "idle",
            remaining: [],
            verified: { schema: "equal" },
          });
          expect(await pathOn(project, "0002_logins")).toEqual([
            "idle",
            "preparing",
            "validating_pre",
            "migrating",
            "rolling_back",
            "idle",
          ]);
          expect((await project.schema()).join()).not.toContain("logins");
        },
      ));

    test("one transaction for rows: all or nothing, and the engine takes them back", () =>
      withProject(
        server,
        {
          "0001_users": users,
          "0002_rows": `-- migrate:option transaction=migration
-- migrate:up
UPDATE users SET name = 'x';
INSERT INTO users (id, name) VALUES (1, 'twice');
`,
        },
        async (project) => {
          const { exit, result } = await project.json(["up"]);

          expect(exit).toBe(3);
          expect(result["verified"]).toEqual({ schema: "equal", data: "rolled_back" });
          expect(await project.rows("SELECT DISTINCT name FROM users ORDER BY name")).toEqual([
            { name: "a" },
            { name: "b" },
          ]);
        },
      ));

    test("DDL is refused in one transaction, before anything runs", () =>
      withProject(
        server,
        {
          "0001_t":
            "-- migrate:option transaction=migration\n-- migrate:up\nCREATE TABLE t (a INT);\nINSERT INTO t VALUES (1);\n",
        },
        async (project) => {
          const { exit, result } = await project.json(["up"]);

          expect(exit).toBe(3);
          expect(JSON.stringify(result["failed"])).toContain("it commits by itself");
          expect(await project.schema()).toEqual([]);
        },
      ));

    test("IF NOT EXISTS on a table with rows changed nothing, so its undo is not run", () =>
      withProject(
        server,
        {
          "0001_users": users,
          "0002_t":
            "-- migrate:up\nCREATE TABLE IF NOT EXISTS users (id INT);\n-- migrate:undo DROP TABLE users;\nALTER TABLE nowhere ADD COLUMN x INT;\n",
        },
        async (project) => {
          const { exit } = await project.json(["up"]);

          expect(exit).toBe(3);
          expect(await project.rows("SELECT COUNT(*) AS n FROM users")).toEqual([{ n: 2 }]);
        },
      ));

    test("rows that others wrote into a new table are not dropped with it", () =>
      withProject(
        server,
        {
          "0001_t": `-- migrate:up
CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(5));
-- migrate:undo DROP TABLE t;
INSERT INTO t VALUES (1, 'a');
-- migrate:undo DELETE FROM tt;
ALTER TABLE nowhere ADD COLUMN x INT;
`,
        },
        async (project) => {
          const failed = await project.json(["up"]);
          await project.exec("UPDATE t SET v = 'mine'");
          project.write({
            "0001_t": `-- migrate:up
CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(5));
-- migrate:undo DROP TABLE t;
INSERT INTO t VALUES (1, 'a');
-- migrate:undo SELECT 1;
ALTER TABLE nowhere ADD COLUMN x INT;
`,
          });
          const refused = await project.json(["retry-rollback"]);
          const accepted = await project.json(["retry-rollback", "--allow-data-loss"]);

          expect(failed.exit).toBe(4);
          expect(refused).toMatchObject({ exit: 4, result: { state: "failed" } });
          expect(JSON.stringify(refused.result["error"])).toContain("row(s) of t");
          expect(accepted.exit).toBe(0);
          expect(await project.schema()).toEqual([]);
        },
      ));

    test("a password is never shown", () =>
      withProject(server, { "0001_users": users }, async (project) => {
        const url = project.url.replace(/:\/\/[^@/]*@?/, "://nobody:s3cr3t-w0rd@");
        const { err, out, exit } = await project.cli(["up", "--db", url]);

        expect(exit).not.toBe(0);
        expect(err + out).not.toContain("s3cr3t");
      }));

    test("a session that takes bytes for other characters does not spoil the journal", () =>
      withProject(
        server,
        {
          "0001_é":
            "-- migrate:up\nSET NAMES latin1;\nCREATE TABLE a (id INT COMMENT 'née');\n-- migrate:undo DROP TABLE a; -- où\nSET NAMES utf8mb4;\n",
        },
        async (project) => {
          const up = await project.json(["up"]);
          const down = await project.json(["down", "--yes"]);

          expect(up).toMatchObject({ exit: 0, result: { applied: ["0001_é"] } });
          expect(JSON.stringify((await project.journal()).find(({ event }) => event === "prepared"))).toContain(
            "'née'",
          );
          expect(down).toMatchObject({ exit: 0, result: { reverted: ["0001_é"] } });
        },
      ));

    test("init speaks of no files of SQLite's, and writes no password", () =>
      withProject(server, {}, async (project) => {
        const user = `init_${project.database}`.slice(-32);
        await project.exec(
          `CREATE USER '${user}' IDENTIFIED BY 'p@ss'`,
          `GRANT ALL PRIVILEGES ON \`${project.database}\`.* TO '${user}'`,
        );
        const url = project.url.replace("root@", `${user}:p%40ss@`);
        const config = join(project.folder, "surefoot.config.json");

        const { exit, out, err } = await project.cli(["init", "--db", url]);
        const written = readFileSync(config, "utf8");
        rmSync(config);
        const without = await project.cli(["init"]);

        expect([exit, without.exit]).toEqual([0, 0]);
        expect(out + without.out).not.toContain("surefoot-lock");
        expect(out).toContain("MYSQL_PWD");
        expect(without.out).not.toContain("MYSQL_PWD");
        expect(out + err + written).not.toContain("p%40ss");
        expect(JSON.parse(written)).toEqual({ database: project.url.replace("root@", `${user}@`) });
        expect(JSON.parse(readFileSync(config, "utf8"))).toEqual({ database: project.url });
        await project.exec(`DROP USER '${user}'`);
      }));

    test("session settings end with the migration", () =>
      withProject(
        server,
        {
          "0001_a":
            "-- migrate:up\nSET SESSION sql_mode = '';\nSET @x = 1;\nCREATE TEMPORARY TABLE tmp (a INT);\nINSERT INTO tmp VALUES (1);\nCREATE TABLE a (mode TEXT, x INT);\nINSERT INTO a SELECT @@sql_mode, @x;\n",
          "0002_b": "-- migrate:up\nINSERT INTO a SELECT @@sql_mode, @x;\n",
        },
        async (project) => {
          expect((await project.json(["up"])).exit).toBe(0);
          const [first, second] = await project.rows("SELECT mode, x FROM a");
          expect(first).toEqual({ mode: "", x: 1 });
          expect(second?.["mode"]).not.toBe("");
          expect(second?.["x"]).toBeNull();
        },
      ));
  });
