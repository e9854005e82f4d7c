import { expect, test } from "vitest";
import { createRunner } from "../../packages/runner/src/index.ts";
import type { Progress, SqliteHandle } from "../../packages/runner/src/index.ts";
import {
  downResultSchema,
  planResultSchema,
  restResultSchema,
  statusResultSchema,
  transitionLineSchema,
  upResultSchema,
} from "../../packages/runner/src/schemas.ts";
import { Driver, journalOf, newProject, replay } from "../support/project.ts";

const files = {
  "0001_users": "-- migrate:up\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n-- migrate:undo DROP TABLE users;\n",
  "0002_orders": "-- migrate:up\nCREATE TABLE orders (id INTEGER PRIMARY KEY);\n-- migrate:undo DROP TABLE orders;\n",
};

test("an application embeds it with its own handle, is told what happens, and keeps its handle", async () => {
  const project = newProject(files);
  const handle = new Driver(project.db);
  const events: Progress[] = [];
  const runner = createRunner({
    database: handle as unknown as SqliteHandle,
    migrations: project.migrations,
    onEvent: (event) => events.push(event),
  });

  const up = await runner.up();
  const status = await runner.status();
  const plan = await runner.plan();
  const reverted = await runner.down({ confirm: async () => true });
  const recovered = await runner.recover();
  await runner.close();

  expect(upResultSchema.parse(up)).toMatchObject({
    exit: 0,
    outcome: "applied",
    applied: ["0001_users", "0002_orders"],
  });
  expect(statusResultSchema.parse(status)).toMatchObject({ state: "idle", pending: [] });
  expect(planResultSchema.parse(plan).migrations).toEqual([]);
  expect(downResultSchema.parse(reverted)).toMatchObject({ exit: 0, reverted: ["0002_orders"] });
  expect(restResultSchema.parse(recovered)).toMatchObject({ exit: 0, outcome: "nothing" });
  const moves = events.filter(({ type }) => type === "transition");
  expect(moves.length).toBeGreaterThan(10);
  for (const move of moves) transitionLineSchema.parse(move);
  expect(handle.prepare("SELECT name FROM sqlite_schema WHERE name = 'users'").get()).toEqual({ name: "users" });
  await expect(runner.up()).rejects.toThrow("closed");
  handle.close();
});

test("an AbortSignal brings the migration under way to rest", async () => {
  const steps = Array.from(
    { length: 50 },
    (_, index) => `CREATE TABLE t${index} (id INTEGER);\n-- migrate:undo DROP TABLE t${index};\n`,
  );
  const project = newProject({ "0001_many": `-- migrate:option transaction=step\n-- migrate:up\n${steps.join("")}` });
  const stop = new AbortController();
  const runner = createRunner({
    database: `sqlite:${project.db}`,
    migrations: project.migrations,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === "step" && event.step === 10) stop.abort();
    },
  });

  const result = await runner.up();

  expect(result).toMatchObject({ exit: 130, outcome: "interrupted", state: "idle", applied: [] });
  expect(project.schema()).toEqual([]);
});

test("a handle with a transaction open is refused, and the transaction stays", async () => {
  const project = newProject(files, "nothing");
  const handle = new Driver(project.db);
  handle.exec("BEGIN; CREATE TABLE mine (id INTEGER)");
  const runner = createRunner({ database: handle as unknown as SqliteHandle, migrations: project.migrations });

  const result = await runner.up();

  expect(result).toMatchObject({ exit: 2, error: { code: "USAGE" } });
  expect(handle.inTransaction).toBe(true);
  handle.exec("ROLLBACK");
  handle.close();
});

test("a handle that sees an older state is not told that there is nothing to do", async () => {
  const project = newProject(files);
  project.exec("PRAGMA journal_mode = WAL");
  await project.cli(["up"]);
  const handle = new Driver(project.db);
  handle.exec("BEGIN");
  handle.prepare("SELECT 1 FROM sqlite_schema").get();
  const down = await project.cli(["down", "--yes"]);
  const runner = createRunner({ database: handle as unknown as SqliteHandle, migrations: project.migrations });

  const result = await runner.up();

  expect(down.exit).toBe(0);
  expect(result).toMatchObject({ exit: 2, error: { code: "USAGE" } });
  expect(handle.inTransaction).toBe(true);
  handle.close();
});

test("a handle whose integers are BigInts is read all the same, and dropping a table takes no rows elsewhere along", async () => {
  const project = newProject({
    "0001_users":
      "-- migrate:allow no-foreign-key: the test is about one\n-- migrate:up\n" +
      "CREATE TABLE users (id INTEGER PRIMARY KEY);\n" +
      "CREATE TABLE orders (user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);\n" +
      "INSERT INTO users VALUES (1);\nINSERT INTO orders VALUES (1);\n",
    "0002_rebuild":
      "-- migrate:up\nCREATE TABLE users_2 (id INTEGER PRIMARY KEY, name TEXT);\n" +
      "INSERT INTO users_2 SELECT id, NULL FROM users;\nDROP TABLE users;\nALTER TABLE users_2 RENAME TO users;\n",
  });
  const handle = new Driver(project.db);
  (handle as unknown as { defaultSafeIntegers(on: boolean): void }).defaultSafeIntegers(true);
  handle.pragma("foreign_keys = ON");
  const runner = createRunner({ database: handle as unknown as SqliteHandle, migrations: project.migrations });

  const first = await runner.up();
  const second = await runner.up();
  const status = await runner.status();

  expect([first.outcome, second.outcome]).toEqual(["applied", "nothing"]);
  expect(status).toMatchObject({ state: "idle", pending: [], error: null });
  expect(handle.prepare("SELECT user_id AS id FROM orders").all()).toEqual([{ id: 1n }]);
  expect(handle.pragma("foreign_keys", { simple: true })).toBe(1n);
  handle.close();
});

test("a database in memory can be migrated through its handle", async () => {
  const project = newProject(files, "nothing");
  const handle = new Driver(":memory:");
  const runner = createRunner({ database: handle as unknown as SqliteHandle, migrations: project.migrations });

  const first = await runner.up();
  const second = await runner.up();

  expect([first.outcome, second.outcome]).toEqual(["applied", "nothing"]);
  replay(journalOf(handle));
  handle.close();
});
