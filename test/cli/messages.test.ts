import { mkdirSync, readFileSync, writeFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Io } from "../../packages/runner/src/cli/io.ts";
import { main } from "../../packages/runner/src/cli/main.ts";
import { withSessions } from "../../packages/runner/src/wrapped.ts";
import { Driver, journalOf, replay, newProject } from "../support/project.ts";

const users =
  "-- migrate:up\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n-- migrate:undo DROP TABLE users;\n";

test.each([
  [["upp"], "Did you mean up?"],
  [["rollback"], "surefoot down"],
  [["migrate"], "surefoot up"],
  [["unlock"], "surefoot status"],
  [["force"], "surefoot resolve"],
  [["repair"], "surefoot explain"],
  [["validate"], "surefoot plan"],
  [["check"], "surefoot status --check"],
  [["up", "--dry-run"], "unknown option"],
  [["up", "extra"], "too many arguments"],
  [["up", "--wait", "60"], "500ms, 60s"],
  [["down", "--steps", "0"], "whole number"],
  [["down", "--to", "a", "--steps", "1"], "cannot be used with"],
  [["resolve"], "--applied or --reverted"],
  [["resolve", "--applied", "--reverted"], "cannot be used with"],
  [["retry-rollback", "--decide", "1"], "N=applied"],
  [["accept-edit", "0001_users"], "--reason"],
  [["up", "--to", "0001_user"], "Did you mean 0001_users?"],
  [["up", "--db", "postgres://x/y"], "doesn't know the engine"],
  [["up", "--db", "app.db"], "sqlite:FILE"],
  [["up", "--dir", "nowhere"], "nowhere"],
])("surefoot %j is a mistake: exit 2 and a way on, as text and as JSON, and nothing is written", async (args, hint) => {
  const project = newProject({ "0001_users": users }, "nothing");

  const text = await project.cli(args);
  const json = await project.json(args);

  expect(text.exit).toBe(2);
  expect(text.err).toContain(hint);
  expect(text.out).toBe("");
  expect(json.result).toMatchObject({ exit: 2, error: { message: expect.stringContaining(hint) as string } });
  expect(json.lines).toHaveLength(1);
  expect(readdirSync(project.folder)).not.toContain("app.db");
});

test.each([
  "init",
  "new",
  "status",
  "plan",
  "history",
  "up",
  "down",
  "explain",
  "recover",
  "retry",
  "retry-rollback",
  "resolve",
  "baseline",
  "accept-edit",
  "graph",
])("surefoot %s --help explains itself with an example", async (command) => {
  const project = newProject({}, "nothing");

  const { exit, out } = await project.cli([command, "--help"]);

  expect(exit).toBe(0);
  expect(out).toContain(`Usage: surefoot ${command}`);
  expect(out).toContain(`Example:\n  surefoot ${command}`);
});

test("a password is never shown, wherever it was given", async () => {
  const project = newProject({ "0001_users": users }, "nothing");
  const secret = "hunter2";

  const answers = [
    await project.cli(["up", "--db", `mysql://root:${secret}@127.0.0.1:1/app`]),
    await project.cli(["up", "--db", `nonsense://root:${secret}@db/app`, "--json"]),
    await project.cli(["up", "--db", `mysql://root:${secret}@127.0.0.1:1/app?colour=red`]),
    await project.cli(["up", "--db", `mysql://root:${secret}%zz@127.0.0.1:1/app`]),
    await project.cli(["up", "--db", `root:${secret}@db/app`]),
    await project.cli(["status", "--db", `://root:${secret}@db/app`]),
  ];

  for (const { exit, out, err } of answers) {
    expect([2, 8]).toContain(exit);
    expect(out + err).not.toContain(secret);
  }
});

test("looking writes no file, no table and takes no lease", async () => {
  const project = newProject({ "0001_users": users }, "nothing");

  for (const command of ["status", "plan", "history", "explain"]) expect((await project.cli([command])).exit).toBe(0);

  expect(readdirSync(project.folder)).toEqual(["migrations"]);
});

test.each([["a%2Fb"], ["100%"], ["what?"], ["a b#c"]])(
  "a folder that is called %s is no part of the URL",
  async (name) => {
    const project = newProject({ "0001_users": users }, "nothing");
    const cwd = join(project.folder, name);
    mkdirSync(cwd);

    const { exit } = await project.cli(["up", "--db", "sqlite:own.db", "--dir", project.migrations], { cwd });

    expect(exit).toBe(0);
    expect(readdirSync(cwd)).toContain("own.db");
  },
);

test("a % that is not encoded is told", async () => {
  const project = newProject({ "0001_users": users }, "nothing");

  const { exit, err } = await project.cli(["up", "--db", "sqlite:100%.db"]);

  expect(exit).toBe(2);
  expect(err).toContain("%25");
});

test("status says that the file is not there yet", async () => {
  const project = newProject({ "0001_users": users });

  const before = await project.cli(["status"]);
  await project.cli(["up"]);
  const after = await project.cli(["status"]);

  expect(before).toMatchObject({
    exit: 0,
    out: expect.stringContaining(`no database file ${project.db} yet`) as string,
  });
  expect(after.out).not.toContain("Note:");
});

test("up creates a missing file and says so; down, recover and baseline do not", async () => {
  const project = newProject({ "0001_users": users });

  const missing = await project.cli(["down"]);
  const up = await project.cli(["up"]);

  expect(missing).toMatchObject({ exit: 2, err: expect.stringContaining("There is no database file") as string });
  expect(up.exit).toBe(0);
  expect(up.err).toContain("app.db");
});

test("only the one that makes a file says so, not another that has waited meanwhile", async () => {
  const project = newProject({ "0001_users": users });
  const first = await project.cli(["up"]);
  const before: Partial<Io> = {
    between: (database) => ({ ...withSessions(database, (session) => session), exists: async () => false }),
  };

  const second = await project.cli(["up"], before);

  expect(first.err).toContain("Making a new database");
  expect(second.out).toContain("Nothing to do: every migration is applied.");
  expect(second.err).not.toContain("Making");
});

test("up says what nothing to do means: up to one that is applied, or in a folder without migrations", async () => {
  const project = newProject({ "0001_users": users, "0002_b": users.replaceAll("users", "b") });
  mkdirSync(join(project.folder, "empty"));
  await project.cli(["up", "--to", "0001_users"]);

  const again = await project.cli(["up", "--to", "0001_users"]);
  const elsewhere = await project.cli(["up", "--dir", "empty"]);

  expect(again).toMatchObject({ exit: 0, out: "Nothing to do: 0001_users is applied.\n" });
  expect(elsewhere).toMatchObject({ exit: 0, err: expect.stringContaining("no migrations in ") as string });
});

test("init sets up a project once, and new numbers the files", async () => {
  const project = newProject({}, "nothing");
  const io = { env: {} };

  const first = await project.cli(["init"], io);
  const second = await project.cli(["init"], io);
  const made = await project.json(["new", "Add users!"], io);

  expect(first.exit).toBe(0);
  expect(second.exit).toBe(2);
  expect(made.result["id"]).toMatch(/^\d{14}_add_users$/);
  expect(readFileSync(String(made.result["path"]), "utf8")).toMatch(/^-- migrate:up\n/);
});

test("init leaves the database to .env when it is named there, and looks at that one", async () => {
  const project = newProject({}, "nothing");
  project.exec("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id))");
  writeFileSync(join(project.folder, ".env"), "DATABASE_URL=sqlite:app.db\n");
  let out = "";

  const exit = await main(["init"], {
    out: (text) => (out += text),
    err: () => {},
    env: {},
    cwd: project.folder,
    signal: new AbortController().signal,
    ask: null,
  });

  expect(exit).toBe(0);
  expect(out).toContain("surefoot-lock");
  expect(JSON.parse(readFileSync(join(project.folder, "surefoot.config.json"), "utf8"))).toEqual({
    doctrine: { "no-foreign-key": "off" },
  });
});

test("new counts on in a folder that counts", async () => {
  const project = newProject({ "0009_a": users }, "nothing");

  const { result } = await project.json(["new", "b"]);

  expect(result["id"]).toBe("0010_b");
});

test("init on a database with foreign keys switches the rule off and says so", async () => {
  const project = newProject({}, "nothing");
  project.exec("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id))");

  const { out } = await project.cli(["init"]);

  expect(out).toContain("1 foreign key already");
  expect(JSON.parse(readFileSync(join(project.folder, "surefoot.config.json"), "utf8"))).toMatchObject({
    doctrine: { "no-foreign-key": "off" },
  });
});

test.each([
  ["surefoot.config.json", '{ "outOfOder": "apply" }', "did you mean outOfOrder?"],
  ["surefoot.config.json", "{", "surefoot.config.json"],
  ["surefoot.config.json", '{ "doctrine": { "no-foreign-keys": "off" } }', "did you mean no-foreign-key?"],
  ["surefoot.config.json", '{ "doctrine": { "no-foreign-key": "loud" } }', "doctrine.no-foreign-key"],
  ["surefoot.config.mjs", "export const a = 1;", "no default export"],
  ["surefoot.config.mts", "export default { strict: 'yes' as const };", "strict"],
])("a bad %s (%s) is told with its key", async (name, text, hint) => {
  const project = newProject({ "0001_users": users }, "nothing");
  writeFileSync(join(project.folder, name), text);

  const { exit, err } = await project.cli(["up"]);

  expect(exit).toBe(2);
  expect(err).toContain(name);
  expect(err).toContain(hint);
  expect(readdirSync(project.folder)).not.toContain("app.db");
});

test("the database comes from --db, then the environment, then .env, then the config file", async () => {
  const project = newProject({ "0001_users": users }, "nothing");
  writeFileSync(join(project.folder, "surefoot.config.json"), '{ "database": "sqlite:config.db" }');
  const { main } = await import("../../packages/runner/src/cli/main.ts");
  const run = async (args: readonly string[], env: { [name: string]: string }): Promise<number> =>
    main(args, {
      out: () => {},
      err: () => {},
      env,
      cwd: project.folder,
      signal: new AbortController().signal,
      ask: null,
    });

  await run(["up"], {});
  writeFileSync(join(project.folder, ".env"), "DATABASE_URL=sqlite:dotenv.db\n");
  await run(["up"], {});
  await run(["up"], { DATABASE_URL: "sqlite:env.db" });
  await run(["up", "--db", "sqlite:flag.db"], { DATABASE_URL: "sqlite:env.db" });

  const made = readdirSync(project.folder).filter((name) => name.endsWith(".db"));
  expect(made.toSorted()).toEqual(["config.db", "dotenv.db", "env.db", "flag.db"]);
  for (const name of made) {
    const handle = new Driver(join(project.folder, name));
    replay(journalOf(handle));
    handle.close();
  }
});

test("--decide about a step that is not in doubt records nothing and says what is", async () => {
  const steps = (undo: string): string =>
    `-- migrate:option transaction=step\n-- migrate:up\nCREATE TABLE t (x);\n-- migrate:undo ${undo};\nINSERT INTO nowhere VALUES (1);\n`;
  const project = newProject({ "0001_t": steps("DROP TABLE nope") });
  await project.json(["up"]);
  const before = project.journal().length;

  const { exit, result } = await project.json(["retry-rollback", "--decide", "1=applied"]);

  expect(exit).toBe(2);
  expect(JSON.stringify(result["error"])).toContain("Step 1 is not in doubt");
  expect(project.journal()).toHaveLength(before);
});

test("a step in doubt can be corrected in the file with the word that it did not take effect, and only with it", async () => {
  const steps = (last: string): string =>
    `-- migrate:option transaction=none\n-- migrate:up\nCREATE TABLE t (x);\nINSERT INTO ${last} VALUES (1);\n`;
  const project = newProject({ "0001_t": steps("nowhere") });
  await project.json(["up"]);
  const explained = await project.cli(["explain"]);
  project.write({ "0001_t": steps("t") });

  const without = await project.json(["retry-rollback"]);
  const applied = await project.json(["retry-rollback", "--decide", "2=applied"]);
  const before = project.journal().length;
  const notApplied = await project.json(["retry-rollback", "--decide", "2=not-applied"]);
  const up = await project.json(["up"]);

  expect(explained.out.match(/no such table: nowhere/g)).toHaveLength(1);
  expect(explained.out).toContain("in doubt: it failed, and may have done a part of its work");
  expect([without.exit, applied.exit]).toEqual([2, 2]);
  for (const { result } of [without, applied])
    expect(JSON.stringify(result["error"])).toContain("--decide 2=not-applied");
  expect(notApplied).toMatchObject({ exit: 0, result: { state: "idle", outcome: "rolled_back" } });
  expect(project.journal().length).toBeGreaterThan(before);
  expect(up).toMatchObject({ exit: 0, result: { applied: ["0001_t"] } });
  expect(project.rows("SELECT x FROM t")).toEqual([{ x: 1 }]);
});

test("after --atomic, `up` and `explain` name the migrations that were taken back as well", async () => {
  const project = newProject({
    "0001_a": "-- migrate:up\nCREATE TABLE a (x);\n",
    "0002_b": "-- migrate:up\nINSERT INTO nowhere VALUES (1);\n",
  });

  const failed = await project.json(["up", "--atomic"]);
  const explained = await project.cli(["explain"]);
  project.write({ "0002_b": "-- migrate:up\nCREATE TABLE b (x);\n" });
  await project.json(["up", "--atomic"]);
  const later = await project.cli(["explain"]);

  expect(failed.result["alsoRolledBack"]).toEqual(["0001_a"]);
  expect(explained.out).toContain("0002_b stopped it");
  expect(explained.out).toContain("Taken back with it: 0001_a.");
  expect(later.out).not.toContain("Taken back");
});

test("a key that is checked at the commit names the step that could not be committed", async () => {
  const project = newProject({
    "0001_a": `-- migrate:allow no-foreign-key: it is what this is about
-- migrate:option transaction=step
-- migrate:up
CREATE TABLE p (id INTEGER PRIMARY KEY);
-- migrate:undo DROP TABLE p;
CREATE TABLE a (x REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);
-- migrate:undo DROP TABLE a;
INSERT INTO a VALUES (1);
-- migrate:undo DELETE FROM a;
`,
  });

  const { result } = await project.json(["up"]);

  expect(JSON.stringify(result["error"])).toContain("Step 3 (line 8) ran, and could not be committed");
});

test("a file without statements is said to be empty; an empty DATABASE_URL is none", async () => {
  const project = newProject({ "0001_a": "-- migrate:up\n\n" });
  writeFileSync(join(project.folder, "surefoot.config.json"), '{ "database": "sqlite:app.db" }');
  const said: string[] = [];
  const tell = (text: string): unknown => said.push(text);
  const { signal } = new AbortController();

  const exit = await main(["up"], {
    cwd: project.folder,
    env: { DATABASE_URL: "" },
    out: tell,
    err: tell,
    signal,
    ask: null,
  });

  expect(exit).toBe(0);
  expect(said.join("")).toContain("0001_a.sql has no statements");
});

test("a read-only step does not stand in the way of `resolve --applied`", async () => {
  const project = newProject({
    "0001_t": `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE t (x);
-- migrate:undo DROP TABLE nope;
SELECT 1;
CREATE TABLE u (x REFERENCES, nonsense);
`,
  });
  await project.json(["up"]);
  project.write({
    "0001_t": `-- migrate:up
CREATE TABLE t (x);
SELECT 1;
`,
  });

  const { result } = await project.json(["resolve", "--applied"]);

  expect(result["looked"]).toContain("step 2: it has no effect that lasts");
});
