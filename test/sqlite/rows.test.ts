/** Rows that must survive: what others wrote, children of a rebuilt table, what a step found there. */
import { expect, test } from "vitest";
import { newProject } from "../support/project.ts";

const family = `CREATE TABLE parent (id INTEGER PRIMARY KEY, a TEXT);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1, 'x'), (2, 'y');
INSERT INTO child VALUES (1, 1), (2, 1), (3, 2);`;

const rebuild = `CREATE TABLE parent_new (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
INSERT INTO parent_new (id, a) SELECT id, a FROM parent;
DROP TABLE parent;
ALTER TABLE parent_new RENAME TO parent;
`;

test.each([
  ["one transaction", "", []],
  ["one transaction, asked for in the file", "PRAGMA foreign_keys = OFF;\n", []],
  ["all in one transaction, as the second migration", "", ["--atomic"]],
] as const)("a parent that is rebuilt keeps its children: %s", async (_, pragma, flags) => {
  const project = newProject({
    "0001_a": "-- migrate:up\nCREATE TABLE a (x);\n",
    "0002_rebuild": `-- migrate:up\n${pragma}${rebuild}`,
  });
  project.exec(family);

  const { exit } = await project.json(["up", ...flags]);

  expect(exit).toBe(0);
  expect(project.rows("SELECT COUNT(*) AS n FROM child")).toEqual([{ n: 3 }]);
  expect(project.rows("SELECT COUNT(*) AS n FROM parent")).toEqual([{ n: 2 }]);
});

test.each(["step", "none"])("so does one that is rebuilt step by step: transaction=%s", async (mode) => {
  const project = newProject({ "0001_rebuild": `-- migrate:option transaction=${mode}\n-- migrate:up\n${rebuild}` });
  project.exec(family);

  const { exit } = await project.json(["up"]);

  expect(exit).toBe(0);
  expect(project.rows("SELECT COUNT(*) AS n FROM child")).toEqual([{ n: 3 }]);
});

test.each(["migration", "step", "none"])(
  "a parent that is dropped for good leaves its children, and is found: transaction=%s",
  async (mode) => {
    const project = newProject({
      "0001_drop": `-- migrate:option transaction=${mode}\n-- migrate:up\nDROP TABLE parent;\n`,
    });
    project.exec(family);

    const { exit, result } = await project.json(["up"]);

    expect(project.rows("SELECT COUNT(*) AS n FROM child")).toEqual([{ n: 3 }]);
    expect(exit).toBe(mode === "migration" ? 3 : 4);
    expect(JSON.stringify(result["failed"])).toMatch(mode === "migration" ? /postcheck_false/ : /no_undo/);
  },
);

test("an undo is not run when it would destroy rows that others wrote, until that is accepted", async () => {
  const file = (undo: string): string =>
    `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE t (id INTEGER PRIMARY KEY);
-- migrate:undo DROP TABLE t;
INSERT INTO t VALUES (1), (2), (3);
-- migrate:undo DELETE FROM t WHERE id <= 3;
UPDATE t SET id = id;
-- migrate:undo none: it changed nothing that matters
CREATE TABLE u (id INTEGER);
-- migrate:undo ${undo};
INSERT INTO nowhere VALUES (1);
`.replace("-- migrate:undo none: it changed nothing that matters", "-- migrate:undo SELECT 1;");
  const project = newProject({ "0001_t": file("DROP TABLE nope") });
  const failed = await project.json(["up"]);
  project.exec("INSERT INTO t VALUES (10), (11), (12)");
  project.write({ "0001_t": file("DROP TABLE u") });

  const refused = await project.json(["retry-rollback"]);
  const accepted = await project.json(["retry-rollback", "--allow-data-loss"]);

  expect(failed).toMatchObject({ exit: 4, result: { failed: { cause: "undo_error" } } });
  expect(refused).toMatchObject({
    exit: 4,
    result: { state: "failed", error: { message: expect.stringContaining("3 row(s) of t") as string } },
  });
  expect(accepted).toMatchObject({ exit: 0, result: { state: "idle", verified: { data: "undone_not_compared" } } });
  expect(project.schema()).toEqual([]);
});

test("rows that the migration's own trigger wrote are its own", async () => {
  const project = newProject({
    "0001_t": `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE log (id INTEGER PRIMARY KEY);
-- migrate:undo DROP TABLE log;
CREATE TABLE t (id INTEGER PRIMARY KEY);
-- migrate:undo DROP TABLE t;
CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NULL); END;
-- migrate:undo DROP TRIGGER tr;
INSERT INTO t VALUES (1), (2);
-- migrate:undo DELETE FROM t;
INSERT INTO nowhere VALUES (1);
`,
  });

  const { exit } = await project.json(["up"]);

  expect(exit).toBe(3);
  expect(project.schema()).toEqual([]);
});

test.each(["step", "migration"])("a step that changed no row is not undone: transaction=%s", async (mode) => {
  const project = newProject({
    "0001_t": `-- migrate:option transaction=${mode}
-- migrate:up
INSERT OR IGNORE INTO t VALUES (1, 'default');
-- migrate:undo DELETE FROM t WHERE id = 1;
CREATE TABLE u (id INTEGER);
-- migrate:undo DROP TABLE u;
`,
  });
  project.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'precious')");

  await project.json(["up"]);
  const { exit } = await project.json(["down", "--yes"]);

  expect(exit).toBe(0);
  expect(project.rows("SELECT a FROM t")).toEqual([{ a: "precious" }]);
});

test("CREATE TABLE IF NOT EXISTS on a table with rows: a failure afterwards leaves the table", async () => {
  const project = newProject({
    "0001_t": `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY);
-- migrate:undo DROP TABLE t;
INSERT INTO nowhere VALUES (1);
`,
  });
  project.exec("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");

  const { exit } = await project.json(["up"]);

  expect(exit).toBe(3);
  expect(project.rows("SELECT * FROM t")).toEqual([{ id: 1 }]);
});

test("rows that a step destroyed are not said to be back, whatever its undo made", async () => {
  const project = newProject({
    "0001_t": `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY);
DROP TABLE t;
-- migrate:undo CREATE TABLE t (id INTEGER PRIMARY KEY);
INSERT INTO nowhere VALUES (1);
`,
  });
  project.exec("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");

  const { exit, result } = await project.json(["up"]);
  const claimed = await project.json(["resolve", "--reverted"]);

  expect(exit).toBe(4);
  expect(result).toMatchObject({ failed: { cause: "rows_lost" }, verified: null });
  expect(claimed).toMatchObject({ exit: 4, result: { error: { code: "CLAIM_REFUSED" } } });
});

test("option data= compares the rows of a table", async () => {
  const file = (undo: string): string => `-- migrate:option transaction=step
-- migrate:option data=t
-- migrate:up
UPDATE t SET a = 'new';
-- migrate:undo ${undo};
INSERT INTO nowhere VALUES (1);
`;
  const right = newProject({ "0001_t": file("UPDATE t SET a = 'old'") });
  const wrong = newProject({ "0001_t": file("UPDATE t SET a = 'other'") });
  for (const project of [right, wrong])
    project.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'old')");

  const equal = await right.json(["up"]);
  const differs = await wrong.json(["up"]);

  expect(equal).toMatchObject({ exit: 3, result: { verified: { schema: "equal", data: "compared" } } });
  expect(differs).toMatchObject({ exit: 4, result: { failed: { cause: "fingerprint_differs" } } });
});

test("a failing down loses no rows silently", async () => {
  const project = newProject({
    "0001_t": `-- migrate:up
CREATE TABLE t (id INTEGER PRIMARY KEY);
INSERT INTO t VALUES (1), (2);
-- migrate:down
DELETE FROM t;
DROP TABLE nowhere;
`,
  });
  await project.json(["up"]);

  const unasked = await project.json(["down"]);
  const failed = await project.json(["down", "--yes"]);

  expect(unasked).toMatchObject({ exit: 2, result: { error: { code: "CONFIRMATION_NEEDED" } } });
  expect(failed).toMatchObject({ exit: 3, result: { state: "idle", outcome: "rolled_back", reverted: [] } });
  expect(project.rows("SELECT * FROM t")).toHaveLength(2);
  expect((await project.json(["status"])).result["applied"]).toHaveLength(1);
});

test("a failing down step by step stops and names what it could not finish", async () => {
  const project = newProject({
    "0001_t": `-- migrate:option transaction=step
-- migrate:up
CREATE TABLE t (id INTEGER PRIMARY KEY);
-- migrate:down
DROP TABLE t;
DROP TABLE nowhere;
`,
  });
  await project.json(["up"]);

  const { exit, result } = await project.json(["down", "--yes"]);
  const explained = await project.cli(["explain"]);

  expect(exit).toBe(4);
  expect(result).toMatchObject({ state: "failed", remaining: [{ sql: "DROP TABLE t" }] });
  expect(explained.out).toContain("surefoot resolve --applied");
});

/** Two own rows whose undo goes wrong; then somebody does something to them, and the undo is corrected. */
async function afterwards(
  hands: string,
  made = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
  drop = "DROP TABLE t",
  first = "",
) {
  const file = (undo: string): string =>
    `-- migrate:option transaction=step
-- migrate:up
${made};
-- migrate:undo ${drop};
INSERT INTO t (id, v) VALUES (1, 'a'), (2, 'b');
-- migrate:undo ${undo};
INSERT INTO nowhere VALUES (1);
`;
  const project = newProject({ "0001_t": file("DELETE FROM tt") });
  project.exec(first);
  await project.json(["up"]);
  project.exec(hands);
  project.write({ "0001_t": file("SELECT 1") });
  const { exit, result } = await project.json(["retry-rollback"]);
  return { exit, cause: (await project.json(["status"])).result["cause"], result, project };
}

test.each([
  ["taken away and replaced by as many", "DELETE FROM t; INSERT INTO t VALUES (1, 'x'), (7, 'y')", "2 row(s) of t"],
  ["changed", "UPDATE t SET v = 'mine' WHERE id = 2", "2 row(s) of t"],
  ["joined by others", "INSERT INTO t VALUES (3, 'c')", "1 row(s) of t"],
])("rows of a new table that others have %s are not dropped with it", async (_, hands, told) => {
  const { exit, cause, result, project } = await afterwards(hands);

  expect(exit).toBe(4);
  expect(cause).toBe("undo_destroys_data");
  expect(JSON.stringify(result["error"])).toContain(told);
  expect(project.rows("SELECT COUNT(*) AS n FROM t")).not.toEqual([{ n: 0 }]);
});

test("values of a new column that others have changed are not dropped with it", async () => {
  const column = [
    "ALTER TABLE t ADD COLUMN v TEXT",
    "ALTER TABLE t DROP COLUMN v",
    "CREATE TABLE t (id INTEGER PRIMARY KEY)",
  ] as const;

  const changed = await afterwards("UPDATE t SET v = 'mine' WHERE id = 2", ...column);
  const kept = await afterwards("SELECT 1", ...column);

  expect([changed.exit, changed.cause]).toEqual([4, "undo_destroys_data"]);
  expect(kept.exit).toBe(0);
});

test.each([
  ["as they were left", "SELECT 1"],
  ["in another order", "DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (1, 'a')"],
  ["gone", "DELETE FROM t"],
])("rows of its own go with the table when they are %s", async (_, hands) => {
  const { exit, project } = await afterwards(hands);

  expect(exit).toBe(0);
  expect(project.schema()).toEqual([]);
});

test("rows of a table with a point in its name are counted as well", async () => {
  const { exit, cause } = await afterwards(
    'INSERT INTO "t.x" VALUES (9)',
    'CREATE TABLE "t.x" (id INTEGER PRIMARY KEY)',
    'DROP TABLE "t.x"',
    "CREATE TABLE t (id INTEGER, v TEXT)",
  );

  expect([exit, cause]).toEqual([4, "undo_destroys_data"]);
});
