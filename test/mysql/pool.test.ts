/** A mysql2 pool of an application as the database: its sessions are used and not spoilt, and it stays open. */
import { createPool as createCallbackPool } from "mysql2";
import type { Pool, PoolOptions, RowDataPacket } from "mysql2/promise";
import { createPool } from "mysql2/promise";
import { expect, test } from "vitest";
import { createRunner } from "../../packages/runner/src/index.ts";
import type { MysqlPool } from "../../packages/runner/src/index.ts";
import { MysqlDatabase } from "../../packages/runner/src/mysql/database.ts";
import { up } from "../../packages/runner/src/up.ts";
import { engineNames } from "../../scripts/servers/engine.ts";
import { soon } from "../faults/server-trial.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";

const files = {
  "0001_t": "-- migrate:up\nCREATE TABLE t (id INT PRIMARY KEY, v INT);\nINSERT INTO t VALUES (1, 0), (2, 5);\n",
  // Finds one row that it would change, and one that is so already.
  "0002_v": `-- migrate:up
SET @x = 5;
UPDATE t SET v = @x;
-- migrate:undo UPDATE t SET v = 0;
CREATE TABLE seen (mode TEXT, x INT);
INSERT INTO seen SELECT @@sql_mode, @x;
`,
};

async function withPool(
  { url }: ServerProject,
  options: PoolOptions,
  act: (pool: Pool) => Promise<void>,
): Promise<void> {
  const pool = createPool({ uri: url.replace(/^\w+:/, "mysql:"), ...options });
  try {
    await act(pool);
  } finally {
    await pool.end();
  }
}

for (const engine of engineNames)
  await onServer(engine, "with a pool", (server) => {
    test("migrates through the pool's sessions, and the application goes on with a clean pool", () =>
      withProject(server, files, (project) =>
        withPool(project, { connectionLimit: 4, waitForConnections: true }, async (pool) => {
          await pool.query("SET @x = 1, SESSION sql_mode = 'ANSI'");
          const runner = createRunner({ database: pool, migrations: project.migrations });

          const done = await runner.up();
          const again = await runner.up();
          const status = await runner.status();
          await runner.close();

          expect(done).toMatchObject({ exit: 0, applied: ["0001_t", "0002_v"] });
          expect(again).toMatchObject({ exit: 0, outcome: "nothing" });
          expect(status).toMatchObject({ engine, state: "idle", pending: [] });
          const [seen] = await project.rows("SELECT seen.x, seen.mode = @@GLOBAL.sql_mode AS same FROM seen");
          expect(seen).toEqual({ x: 5, same: 1 });
          // Every one of its connections can be had, and none has a trace of the migration.
          const connections = await Promise.all([1, 2, 3, 4].map(() => pool.getConnection()));
          for (const connection of connections) {
            const [[row]] = await connection.query<RowDataPacket[]>("SELECT @x AS x, CONNECTION_ID() AS id");
            expect(row?.["x"]).not.toBe(5);
            connection.release();
          }
        }),
      ));

    test("a pool with its own way of reading values, and one of callbacks, read the same journal", () =>
      withProject(server, files, (project) =>
        withPool(
          project,
          {
            bigNumberStrings: true,
            supportBigNumbers: true,
            decimalNumbers: true,
            rowsAsArray: true,
            namedPlaceholders: true,
            typeCast: (field, next) => (field.type === "VAR_STRING" ? "x" : next()),
          },
          async (pool) => {
            const runner = createRunner({ database: pool, migrations: project.migrations });
            const done = await runner.up();
            const again = await runner.up();
            const status = await runner.status();
            const callbacks = createCallbackPool({ uri: project.url.replace(/^\w+:/, "mysql:") });
            const reverted = await createRunner({ database: callbacks, migrations: project.migrations }).down({
              confirm: async () => true,
            });
            callbacks.end(() => undefined);

            expect(done).toMatchObject({ exit: 0, applied: ["0001_t", "0002_v"] });
            expect(again).toMatchObject({ exit: 0, outcome: "nothing" });
            expect(status).toMatchObject({ exit: 0, state: "idle", pending: [] });
            const changed = (await project.journal()).filter(
              ({ event, detail }) => event === "step_applied" && "rowCount" in detail,
            );
            expect(changed.map(({ detail }) => detail["rowCount"])).toContain(1);
            expect(reverted).toMatchObject({ exit: 0, reverted: ["0002_v"] });
          },
        ),
      ));

    test("a pool that has no connection to spare is told, and none is left taken", () =>
      withProject(server, files, (project) =>
        withPool(project, { connectionLimit: 1 }, async (pool) => {
          const database = await MysqlDatabase.ofPool(pool, soon);
          const shop = { database, dir: project.migrations, config: {}, signal: undefined, onEvent: undefined };

          const result = await up(shop, {});

          expect(result).toMatchObject({ exit: 8, error: { code: "DATABASE_LOST" } });
          expect(result.error?.message).toContain("raise its connectionLimit");
          const [rows] = await pool.query("SELECT 1 AS one");
          expect(rows).toEqual([{ one: 1 }]);
          expect(await project.journal()).toEqual([]);
        }),
      ));

    test("a pool that can't connect, or has no database, is an answer and no exception", () =>
      withProject(server, files, async (project) => {
        await withPool({ ...project, url: server.url }, {}, async (pool) => {
          const runner = createRunner({ database: pool, migrations: project.migrations });

          expect(await runner.up()).toMatchObject({ exit: 2, error: { code: "USAGE" } });
        });
        const broken: MysqlPool = {
          getConnection: () => Promise.reject(Object.assign(new Error("no"), { code: "ECONNREFUSED" })),
        };
        const runner = createRunner({ database: broken, migrations: project.migrations });

        expect(await runner.status()).toMatchObject({ exit: 8, error: { code: "DATABASE_LOST" } });
      }));
  });
