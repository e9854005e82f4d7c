import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newProject } from "../support/project.ts";

const first = "-- migrate:up\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n-- migrate:undo DROP TABLE t;\n";
const second = "-- migrate:up\nCREATE TABLE u (id INTEGER PRIMARY KEY);\n-- migrate:undo DROP TABLE u;\n";

test("a schema that was changed from outside is a note, and no more", async () => {
  const project = newProject({ "0001_t": first });
  await project.json(["up"]);
  const before = await project.json(["status"]);
  project.exec("CREATE TABLE mine (id INTEGER)");
  project.write({ "0002_u": second });

  const status = await project.json(["status", "--check"]);
  const up = await project.json(["up"]);

  expect(before.result["notes"]).toEqual([]);
  expect(status).toMatchObject({ exit: 7, result: { notes: [expect.stringContaining("not by Surefoot") as string] } });
  expect(up).toMatchObject({ exit: 0, result: { applied: ["0002_u"] } });
  expect(up.lines).toContainEqual(expect.objectContaining({ type: "note", code: "foreign_change" }));
});

test("with strict it stops with exit 6 and says what differs; undone, it goes on", async () => {
  const project = newProject({ "0001_t": first });
  writeFileSync(join(project.folder, "surefoot.config.json"), '{ "strict": true }');
  await project.json(["up"]);
  project.exec("CREATE TABLE mine (id INTEGER)");
  project.write({ "0002_u": second });

  const stopped = await project.json(["up"]);
  const status = await project.json(["status", "--check"]);
  project.exec("DROP TABLE mine; VACUUM");
  const up = await project.json(["up"]);

  expect(stopped).toMatchObject({
    exit: 6,
    result: { outcome: "drift", error: { code: "DRIFT", message: expect.stringContaining("table:mine") as string } },
  });
  expect(status.exit).toBe(6);
  expect(up).toMatchObject({ exit: 0, result: { applied: ["0002_u"] } });
});

test("what Surefoot itself has tried and taken back is nobody else's change", async () => {
  const project = newProject({ "0001_t": first });
  await project.json(["up"]);
  project.write({
    "0002_u": `-- migrate:option transaction=step\n${second}INSERT INTO nowhere VALUES (1);\n`,
  });

  await project.json(["up"]);
  const status = await project.json(["status"]);

  expect(status.result["notes"]).toEqual([]);
});

test("neither is what a down has reverted", async () => {
  const project = newProject({ "0001_t": first, "0002_u": second });
  await project.json(["up"]);

  await project.json(["down", "--yes"]);

  expect((await project.json(["status"])).result["notes"]).toEqual([]);
});
