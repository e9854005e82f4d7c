/** Thousands of INSERTs in a row are one step, and nothing else is different about them. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newProject } from "../support/project.ts";

const count = 1_500;
const inserts = (broken = -1): string =>
  Array.from(
    { length: count },
    (_, index) => `INSERT INTO big (id, name) VALUES (${index === broken ? 3 : index}, 'it''s; row ${index}');`,
  ).join("\n");
const file = (rows: string, more = ""): string =>
  `${more}-- migrate:up\nCREATE TABLE big (id INTEGER PRIMARY KEY, name TEXT);\n${rows}\n`;
const rowCount = "SELECT COUNT(*) AS n FROM big";

test("a run is planned and told as one step, and its rows go with their table", async () => {
  const project = newProject({ "0001_big": file(inserts()) });

  const plan = await project.json(["plan"]);
  const up = await project.cli(["up"]);

  expect(plan.result["migrations"]).toMatchObject([
    {
      steps: [
        { line: 2 },
        {
          line: 3,
          sql: "INSERT INTO big (id, name) VALUES (0, 'it''s; row 0'); … and 1499 more",
          undo: { from: "covered", by: [1] },
        },
      ],
    },
  ]);
  expect(up.err).toContain("step 2/2  INSERT INTO big (id, name) VALUES (0, 'it''s; row 0'); … and 1499 more");
  expect(project.rows(rowCount)).toEqual([{ n: count }]);
});

test("without the file its down still works, because the table takes the rows along", async () => {
  const project = newProject({ "0001_big": file(inserts()) });
  await project.cli(["up"]);
  rmSync(join(project.migrations, "0001_big.sql"));

  const { exit } = await project.json(["down", "--yes"]);

  expect(exit).toBe(0);
  expect(project.schema()).toEqual([]);
});

test("without its table a run has no undo, and the plan says what to write", async () => {
  const project = newProject({
    "0001_table": "-- migrate:up\nCREATE TABLE big (id INTEGER PRIMARY KEY, name TEXT);\n",
    "0002_rows": `-- migrate:up\n${inserts()}\n`,
  });
  await project.cli(["up", "--to", "0001_table"]);

  const { result } = await project.json(["plan"]);

  expect(result["migrations"]).toMatchObject([
    { steps: [{ undo: null, noUndo: "it is 1500 INSERTs in a row; write what takes them back into `down`" }] },
  ]);
});

test.each(["migration", "step", "none"])(
  "the statement of a run that fails is told with its line: transaction=%s",
  async (mode) => {
    const project = newProject({ "0001_big": file(inserts(700), `-- migrate:option transaction=${mode}\n`) });

    const { exit, result } = await project.json(["up"]);

    expect((result["error"] as { message: string }).message).toContain("Step 2 (line 704) failed: UNIQUE constraint");
    expect((result["error"] as { message: string }).message).toContain("VALUES (3, 'it''s; row 700')");
    if (mode === "none") return expect(exit).toBe(4);
    expect(exit).toBe(3);
    expect(project.schema()).toEqual([]);
  },
);

test("the journal keeps the first statement of a run and how many there were, and all of it where a restart goes on", async () => {
  const project = newProject({
    "0001_big": file(inserts()),
    "0002_more": `-- migrate:option transaction=step\n-- migrate:option recovery=resume\n-- migrate:up\nCREATE TABLE more (id INTEGER PRIMARY KEY, name TEXT);\n${inserts().replaceAll("INTO big", "INTO more")}\n`,
  });
  expect((await project.json(["up"])).result).toMatchObject({ error: null });

  const steps = project.journal().flatMap(({ detail }) => {
    const texts = detail["texts"] as { readonly steps: readonly { readonly sql: string; readonly count?: number }[] };
    return texts === undefined ? [] : [texts.steps[1]];
  });

  expect(steps[0]).toMatchObject({ sql: "INSERT INTO big (id, name) VALUES (0, 'it''s; row 0')", count });
  expect(steps[1]).toMatchObject({ count });
  expect(steps[1]?.sql).toBe(inserts().replaceAll("INTO big", "INTO more").slice(0, -1));
});

test("comments between them make other steps, and no other checksum", async () => {
  const project = newProject({ "0001_big": file(inserts()) });
  await project.cli(["up"]);
  project.write({ "0001_big": file(inserts().replaceAll(/\(1\d\d, .*\n/g, (line) => `${line}-- a comment\n`)) });

  const { exit, result } = await project.json(["up"]);

  expect(exit).toBe(0);
  expect(result).toMatchObject({ outcome: "nothing" });
});
