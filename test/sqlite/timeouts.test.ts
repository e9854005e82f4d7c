/** SQLite can wait for locks as long as it is told, and can't end a statement that is running. */
import { expect, test } from "vitest";
import { Driver, newProject } from "../support/project.ts";

const table = "-- migrate:up\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n";

test("the transaction of a migration waits for its lock as long as lock_timeout says", async () => {
  const project = newProject({ "0001_t": table });
  await project.cli(["up"]);
  project.write({
    "0002_u": "-- migrate:option lock_timeout=50ms\n-- migrate:up\nCREATE TABLE u (id INTEGER);\n",
  });
  const other = new Driver(project.db);
  other.exec("BEGIN IMMEDIATE");
  const begin = performance.now();

  const { result } = await project.json(["up"]);
  const tookMs = performance.now() - begin;
  other.exec("ROLLBACK");
  other.close();

  expect(JSON.stringify(result["error"])).toContain("locked");
  // By default it would be five seconds.
  expect(tookMs).toBeLessThan(5_000);
  expect(await project.json(["up"])).toMatchObject({ exit: 0, result: { applied: ["0002_u"] } });
});

test("that `timeout` has no effect is said by `plan` and by `up`", async () => {
  const project = newProject({
    "0001_t": "-- migrate:up\n-- migrate:option timeout=1s\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n",
  });

  const planned = await project.json(["plan"]);
  const { lines } = await project.json(["up"]);

  const message = expect.stringMatching(/0001_t\.sql:3: `timeout` has no effect/) as unknown;
  expect(planned.result["migrations"]).toMatchObject([{ warnings: [message] }]);
  expect(lines).toContainEqual({ type: "note", code: "file", message });
});
