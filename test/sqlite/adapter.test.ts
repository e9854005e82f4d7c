/** What SQLite itself can do to a migration, and what people do to SQLite files. */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { killDuring } from "../support/kill.ts";
import { Driver, newProject } from "../support/project.ts";

const table = "-- migrate:up\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\n-- migrate:undo DROP TABLE t;\n";

test("a statement that ends the transaction fails the migration, also as the very first one", async () => {
  const project = newProject({
    "0001_t":
      "-- migrate:up\nCREATE TABLE t (id INTEGER PRIMARY KEY);\nINSERT INTO t VALUES (1);\nINSERT OR ROLLBACK INTO t VALUES (1);\n",
  });

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(3);
  expect(result).toMatchObject({ state: "idle", outcome: "rolled_back", verified: { schema: "exact" } });
  expect(project.schema()).toEqual([]);
  expect(project.journal().length).toBeGreaterThan(0);
});

test("INSERT OR FAIL as the first step leaves none of its rows", async () => {
  const project = newProject({ "0001_t": "-- migrate:up\nINSERT OR FAIL INTO t VALUES (1), (2), (1);\n" });
  project.exec("CREATE TABLE t (id INTEGER PRIMARY KEY)");

  const { exit } = await project.json(["up"]);

  expect(exit).toBe(3);
  expect(project.rows("SELECT * FROM t")).toEqual([]);
});

test("a full-text table that was filled is taken back although SQLite can't commit afterwards", async () => {
  const project = newProject({
    "0001_f":
      "-- migrate:up\nCREATE VIRTUAL TABLE f USING fts5(a);\nINSERT INTO f VALUES ('x');\nINSERT INTO nowhere VALUES (1);\n",
  });

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(3);
  expect(result).toMatchObject({ state: "idle", failed: { cause: "step_error" } });
  expect(project.schema()).toEqual([]);
});

const orphan =
  "CREATE TABLE c (x INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);\n-- migrate:undo DROP TABLE c;\nINSERT INTO c VALUES (7);\n-- migrate:undo DELETE FROM c;\n";

test.each([
  ["migration", [], "commit_failed"],
  ["migration", ["--atomic"], "commit_failed"],
  ["step", [], "step_error"],
] as const)(
  "a deferred key that points to nothing refuses the commit: transaction=%s %j",
  async (mode, flags, cause) => {
    const project = newProject({
      "0001_c": `-- migrate:allow no-foreign-key: that is what is tested\n-- migrate:option transaction=${mode}\n-- migrate:up\n${orphan}`,
    });
    project.exec("CREATE TABLE p (id INTEGER PRIMARY KEY)");

    const { exit, result } = await project.json(["up", ...flags]);

    expect(exit).toBe(3);
    expect(result).toMatchObject({ state: "idle", outcome: "rolled_back", failed: { cause } });
    expect(project.schema()).toEqual(["table p CREATE TABLE p (id INTEGER PRIMARY KEY)"]);
  },
);

test("--atomic keeps all or nothing, and tells what stopped it", async () => {
  const project = newProject({
    "0001_t": table,
    "0002_u":
      "-- migrate:up\nCREATE TABLE u (id INTEGER);\n-- migrate:undo DROP TABLE u;\nINSERT INTO nowhere VALUES (1);\n",
  });

  const failed = await project.json(["up", "--atomic"]);
  const schema = project.schema();
  project.write({ "0002_u": "-- migrate:up\nCREATE TABLE u (id INTEGER);\n" });
  const applied = await project.json(["up", "--atomic"]);

  expect(failed).toMatchObject({
    exit: 3,
    result: {
      state: "idle",
      outcome: "rolled_back",
      applied: [],
      failed: { migration: "0002_u", cause: "step_error", message: expect.stringContaining("nowhere") as string },
    },
  });
  expect(schema).toEqual([]);
  expect(applied).toMatchObject({ exit: 0, result: { applied: ["0001_t", "0002_u"] } });
});

test("--atomic overrules a transaction mode from the config, and refuses one from a file", async () => {
  const project = newProject({
    "0001_t": table,
    "0002_u": "-- migrate:up\nCREATE TABLE u (id INTEGER);\nINSERT INTO nowhere VALUES (1);\n",
  });
  writeFileSync(join(project.folder, "surefoot.config.json"), '{ "transaction": "step" }');

  const overruled = await project.json(["up", "--atomic"]);
  const schema = project.schema();
  project.write({ "0002_u": "-- migrate:option transaction=none\n-- migrate:up\nVACUUM;\n" });
  const refused = await project.json(["up", "--atomic"]);

  expect(overruled).toMatchObject({ exit: 3, result: { state: "idle", failed: { cause: "step_error" } } });
  expect(schema).toEqual([]);
  expect(refused).toMatchObject({ exit: 2, result: { error: { code: "USAGE" } } });
});

test.each([
  ["COMMIT;", "migration"],
  ["BEGIN;", "step"],
  ["SAVEPOINT a;", "none"],
  ["VACUUM;", "migration"],
  ["PRAGMA journal_mode = WAL;", "migration"],
  ["ATTACH 'other.db' AS other;", "migration"],
  ["DELETE FROM surefoot_journal;", "migration"],
  ['DROP TABLE "surefoot_lease";', "step"],
  ["CREATE TEMP TABLE surefoot_journal (a);", "migration"],
])("%s is refused before anything runs: transaction=%s", async (sql, mode) => {
  const project = newProject({
    "0001_t": `-- migrate:option transaction=${mode}\n-- migrate:up\nCREATE TABLE t (id INTEGER);\n${sql}\n`,
  });

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(3);
  expect(result).toMatchObject({
    failed: { cause: "transaction_control", path: ["idle", "preparing", "validating_pre", "failed"] },
  });
  expect(project.schema()).toEqual([]);
});

test("VACUUM and a change of the journal mode run with transaction=none", async () => {
  const project = newProject({
    "0001_v": "-- migrate:option transaction=none\n-- migrate:up\nPRAGMA journal_mode = WAL;\nVACUUM;\n",
  });

  const { exit } = await project.json(["up"]);

  expect(exit).toBe(0);
  expect(project.rows("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
});

test("a change of the journal mode stays in the file, so it is a step: seen, decided, undone", async () => {
  const steps = (undo: string): string => `-- migrate:option transaction=step
-- migrate:up
PRAGMA journal_mode = WAL;
${undo}
INSERT INTO nowhere VALUES (1);
`;
  const undone = newProject({ "0001_v": steps("-- migrate:undo PRAGMA journal_mode = DELETE;") });
  const wrong = newProject({ "0001_v": steps("-- migrate:undo SELECT 1;") });

  const back = await undone.json(["up"]);
  const left = await wrong.json(["up"]);

  expect(back).toMatchObject({ exit: 3, result: { verified: { schema: "equal", data: "untouched" } } });
  expect(undone.rows("PRAGMA journal_mode")).toEqual([{ journal_mode: "delete" }]);
  expect(left.exit).toBe(4);
  expect(JSON.stringify(left.result["failed"])).toContain("pragma:journal_mode");
});

test("rows of a temporary table are the connection's own, and need no undo", async () => {
  const project = newProject({
    "0001_t": `-- migrate:option transaction=step
-- migrate:up
CREATE TEMP TABLE ids (id INTEGER);
INSERT INTO ids VALUES (1), (2);
CREATE TABLE t (id INTEGER);
-- migrate:undo DROP TABLE t;
INSERT INTO t SELECT id FROM ids;
-- migrate:undo DELETE FROM t;
DROP TABLE ids;
INSERT INTO nowhere VALUES (1);
`,
  });

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(3);
  expect(result["remaining"]).toEqual([]);
  expect(project.schema()).toEqual([]);
});

test("what reaches another database file is said not to be covered, and is not called verified away", async () => {
  const project = newProject({
    "0001_o": `-- migrate:option transaction=step
-- migrate:up
ATTACH 'other.db' AS o;
CREATE TABLE o.t (x);
-- migrate:undo DROP TABLE o.t;
INSERT INTO nowhere VALUES (1);
`.replace("other.db", "/dev/shm/surefoot-other.db"),
  });

  const { result } = await project.json(["up"]);

  expect(result["notCovered"]).toEqual(["another database file"]);
});

test("settings of one migration don't reach the next", async () => {
  const project = newProject({
    "0001_a": "-- migrate:up\nPRAGMA ignore_check_constraints = ON;\nCREATE TEMP TABLE x (a);\n",
    "0002_b": "-- migrate:up\nCREATE TEMP TABLE x (a);\nINSERT INTO t VALUES (-1);\n",
  });
  project.exec("CREATE TABLE t (a INTEGER CHECK (a > 0))");

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(3);
  expect(result).toMatchObject({
    applied: ["0001_a"],
    failed: { migration: "0002_b", message: expect.stringContaining("CHECK") as string },
  });
});

test("a journal that can't be written in the middle ends in exit 8, and the next start recovers", async () => {
  const project = newProject({
    "0001_k": `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE k (x);
-- migrate:undo DROP TABLE k;
CREATE TABLE k2 (x);
-- migrate:undo DROP TABLE k2;
CREATE TABLE k3 (x);
-- migrate:undo DROP TABLE k3;
`,
  });
  const other = new Driver(project.db);
  let locked = false;

  const { main } = await import("../../packages/runner/src/cli/main.ts");
  let last = "";
  const exit = await main(["up", "--json", "--db", `sqlite:${project.db}`, "--reconnect", "300ms"], {
    out: (text) => {
      last = text;
      if (!locked && text.includes('"event":"step_sent"') && text.includes('"step":1')) {
        locked = true;
        other.exec("BEGIN IMMEDIATE");
      }
    },
    err: () => {},
    env: {},
    cwd: project.folder,
    signal: new AbortController().signal,
    ask: null,
  });
  const left = JSON.parse(last) as { error: { code: string } };
  other.exec("ROLLBACK");
  other.close();
  const recovered = await project.json(["up"]);

  expect(locked).toBe(true);
  expect(exit).toBe(8);
  expect(left.error.code).toBe("DATABASE_LOST");
  expect(recovered).toMatchObject({ exit: 0, result: { applied: ["0001_k"] } });
}, 120_000);

test("looking works straight after a crash, also when SQLite has a transaction to roll back", async () => {
  const project = newProject(
    {
      "0001_big":
        "-- migrate:up\nCREATE TABLE t (a TEXT);\nINSERT INTO t WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 100000000) SELECT hex(randomblob(500)) FROM c;\n",
    },
    "nothing",
  );
  project.exec("PRAGMA cache_size = 10; CREATE TABLE old (a)");
  await killDuring(project, ["up"], "step 2/2");

  const status = await project.json(["status"]);
  const explained = await project.cli(["explain"]);

  expect(status).toMatchObject({ exit: 0, result: { state: "idle", pending: ["0001_big"] } });
  expect(explained.exit).toBe(0);
});

test.each([
  [
    "text",
    "this is no database, only some text that is long enough to look like one. ".repeat(20),
    "DATABASE_UNUSABLE",
  ],
  ["a damaged header", `SQLite format 3\0${"\xff".repeat(2000)}`, "DATABASE_UNUSABLE"],
])("a file that is %s is refused, and stays as it is", async (_, text, code) => {
  const project = newProject({ "0001_t": table }, "damage");
  writeFileSync(project.db, text, "latin1");

  const up = await project.json(["up"]);
  const status = await project.json(["status"]);

  expect(up).toMatchObject({ exit: 2, result: { error: { code } } });
  expect(status).toMatchObject({ exit: 2, result: { error: { code } } });
  expect(readFileSync(project.db, "latin1")).toBe(text);
});

test("a file that is damaged behind its header is told as such by whatever comes to it first", async () => {
  const project = newProject({ "0001_t": table }, "damage");
  await project.json(["up"]);
  const whole = readFileSync(project.db);
  project.write({ "0002_u": "-- migrate:up\nCREATE TABLE u (a);\n" });

  const codes: unknown[] = [];
  for (let at = 4096; at < whole.length; at += 4096) {
    const damaged = Buffer.from(whole);
    damaged.fill(0xa5, at, at + 4096);
    writeFileSync(project.db, damaged);
    const { result } = await project.json(["up"]);
    codes.push((result["error"] as { code?: unknown } | null)?.code);
  }

  // The journal, the lease, an index of the journal, and a table that nobody reads.
  expect(new Set(codes)).toEqual(new Set(["DATABASE_UNUSABLE", undefined]));
  expect(codes.filter((code) => code === undefined)).toHaveLength(1);
});

test("a look at a file in WAL mode leaves nothing beside it, and takes nothing from whoever has it open", async () => {
  const project = newProject({ "0001_t": table });
  project.exec("PRAGMA journal_mode = WAL");
  await project.json(["up"]);
  const beside = (): readonly string[] => readdirSync(project.folder).filter((name) => /-(?:wal|shm)$/.test(name));
  const looks = ["status", "plan", "history", "explain", "up"];

  for (const look of looks) {
    expect((await project.json([look])).exit).toBe(0);
    expect(beside(), look).toEqual([]);
  }

  const application = new Driver(project.db);
  application.exec("INSERT INTO t VALUES (1, 'a')");
  for (const look of looks) expect((await project.json([look])).exit).toBe(0);
  expect(beside()).toHaveLength(2);
  application.exec("INSERT INTO t VALUES (2, 'b')");
  expect(application.prepare("SELECT COUNT(*) AS n FROM t").get()).toEqual({ n: 2 });
  application.close();
  expect(beside()).toEqual([]);
});

test("an empty file is a new database; a folder is none", async () => {
  const project = newProject({ "0001_t": table });
  writeFileSync(project.db, "");
  mkdirSync(join(project.folder, "folder.db"));

  const empty = await project.json(["up"]);
  const folder = await project.json(["up", "--db", `sqlite:${join(project.folder, "folder.db")}`]);

  expect(empty.exit).toBe(0);
  expect(folder).toMatchObject({ exit: 2, result: { error: { code: "DATABASE_UNUSABLE" } } });
});

test("a record that was tampered with, or is missing, stops everything but history", async () => {
  const project = newProject({ "0001_t": table, "0002_u": "-- migrate:up\nCREATE TABLE u (a);\n" }, "damage");
  await project.json(["up"]);
  copyFileSync(project.db, `${project.db}.copy`);

  project.exec("UPDATE surefoot_journal SET event = 'applied' WHERE first = 9");
  const changed = await project.json(["up"]);
  const history = await project.cli(["history"]);
  copyFileSync(`${project.db}.copy`, project.db);
  project.exec("DELETE FROM surefoot_journal WHERE first = 1");
  const missing = await project.json(["up"]);
  copyFileSync(`${project.db}.copy`, project.db);
  project.exec("UPDATE surefoot_journal SET earlier = '[]' WHERE first = 1");
  const told = await project.cli(["history"]);
  copyFileSync(`${project.db}.copy`, project.db);
  project.exec("DELETE FROM surefoot_lease");
  const lease = await project.json(["up"]);
  copyFileSync(`${project.db}.copy`, project.db);
  project.exec("ALTER TABLE surefoot_journal ADD COLUMN mine TEXT");
  const schema = await project.json(["up"]);

  for (const answer of [changed, missing, lease, schema])
    expect(answer).toMatchObject({ exit: 2, result: { error: { code: "JOURNAL_CORRUPT" } } });
  expect(history.out).toContain("start");
  expect(history.exit).toBe(2);
  expect(told).toMatchObject({ exit: 2, out: expect.stringContaining("unreadable") });
});

test("a damaged record never makes `down` run an older text of the migration", async () => {
  const project = newProject(
    { "0001_a": `${table}CREATE TABLE a (x);\n-- migrate:down\nDROP TABLE a;\nDELETE FROM t;\nDROP TABLE t;\n` },
    "damage",
  );
  await project.json(["up"]);
  await project.json(["down", "--yes"]);
  project.write({ "0001_a": `${table}CREATE TABLE a (x, y);\n-- migrate:down\nDROP TABLE a;\nDROP TABLE t;\n` });
  await project.json(["up"]);
  rmSync(join(project.migrations, "0001_a.sql"));
  project.exec("UPDATE surefoot_journal SET earlier = '[]' WHERE first = (SELECT MAX(first) FROM surefoot_journal)");

  const answer = await project.json(["down", "--yes"]);

  expect(answer).toMatchObject({ exit: 2, result: { error: { code: "JOURNAL_CORRUPT" } } });
});

test("a journal of a newer format is left alone", async () => {
  const project = newProject({ "0001_t": table });
  await project.json(["up"]);
  project.exec("UPDATE surefoot_lease SET owner = json_set(owner, '$.format', 99)");

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(2);
  expect(result["error"]).toMatchObject({ code: "JOURNAL_TOO_NEW" });
});

test("two names of one file find one lease", async () => {
  const project = newProject({ "0001_t": table });
  await project.json(["up"]);
  symlinkSync(project.db, join(project.folder, "link.db"));
  const { SqliteDatabase } = await import("../../packages/runner/src/sqlite/adapter.ts");
  const session = await new SqliteDatabase({ path: project.db }).acquire({
    waitMs: 0,
    createMissing: false,
    signal: undefined,
    onWait: () => {},
    who: {},
  });

  const { exit } = await project.json(["up", "--db", `sqlite:${join(project.folder, "link.db")}`]);
  await session.close();

  expect(exit).toBe(5);
});

test("a runner that was left behind can't write any more", async () => {
  const project = newProject({ "0001_t": table, "0002_u": "-- migrate:up\nCREATE TABLE u (id INTEGER);\n" });
  await project.json(["up", "--to", "0001_t"]);
  const { createRunner } = await import("../../packages/runner/src/index.ts");
  const runner = createRunner({
    database: `sqlite:${project.db}`,
    migrations: project.migrations,
    config: { transaction: "step" },
    onEvent: (event) => {
      // As if its lease had passed to another one that has written meanwhile.
      if (event.type === "step" && event.status === "sent") project.exec("UPDATE surefoot_lease SET epoch = epoch + 1");
    },
  });

  const result = await runner.up({ reconnectMs: 0 });

  expect(result).toMatchObject({ exit: 8, error: { code: "FENCED" } });
  expect(project.schema().join()).not.toContain("table u");
});

test.runIf(process.getuid?.() !== 0)("a file that can't be written is told apart, and nothing is lost", async () => {
  const project = newProject({ "0001_t": table });
  project.exec("CREATE TABLE old (a)");
  chmodSync(project.db, 0o444);

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(2);
  expect(result["error"]).toMatchObject({ code: "DATABASE_READ_ONLY" });
});

test.runIf(process.getuid?.() !== 0)("a lock file that can't be written is told, and nothing is done", async () => {
  const project = newProject({ "0001_t": table }, "nothing");
  writeFileSync(`${project.db}-surefoot-lock`, "");
  chmodSync(`${project.db}-surefoot-lock`, 0o444);

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(2);
  expect(result["error"]).toMatchObject({
    code: "DATABASE_READ_ONLY",
    message: expect.stringContaining("lock file") as string,
  });
  expect(readdirSync(project.folder)).not.toContain("app.db");
});

test.each([[0], [3]])("no journal file of SQLite's stays behind: exit %i", async (exit) => {
  const last = exit === 0 ? "CREATE TABLE u (x)" : "INSERT INTO nowhere VALUES (1)";
  const project = newProject({
    "0001_t": "-- migrate:up\nCREATE TABLE t (x);\n",
    "0002_u": `-- migrate:option transaction=step\n-- migrate:up\nCREATE TEMP TABLE s (x);\n${last};\n-- migrate:undo SELECT 1;\n`,
  });

  const answer = await project.json(["up"]);

  expect(answer.exit).toBe(exit);
  expect(readdirSync(project.folder).filter((name) => name.endsWith("-journal"))).toEqual([]);
  expect(project.rows("PRAGMA journal_mode")).toEqual([{ journal_mode: "delete" }]);
});
