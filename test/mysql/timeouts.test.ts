/**
 * `timeout` and `lock_timeout` on both servers: a statement that takes too long is ended, and who holds a lock is named.
 * Servers count lock waits in seconds, and each is tried three times, so these tests wait side by side.
 */
import type { Connection } from "mysql2/promise";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import type { TestServer } from "../support/servers.ts";
import { onServer } from "../support/servers.ts";

const table = "-- migrate:up\nCREATE TABLE t (id INT PRIMARY KEY, v INT);\nINSERT INTO t VALUES (1, 0), (2, 0);\n";

/** Longer than a test may take: without an end of its own it would fail by that. */
const endless = "WHERE SLEEP(100) = 0";

async function holding(
  server: TestServer,
  { database }: ServerProject,
  statements: readonly string[],
  act: (holder: Connection) => Promise<void>,
): Promise<void> {
  const holder = await server.connect({ database });
  try {
    for (const sql of statements) await holder.query(sql);
    await act(holder);
  } finally {
    holder.destroy();
  }
}

for (const engine of engineNames)
  await onServer(engine, "and timeouts", (server) => {
    test.concurrent("a statement that takes longer than its timeout is ended, and the migration is rolled back", () =>
      withProject(
        server,
        {
          "0001_t": table,
          "0002_slow": `-- migrate:up
ALTER TABLE t ADD COLUMN w INT;
-- migrate:option timeout=300ms
UPDATE t SET v = 1 ${endless};
-- migrate:undo UPDATE t SET v = 0;
`,
        },
        async (project) => {
          const { exit, result } = await project.json(["up"]);

          expect(exit).toBe(3);
          expect(result).toMatchObject({ outcome: "rolled_back", failed: { cause: "step_error" } });
          expect(JSON.stringify(result["failed"])).toContain("longer than its timeout of 0.3 s");
          expect(await project.rows("SELECT v FROM t")).toEqual([{ v: 0 }, { v: 0 }]);
          expect((await project.schema()).join()).not.toContain("`w`");
        },
      ));

    test.concurrent("the timeout of the file is that of every step without its own, and an undo has none", () =>
      withProject(
        server,
        {
          "0001_t": table,
          "0002_slow": `-- migrate:option timeout=400ms
-- migrate:up
-- migrate:option timeout=10s
UPDATE t SET v = 1 WHERE SLEEP(0.3) = 0;
-- migrate:undo UPDATE t SET v = 0 WHERE SLEEP(0.3) = 0;
UPDATE t SET v = 2 ${endless};
-- migrate:undo UPDATE t SET v = 1;
`,
        },
        async (project) => {
          const { exit, result } = await project.json(["up"]);

          expect(exit, JSON.stringify(result["error"])).toBe(3);
          expect(JSON.stringify(result["failed"])).toContain("Step 2 (line 6) failed: it took longer");
          expect(await project.rows("SELECT v FROM t")).toEqual([{ v: 0 }, { v: 0 }]);
        },
      ));

    test.concurrent("DDL waits for a metadata lock as long as lock_timeout says, and its holder is named", () =>
      withProject(
        server,
        {
          "0001_t": table,
          "0002_add": "-- migrate:option lock_timeout=1s\n-- migrate:up\nALTER TABLE t ADD COLUMN w INT;\n",
        },
        async (project) => {
          await project.cli(["up", "--to", "0001_t"]);

          await holding(server, project, ["START TRANSACTION", "SELECT * FROM t"], async (holder) => {
            const { exit, result } = await project.json(["up"]);

            expect(exit).toBe(3);
            expect(JSON.stringify(result["failed"])).toContain(`it is blocked by session ${holder.threadId} of root@`);
          });
          expect(await project.json(["up"])).toMatchObject({ exit: 0, result: { applied: ["0002_add"] } });
        },
      ));

    test.concurrent("who holds a table by LOCK TABLES alone is named as well", () =>
      withProject(
        server,
        {
          "0001_t": table,
          "0002_add": "-- migrate:option lock_timeout=1s\n-- migrate:up\nALTER TABLE t ADD COLUMN w INT;\n",
        },
        async (project) => {
          await project.cli(["up", "--to", "0001_t"]);

          await holding(server, project, ["LOCK TABLES t READ"], async (holder) => {
            const { result } = await project.json(["up"]);

            expect(JSON.stringify(result["failed"])).toContain(`session ${holder.threadId} of root@`);
          });
        },
      ));

    test.concurrent("rows are waited for as long, and afterwards the session waits as long as it did before", () =>
      withProject(
        server,
        {
          "0001_t": table,
          "0002_rows": `-- migrate:up
SET SESSION innodb_lock_wait_timeout = 7, lock_wait_timeout = 8;
-- migrate:option lock_timeout=1s
UPDATE t SET v = 1 WHERE id = 1;
-- migrate:undo UPDATE t SET v = 0 WHERE id = 1;
CREATE TABLE seen (row_locks INT, objects INT);
INSERT INTO seen SELECT @@innodb_lock_wait_timeout, @@lock_wait_timeout;
`,
        },
        async (project) => {
          await project.cli(["up", "--to", "0001_t"]);

          await holding(server, project, ["START TRANSACTION", "UPDATE t SET v = 5 WHERE id = 1"], async (holder) => {
            const { exit, result } = await project.json(["up"]);

            expect(exit).toBe(3);
            expect(JSON.stringify(result["failed"])).toContain(`blocked by session ${holder.threadId}`);
          });
          expect((await project.json(["up"])).exit).toBe(0);
          expect(await project.rows("SELECT * FROM seen")).toEqual([{ row_locks: 7, objects: 8 }]);
        },
      ));

    test.concurrent("`down` keeps to the timeouts of its file, as the journal has them", () =>
      withProject(
        server,
        {
          "0001_t": table,
          "0002_slow": `-- migrate:option timeout=300ms
-- migrate:up
UPDATE t SET v = 1;
-- migrate:undo UPDATE t SET v = 0 ${endless};
`,
        },
        async (project) => {
          await project.cli(["up"]);
          const { exit, result } = await project.json(["down", "--yes"]);

          expect(exit).toBe(3);
          expect(JSON.stringify(result["failed"])).toContain("longer than its timeout");
          expect(await project.rows("SELECT DISTINCT v FROM t")).toEqual([{ v: 1 }]);
        },
      ));
  });
