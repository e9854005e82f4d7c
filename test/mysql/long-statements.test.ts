/** Who watches a statement that takes long is told that it is still running, and at what the server says it is. */
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import type { Progress } from "../../packages/runner/src/progress.ts";
import { timing } from "../../packages/runner/src/mysql/timing.ts";
import { up } from "../../packages/runner/src/up.ts";
import { databaseAt } from "../faults/server-trial.ts";
import { withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";

for (const engine of engineNames)
  await onServer(engine, "and a statement that takes long", (server) => {
    test("it is told again and again until it has ended, with its state", () =>
      withProject(
        server,
        {
          "0001_t": "-- migrate:up\nCREATE TABLE t (id INT PRIMARY KEY, v INT);\nINSERT INTO t VALUES (1, 0);\n",
          "0002_waits": "-- migrate:up\nUPDATE t SET v = GET_LOCK('surefoot_test_gate', 60);\n",
        },
        async (project) => {
          const holder = await server.connect({ database: project.database });
          await holder.query("SELECT GET_LOCK('surefoot_test_gate', 0)");
          const told: string[] = [];
          const onEvent = (event: Progress): void => {
            if (event.type !== "waiting" || event.for !== "statement") return;
            told.push(event.message);
            // The second word on it lets it go on.
            if (told.length === 2) holder.destroy();
          };

          const shop = {
            database: databaseAt(project.url, { ...timing, tellMs: 300 }),
            dir: project.migrations,
            config: {},
            signal: undefined,
          };
          const result = await up({ ...shop, onEvent }, {});

          expect(result).toMatchObject({ outcome: "applied", error: null });
          expect(told.length).toBeGreaterThanOrEqual(2);
          expect(told[0]).toMatch(/^Still running, \d+ s: User lock\.$/);
        },
      ));
  });
