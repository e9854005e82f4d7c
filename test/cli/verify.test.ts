import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRunner } from "../../packages/runner/src/index.ts";
import type { SqliteHandle } from "../../packages/runner/src/index.ts";
import { verifyResultSchema } from "../../packages/runner/src/schemas.ts";
import type { Project } from "../support/project.ts";
import { Driver, newProject } from "../support/project.ts";

const step = "-- migrate:option transaction=step\n";
let before: readonly string[] = [];

const scratchFolders = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith("surefoot-verify-"));

beforeAll(() => {
  before = scratchFolders();
});

afterAll(() => {
  expect(scratchFolders()).toEqual(before);
});

/** Runs `verify`, holds its result against the schema, and makes sure that nothing in the project was touched. */
async function verify(project: Project, ...args: readonly string[]) {
  const look = (): unknown => [
    readdirSync(project.folder),
    existsSync(project.db) ? readFileSync(project.db).toString("base64") : null,
  ];
  const untouched = look();

  const { exit, result } = await project.json(["verify", ...args]);

  expect(look()).toEqual(untouched);
  return { exit, result: verifyResultSchema.parse(result), said: result };
}

test("every rollback that is promised is tried, and those that nobody promises are told", async () => {
  const project = newProject(
    {
      "0001_a": `${step}-- migrate:up
CREATE TABLE a (id INTEGER PRIMARY KEY, n INT);
INSERT INTO a VALUES (1, 2);
CREATE INDEX a_n ON a (n);
`,
      "0002_b": `${step}-- migrate:up
ALTER TABLE a ADD COLUMN m INT;
DELETE FROM a WHERE n = 2;
CREATE VIEW v AS SELECT m FROM a;
`,
      "0003_c": "-- migrate:up\nDROP VIEW v;\nDELETE FROM a;\n-- migrate:down\nCREATE VIEW v AS SELECT m FROM a;\n",
    },
    "nothing",
  );

  const { exit, result } = await verify(project);

  const real = (after: number, by: string) => ({ after, by, verdict: "real", message: null });
  expect(exit).toBe(0);
  expect(result.error).toBeNull();
  expect(result.migrations).toMatchObject([
    {
      id: "0001_a",
      steps: 3,
      up: { works: true },
      rollbacks: [real(1, "undos"), real(2, "undos"), real(3, "undos")],
      down: { by: "undos", verdict: "real" },
    },
    {
      id: "0002_b",
      rollbacks: [
        real(1, "undos"),
        { after: 2, by: null, verdict: "none", message: "step 2 has no undo: the rows are lost" },
        { after: 3, verdict: "none" },
      ],
      down: { by: null, verdict: "none" },
    },
    { id: "0003_c", rollbacks: [real(1, "engine"), real(2, "engine")], down: { by: "down", verdict: "real" } },
  ]);
});

test.each([
  [
    "its undo fails",
    "ALTER TABLE old ADD COLUMN m INT;\n-- migrate:undo ALTER TABLE old DROP COLUMN mm;\n",
    "after step 1 it is not rolled back as promised: The undo of step 1 failed",
  ],
  [
    "its undo leaves an object behind",
    "CREATE TABLE x (id);\n-- migrate:undo ALTER TABLE x RENAME TO x_old;\n",
    "table:x_old",
  ],
  [
    "its undo leaves rows behind",
    "CREATE TABLE x (id);\nINSERT INTO kept VALUES (2);\n-- migrate:undo DELETE FROM kept WHERE id = 3;\n",
    "after step 2 it is not rolled back as promised: Not as before the migration: rows of kept",
  ],
  [
    "the down section leaves something behind",
    "CREATE TABLE x (id);\nCREATE TABLE y (id);\n-- migrate:down\nDROP TABLE x;\n",
    "after step 2 it is not rolled back as promised",
  ],
])("a rollback is not real where %s", async (_, up, message) => {
  const project = newProject(
    {
      "0001_kept": "-- migrate:up\nCREATE TABLE kept (id);\nINSERT INTO kept VALUES (1);\n",
      "0002_main": `${step}-- migrate:up\n${up}`,
      "0003_more": "-- migrate:up\nCREATE TABLE more (id);\n",
    },
    "nothing",
  );
  project.exec("CREATE TABLE old (id)");

  const { exit, result } = await verify(project);

  expect(exit).toBe(3);
  expect(result.error).toMatchObject({
    code: "VERIFY_FAILED",
    message: expect.stringContaining(message) as string,
    file: expect.stringContaining("0002_main.sql") as string,
  });
  // What runs goes on being tried.
  expect(result.migrations[2]).toMatchObject({ id: "0003_more", up: { works: true } });
});

test("a down section that does not lead back is told, also where the engine takes failures back", async () => {
  const project = newProject(
    { "0001_a": "-- migrate:up\nCREATE TABLE a (id);\nCREATE TABLE b (id);\n-- migrate:down\nDROP TABLE b;\n" },
    "nothing",
  );

  const { exit, result } = await verify(project);

  expect(exit).toBe(3);
  expect(result.error?.message).toBe("0001_a: it is not reverted as promised: not as before the migration: table:a");
  expect(result.migrations[0]?.rollbacks).toMatchObject([{ verdict: "real" }, { verdict: "real" }]);
});

test("a migration that does not run is told with its step, and what comes after it is not tried", async () => {
  const project = newProject(
    {
      "0001_a": `${step}-- migrate:up\nCREATE TABLE a (id);\nCREATE TABLE b (id);\nINSERT INTO nowhere VALUES (1);\n`,
      "0002_b": "-- migrate:up\nCREATE TABLE c (id);\n",
    },
    "nothing",
  );

  const { exit, result } = await verify(project);

  expect(exit).toBe(3);
  expect(result.error?.message).toContain("Step 3 (line 5) failed: no such table: nowhere");
  expect(result.migrations).toMatchObject([
    {
      up: { works: false },
      rollbacks: [
        { after: 1, verdict: "real" },
        { after: 2, verdict: "real" },
      ],
      down: null,
    },
    { up: null, notTried: "it comes after 0001_a" },
  ]);
});

test.each([
  ["ATTACH 'beside.db' AS beside", "none"],
  ["INSERT INTO beside.t VALUES (1)", "migration"],
  ["VACUUM INTO 'beside.db'", "none"],
])("what would reach outside is not tried: %s", async (sql, transaction) => {
  const project = newProject(
    {
      "0001_a": "-- migrate:up\nCREATE TABLE a (id);\n",
      "0002_out": `-- migrate:option transaction=${transaction}\n-- migrate:up\nCREATE TABLE b (id);\n${sql};\n`,
      "0003_c": "-- migrate:up\nCREATE TABLE c (id);\n",
    },
    "nothing",
  );

  const { exit, result } = await verify(project);

  expect(exit).toBe(0);
  expect(result.migrations).toMatchObject([
    { up: { works: true }, notTried: null },
    { up: null, notTried: "step 2 (line 4) reaches outside: another database file" },
    { up: null, notTried: "it comes after 0002_out" },
  ]);
  expect(existsSync("beside.db")).toBe(false);
});

test("a check that needs rows does not stand in the way, and is told", async () => {
  const project = newProject(
    {
      "0001_a":
        "-- migrate:pre there are users\nSELECT COUNT(*) FROM users;\n-- migrate:up\nALTER TABLE users ADD COLUMN n INT;\n" +
        "-- migrate:post all have one\nSELECT COUNT(*) > 0 FROM users;\n",
    },
    "nothing",
  );
  project.exec("CREATE TABLE users (id); INSERT INTO users VALUES (1)");

  const { exit, result } = await verify(project);

  expect(exit).toBe(0);
  expect(result.migrations[0]?.up?.works).toBe(true);
  expect(result.migrations[0]?.notes).toEqual([
    expect.stringContaining("Without the rows of the database: The check “there are users”") as string,
  ]);
});

test("what would be refused is told as what does not work", async () => {
  const project = newProject({ "0001_a": "-- migrate:up\nCREATE TABLE a (id);\nCOMMIT;\n" }, "nothing");

  const { exit, result } = await verify(project);

  expect(exit).toBe(3);
  expect(result.migrations[0]?.up).toMatchObject({
    works: false,
    message: expect.stringContaining("0001_a.sql:3: COMMIT: Surefoot itself begins and ends") as string,
  });
});

test("only what is pending is tried, on the schema without its rows; from empty every file is", async () => {
  const project = newProject({ "0001_a": "-- migrate:up\nCREATE TABLE a (id);\n" });
  await project.json(["up"]);
  project.exec("INSERT INTO a VALUES (1), (1)");
  project.write({ "0002_b": "-- migrate:up\nCREATE UNIQUE INDEX a_id ON a (id);\n" });

  const pending = await verify(project);
  const all = await verify(project, "--from-empty");

  expect(pending.result.migrations.map(({ id }) => id)).toEqual(["0002_b"]);
  expect(all.result.migrations.map(({ id }) => id)).toEqual(["0001_a", "0002_b"]);
  expect([pending.exit, all.exit, pending.result.from, all.result.from]).toEqual([0, 0, "schema", "nothing"]);
});

test("a database in the middle of something is no beginning", async () => {
  const project = newProject({
    "0001_a": `${step}-- migrate:up\nCREATE TABLE a (id);\n-- migrate:undo none: on purpose\nINSERT INTO nowhere VALUES (1);\n`,
  });
  await project.json(["up"]);

  const { exit, result } = await verify(project);

  expect(exit).toBe(2);
  expect(result).toMatchObject({
    error: { code: "NOT_APPLICABLE" },
    next: ["surefoot explain", "surefoot verify --from-empty"],
  });
});

test("a schema that can't be built anew says so", async () => {
  const project = newProject({ "0001_a": "-- migrate:up\nCREATE TABLE a (id);\n" }, "nothing");
  const handle = new Driver(":memory:");
  const define = handle as unknown as { function(name: string, options: object, act: (n: unknown) => unknown): void };
  define.function("twice", { deterministic: true }, (n) => n);
  handle.exec("CREATE TABLE t (a, b AS (twice(a)))");
  const runner = createRunner({ database: handle as unknown as SqliteHandle, migrations: project.migrations });

  const schema = await runner.verify();
  const empty = await runner.verify({ fromEmpty: true });
  handle.close();

  expect(schema).toMatchObject({ exit: 2, error: { code: "NOT_APPLICABLE" } });
  expect(schema.error?.message).toContain("twice");
  expect(empty.exit).toBe(0);
});

test("on servers a scratch server must be named, and on SQLite none, which it says before it reads anything", async () => {
  const project = newProject({}, "nothing");

  const scratch = await project.cli(["verify", "--scratch", "sqlite:other.db"]);
  const variable = await project.cli(["verify"], { env: { SUREFOOT_SCRATCH_URL: "mysql://root@127.0.0.1:9/" } });
  const server = await project.cli(["verify", "--db", "mysql://root@127.0.0.1:9/app"]);

  expect([scratch.exit, variable.exit, server.exit]).toEqual([2, 0, 2]);
  expect(scratch.err).toContain("--scratch is for servers");
  expect(server.err).toContain("--scratch mysql://USER:PASSWORD@HOST:3306/, or SUREFOOT_SCRATCH_URL");
});

test("many steps are tried at both ends, and that is told", async () => {
  const inserts = Array.from({ length: 120 }, (_, index) => `INSERT INTO a VALUES (${index});`).join("\n");
  const project = newProject({ "0001_a": `-- migrate:up\nCREATE TABLE a (id);\n${inserts}\n` }, "nothing");

  const { result } = await verify(project);

  const places = result.migrations[0]?.rollbacks.map(({ after }) => after);
  expect([places?.length, places?.at(49), places?.at(50), places?.at(-1)]).toEqual([100, 50, 72, 121]);
  expect(result.migrations[0]?.notes).toEqual([
    "Of 121 steps, failures after the first 50 and the last 50 were tried.",
  ]);
});

test("stopped by a signal it answers 130 and leaves nothing behind", async () => {
  const project = newProject({ "0001_a": "-- migrate:up\nCREATE TABLE a (id);\n" }, "nothing");
  const stop = new AbortController();
  const runner = createRunner({
    database: `sqlite:${project.db}`,
    migrations: project.migrations,
    signal: stop.signal,
    onEvent: () => stop.abort(),
  });

  const result = await runner.verify();

  expect(result).toMatchObject({ exit: 130, error: { code: "INTERRUPTED" }, migrations: [] });
});

test("it says to people what was tried and what is not as promised", async () => {
  const project = newProject(
    {
      "0001_a": `${step}-- migrate:up\nCREATE TABLE a (id INTEGER PRIMARY KEY, n INT);\nINSERT INTO a VALUES (1, 2);\n`,
      "0002_b": `${step}-- migrate:up\nALTER TABLE a ADD COLUMN m INT;\n-- migrate:undo ALTER TABLE a DROP COLUMN mm;\nDELETE FROM a;\n`,
      "0003_c": "-- migrate:option transaction=none\n-- migrate:up\nATTACH 'x.db' AS x;\n",
    },
    "nothing",
  );

  const { out, err } = await project.cli(["verify"]);
  const none = await newProject({}, "nothing").cli(["verify"]);

  expect(out).toBe(`0001_a
  up: works.
  failure after step 1 to 2: rolled back by the undos of its steps, and everything is as before.
  down: works, and everything is as before.

0002_b
  up: works.
  failure after step 1: NOT ROLLED BACK as promised. The undo of step 1 failed: no such column: "mm". Statement: ALTER TABLE a DROP COLUMN mm.
  failure after step 2: needs a person; step 2 has no undo: the rows are lost.
  down: there is none; step 2 has no undo: the rows are lost.

0003_c
  Not tried: step 1 (line 3) reaches outside: another database file.

Tried 2 migrations on the database's schema without its rows: 3 rollbacks real, 1 not; 1 migration not tried.
`);
  expect(err).toContain("Trying 0001_a…\nTrying 0002_b…\n");
  expect(err).toContain("surefoot: 0002_b: after step 1 it is not rolled back as promised:");
  expect(none.out).toBe("Nothing is pending, so nothing was tried.\n");
});
