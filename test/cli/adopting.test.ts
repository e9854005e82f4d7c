/** Taking over a database, edited files, files out of order, and reverting. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newProject } from "../support/project.ts";

const table = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id INTEGER PRIMARY KEY);\n-- migrate:undo DROP TABLE ${name};\n`;

test("baseline takes over a database that was migrated before, and up goes on from there", async () => {
  const project = newProject({ "0001_a": table("a"), "0002_b": table("b"), "0003_c": table("c") });
  project.exec("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY)");

  const adopted = await project.json(["baseline", "--to", "0002_b"]);
  const up = await project.json(["up"]);
  const status = await project.json(["status"]);

  expect(adopted).toMatchObject({ exit: 0, result: { recorded: ["0001_a", "0002_b"] } });
  expect(up).toMatchObject({ exit: 0, result: { applied: ["0003_c"] } });
  expect(status.result["applied"]).toMatchObject([{ how: "baseline" }, { how: "baseline" }, { how: "executed" }]);
});

test("baseline records several at once or none, and only with what they depend on", async () => {
  const project = newProject({ "0001_a": table("a"), "0002_b": `-- migrate:depends 0001_a\n${table("b")}` });
  project.exec("CREATE TABLE b (id INTEGER PRIMARY KEY)");

  const alone = await project.json(["baseline", "--only", "0002_b"]);
  const unknown = await project.json(["baseline", "--only", "0001_a", "0009_x"]);
  const both = await project.json(["baseline", "--only", "0001_a", "0002_b"]);

  expect(alone).toMatchObject({ exit: 2, result: { error: { message: expect.stringContaining("0001_a") as string } } });
  expect(unknown.exit).toBe(2);
  expect(both).toMatchObject({ exit: 0, result: { recorded: ["0001_a", "0002_b"] } });
});

test.each([
  ["a comment", (text: string) => `-- why this table\n${text.replace("(id", "/* key */ (id")}`, 0],
  ["line ends and a byte order mark", (text: string) => `\uFEFF${text.replaceAll("\n", "\r\n")}`, 0],
  ["an undo", (text: string) => text.replace("DROP TABLE a", "DROP TABLE IF EXISTS a"), 0],
  ["a statement", (text: string) => text.replace("(id", "(uid"), 6],
] as const)("an edit of %s after applying", async (_, edit, exit) => {
  const project = newProject({ "0001_a": table("a") });
  await project.json(["up"]);
  project.write({ "0001_a": edit(table("a")) });

  const up = await project.json(["up"]);

  expect(up.exit).toBe(exit);
  if (exit === 0) return;
  expect(up.result).toMatchObject({ outcome: "drift", error: { code: "DRIFT" } });
  expect((await project.json(["status", "--check"])).exit).toBe(6);
  expect((await project.json(["accept-edit", "0001_a", "--reason", "the name was wrong in the file only"])).exit).toBe(
    0,
  );
  expect((await project.json(["up"])).exit).toBe(0);
  expect(project.journal().findLast(({ event }) => event === "accept_edit")?.detail["reason"]).toContain(
    "the name was wrong",
  );
});

test("a file that comes before an applied one is refused, named, and applied when that is meant", async () => {
  const project = newProject({ "0002_b": table("b") });
  await project.json(["up"]);
  project.write({ "0001_a": table("a") });

  const refused = await project.json(["up"]);
  const meant = await project.json(["up", "--out-of-order"]);

  expect(refused).toMatchObject({
    exit: 3,
    result: {
      failed: { migration: "0001_a", cause: "out_of_order", message: expect.stringContaining("0002_b") as string },
    },
  });
  expect(meant).toMatchObject({ exit: 0, result: { applied: ["0001_a"] } });
});

test("with nothing to do up says so, and anything that changed in the folder is seen", async () => {
  const project = newProject({ "0001_a": table("a"), "0002_b": table("b") });
  await project.json(["up"]);
  const journal = project.journal().length;

  const nothing = await project.json(["up"]);
  const records = project.journal().length;
  rmSync(join(project.migrations, "0001_a.sql"));
  const gone = await project.json(["up"]);
  project.write({ "0001_a": table("a"), "0003_c": table("c") });
  const more = await project.json(["up"]);

  expect(nothing).toMatchObject({ exit: 0, result: { outcome: "nothing" } });
  expect(records).toBe(journal);
  expect(gone.lines).toContainEqual(
    expect.objectContaining({ type: "note", message: expect.stringContaining("its file is gone") as string }),
  );
  expect(more.result["applied"]).toEqual(["0003_c"]);
});

test("down works when the file has gone, or was edited: the journal keeps what ran", async () => {
  const project = newProject({ "0001_a": table("a"), "0002_b": table("b") });
  await project.json(["up"]);
  rmSync(join(project.migrations, "0002_b.sql"));

  const gone = await project.json(["down", "--yes"]);
  project.write({ "0001_a": table("a").replace("(id", "(uid").replace("DROP TABLE a", "DROP TABLE nonsense") });
  const edited = await project.json(["down", "--yes"]);

  expect(gone).toMatchObject({ exit: 0, result: { reverted: ["0002_b"] } });
  expect(edited).toMatchObject({ exit: 0, result: { reverted: ["0001_a"] } });
  expect(project.schema()).toEqual([]);
});

test("down goes newest first, keeps what --to names, and refuses what others depend on or nothing takes back", async () => {
  const project = newProject({
    "0001_a": table("a"),
    "0002_b": `-- migrate:depends 0001_a\n${table("b")}`,
    "0003_c": table("c"),
    "0004_d": "-- migrate:up\nCREATE TABLE IF NOT EXISTS d (id INTEGER);\n",
  });
  await project.json(["up"]);

  const missing = await project.json(["down", "--yes"]);
  project.write({
    "0004_d": "-- migrate:up\nCREATE TABLE IF NOT EXISTS d (id INTEGER);\n-- migrate:undo DROP TABLE d;\n",
  });
  const reverted = await project.json(["down", "--to", "0002_b", "--yes"]);
  const two = await project.json(["down", "--steps", "2", "--yes"]);
  const none = await project.json(["down", "--yes"]);

  expect(missing).toMatchObject({ exit: 2, result: { reverted: [], error: { code: "NOT_APPLICABLE" } } });
  expect(reverted.result["reverted"]).toEqual(["0004_d", "0003_c"]);
  expect(two.result["reverted"]).toEqual(["0002_b", "0001_a"]);
  expect(none).toMatchObject({ exit: 0, result: { outcome: "nothing" } });
});

test("a dbmate file works as it is, up and down", async () => {
  const project = newProject({
    "20260101000000_users": `--migrate:up transaction:false
CREATE TABLE users (id INTEGER PRIMARY KEY);
CREATE INDEX users_id ON users (id)
--migrate:down
DROP INDEX users_id;
DROP TABLE users
`,
  });

  const up = await project.json(["up"]);
  const down = await project.json(["down", "--yes"]);

  expect(up.exit).toBe(0);
  expect(down).toMatchObject({ exit: 0, result: { reverted: ["20260101000000_users"] } });
  expect(project.schema()).toEqual([]);
});

test("down needs no undo that somebody wrote where there is an exact inverse", async () => {
  const project = newProject({ "0001_a": table("a") });
  await project.json(["up"]);
  const before = project.schema();
  project.write({
    "0002_b": `-- migrate:up
CREATE TABLE b (id INTEGER PRIMARY KEY, n INT);
INSERT INTO b SELECT 1, 2;
CREATE INDEX b_n ON b (n);
ALTER TABLE a ADD COLUMN b_id INT;
ALTER TABLE a RENAME TO c;
`,
  });
  await project.json(["up"]);
  rmSync(join(project.migrations, "0002_b.sql"));

  const down = await project.json(["down", "--yes"]);

  expect(down).toMatchObject({ exit: 0, result: { reverted: ["0002_b"] } });
  expect(project.schema()).toEqual(before);
});

test("a migration of single steps that fails takes back what nobody wrote an undo for", async () => {
  const project = newProject({
    "0001_a": `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE b (id INTEGER PRIMARY KEY, n INT);
INSERT INTO b SELECT 1, 2;
ALTER TABLE a RENAME COLUMN n TO m;
INSERT INTO a VALUES (7, 7);
INSERT INTO nowhere VALUES (1);
`,
  });
  project.exec("CREATE TABLE a (id INTEGER PRIMARY KEY, n INT); INSERT INTO a VALUES (1, 1);");
  const before = project.schema();

  const up = await project.json(["up"]);

  expect(up).toMatchObject({
    exit: 3,
    result: { outcome: "rolled_back", verified: { schema: "equal" }, remaining: [] },
  });
  expect(project.schema()).toEqual(before);
  expect(project.rows("SELECT * FROM a")).toEqual([{ id: 1, n: 1 }]);
});

test("plan shows undos, what is destroyed, how far a failure is rolled back, and what the engine would refuse", async () => {
  const project = newProject(
    {
      "0001_a": `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE a (id INTEGER PRIMARY KEY);
-- migrate:undo DROP TABEL a;
CREATE TABLE b (id INTEGER);
INSERT INTO b VALUES (1);
DELETE FROM old;
`,
    },
    "nothing",
  );
  project.exec("CREATE TABLE old (id)");

  const { result } = await project.json(["plan"]);

  expect(result["migrations"]).toMatchObject([
    {
      id: "0001_a",
      rollsBackUpTo: 4,
      steps: [
        { class: "transactional", undo: { from: "given", sql: "DROP TABEL a" }, destroysData: null },
        { undo: { from: "derived", sql: "DROP TABLE main.b" }, noUndo: null },
        { undo: { from: "covered", sql: "", by: [2] } },
        { undo: null, noUndo: "the rows are lost", destroysData: "rows of old" },
      ],
      warnings: [
        expect.stringContaining("would refuse its undo"),
        expect.stringContaining("it has no undo (the rows are lost)"),
      ],
    },
  ]);
});
