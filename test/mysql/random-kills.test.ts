/**
 * A runner, its session or the whole server is killed at a random moment of `up`, and after one more `up` everything is
 * applied, or a person is needed and told which steps remain. SUREFOOT_SERVER_KILLS says how many for each engine; the moments
 * come from a fixed seed.
 */
import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { bin } from "../support/kill.ts";
import { random } from "../support/random.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import type { OwnServer } from "../support/servers.ts";
import { onOwnServer } from "../support/servers.ts";

const killCount = Number(process.env["SUREFOOT_SERVER_KILLS"] ?? "9");

const files = {
  "0001_t":
    "-- migrate:up\nCREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL);\nINSERT INTO t (a) VALUES (1), (2), (3);\n",
  "0002_more": `-- migrate:up
CREATE TABLE u (id INT PRIMARY KEY);
ALTER TABLE t ADD COLUMN b INT;
UPDATE t SET b = a WHERE SLEEP(0.05) = 0;
-- migrate:undo UPDATE t SET b = NULL;
ALTER TABLE t ADD COLUMN c CHAR(20) NOT NULL DEFAULT 'c', ALGORITHM = COPY;
CREATE INDEX t_b ON t (b);
-- migrate:undo DROP INDEX t_b ON t;
DROP TABLE u;
`,
  "0003_last": "-- migrate:up\nINSERT INTO t (a, b) VALUES (4, 4);\nCREATE TABLE w (id INT PRIMARY KEY);\n",
} as const;

type Kind = "runner" | "session" | "server";

async function upKilled(server: OwnServer, project: ServerProject, kind: Kind, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [bin, "up", "--reconnect", "20s", "--db", project.url], {
    cwd: project.folder,
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  await setTimeout(afterMs);
  if (kind === "runner") child.kill("SIGKILL");
  if (kind === "session") for (const session of await project.sessions()) await project.kill(session);
  if (kind === "server") {
    await server.kill();
    await server.restart();
  }
  await ended;
}

for (const engine of engineNames)
  await onOwnServer(engine, "and random kills", (server) => {
    test(`${killCount} kills end whole, or in the hands of a person`, { timeout: killCount * 60_000 }, async () => {
      const next = random(engine.length);
      const ends = { applied: 0, person: 0 };
      for (let nth = 0; nth < killCount; nth++) {
        const kind = (["runner", "session", "server"] as const)[nth % 3] ?? "runner";
        const afterMs = 250 + Math.floor(next() * 900);
        const label = `kill ${nth}: ${kind} after ${afterMs} ms`;
        await withProject(server, files, async (project) => {
          await upKilled(server, project, kind, afterMs);
          const { exit, result } = await project.json(["up"]);

          if (exit === 4) {
            expect((result["remaining"] as readonly unknown[]).length, label).toBeGreaterThan(0);
            ends.person++;
            return;
          }
          expect({ exit, state: result["state"] }, `${label}: ${JSON.stringify(result["error"])}`).toEqual({
            exit: 0,
            state: "idle",
          });
          expect(await project.rows("SELECT a, b, c FROM t ORDER BY a"), label).toEqual([
            { a: 1, b: 1, c: "c" },
            { a: 2, b: 2, c: "c" },
            { a: 3, b: 3, c: "c" },
            { a: 4, b: 4, c: "c" },
          ]);
          const schema = (await project.schema()).join("\n");
          expect(schema, label).toContain("`w`");
          expect(schema, label).not.toContain("`u`");
          ends.applied++;
        });
      }
      console.log(
        `${engine}: ${killCount} kills: ${ends.applied} applied afterwards, ${ends.person} in the hands of a person`,
      );
      expect(ends.applied + ends.person).toBe(killCount);
      expect(ends.applied).toBeGreaterThan(killCount / 2);
    });
  });
