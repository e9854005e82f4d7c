import { expect, test } from "vitest";
import { SqliteDatabase } from "../../packages/runner/src/sqlite/adapter.ts";
import { up } from "../../packages/runner/src/up.ts";
import { overriding, withSessions } from "../../packages/runner/src/wrapped.ts";
import { newProject, pathOf } from "../support/project.ts";

const file =
  "-- migrate:option transaction=step\n-- migrate:up\nCREATE TABLE t (id INTEGER);\n-- migrate:undo DROP TABLE t;\nCREATE TABLE u (id INTEGER);\n-- migrate:undo DROP TABLE u;\n";

test("after three crashes in a row a migration is not begun a fourth time, until an operator says so", async () => {
  const project = newProject({ "0001_t": file });
  const die = async (): Promise<void> => {
    // Dies when the second step is run, whatever recovery had to do before it.
    let seen = 0;
    const inner = new SqliteDatabase({ path: project.db });
    const database = withSessions(inner, (session) =>
      overriding(session, {
        run: async (...args: Parameters<typeof session.run>) => {
          if (args[0].startsWith("CREATE TABLE u") && seen++ === 0) {
            await session.close();
            throw new Error("the process has died");
          }
          return session.run(...args);
        },
      }),
    );
    await up(
      { database, dir: project.migrations, config: {}, signal: undefined, onEvent: undefined },
      { reconnectMs: 0 },
    );
  };

  for (let count = 0; count < 3; count++) await die();
  const stopped = await project.json(["up"]);
  const again = await project.json(["up"]);
  const status = await project.json(["status", "--check"]);
  const retried = await project.json(["retry"]);

  expect(stopped).toMatchObject({ exit: 4, result: { state: "failed", failed: { cause: "crash_loop" } } });
  expect(pathOf(project, "0001_t").slice(0, 3)).toEqual(["idle", "preparing", "validating_pre"]);
  expect(again.exit).toBe(4);
  expect(status).toMatchObject({ exit: 4, result: { clean: true, cause: "crash_loop" } });
  expect(retried).toMatchObject({ exit: 0, result: { applied: ["0001_t"] } });
});
