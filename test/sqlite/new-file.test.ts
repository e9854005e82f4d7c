/** A file that Surefoot has made itself is filled in WAL mode, and nobody finds it so afterwards. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { killDuring } from "../support/kill.ts";
import type { Handle, Project } from "../support/project.ts";
import { Driver, newProject } from "../support/project.ts";

const table = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (n INTEGER);\n-- migrate:undo DROP TABLE ${name};\n`;
const tables = Object.fromEntries(
  Array.from({ length: 8 }, (_, index) => [`000${index}_t${index}`, table(`t${index}`)]),
);
const slow = `-- migrate:option transaction=step
-- migrate:up
INSERT INTO t0 VALUES (1);
-- migrate:undo DELETE FROM t0;
UPDATE t0 SET n = (WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 500000000) SELECT COUNT(*) FROM c);
-- migrate:undo UPDATE t0 SET n = 1;
`;
const quick = "-- migrate:up\nINSERT INTO t0 VALUES (1);\n";

/** Bytes 18 and 19 of the file: 1 for a rollback journal, 2 for WAL. Source: https://sqlite.org/fileformat.html */
const modeOf = (project: Project): "rollback" | "wal" => (readFileSync(project.db)[18] === 2 ? "wal" : "rollback");
const sideFiles = (project: Project): readonly string[] =>
  ["-wal", "-shm", "-journal", "-surefoot-owner"].filter((suffix) => existsSync(project.db + suffix));

test("many migrations leave a file with a rollback journal and nothing beside it", async () => {
  const project = newProject(tables);
  const modes = new Set<string>();

  const { exit } = await project.cli(["up"], {
    err: () => modes.add(existsSync(project.db) ? modeOf(project) : "none"),
  });

  expect(exit).toBe(0);
  expect(modes).toContain("wal");
  expect(modeOf(project)).toBe("rollback");
  expect(sideFiles(project)).toEqual([]);
});

test("a file that was there stays in the mode that it is in", async () => {
  const project = newProject(tables);
  project.exec("CREATE TABLE theirs (n INTEGER)");
  const modes = new Set<string>();

  await project.cli(["up"], { err: () => modes.add(modeOf(project)) });

  expect(modes).toEqual(new Set(["rollback"]));
});

test("killed while it is filled, everybody can read the file, and the next up turns it back", async () => {
  const project = newProject({ ...tables, "0009_slow": slow });
  await killDuring(project, ["up"], "0009_slow  step 2/2");
  const left = modeOf(project);
  const status = await project.json(["status"]);
  project.write({ "0009_slow": quick });

  const next = await project.json(["up"]);

  expect(left).toBe("wal");
  expect(status.result).toMatchObject({ state: "migrating", migration: "0009_slow" });
  expect(next).toMatchObject({ exit: 0, result: { state: "idle", applied: ["0009_slow"] } });
  expect(modeOf(project)).toBe("rollback");
  expect(sideFiles(project)).toEqual([]);
});

test("killed after the last commit, a start with nothing to do turns it back", async () => {
  const project = newProject(tables);
  await project.json(["up"]);
  // What a process leaves that dies between its last commit and its end.
  project.exec("PRAGMA journal_mode = WAL");
  writeFileSync(`${project.db}-surefoot-owner`, JSON.stringify({ filling: true }));

  const nothing = await project.json(["up"]);

  expect(nothing.result).toMatchObject({ outcome: "nothing" });
  expect(modeOf(project)).toBe("rollback");
  expect(sideFiles(project)).toEqual([]);
});

test("a file that somebody else has put into WAL mode stays in it", async () => {
  const project = newProject(tables);
  await project.json(["up"]);
  project.exec("PRAGMA journal_mode = WAL");
  project.write({ "0009_after": table("after_it") });

  const { exit } = await project.json(["up"]);

  expect(exit).toBe(0);
  expect(modeOf(project)).toBe("wal");
});

test("a reader at the end leaves the file in WAL mode with its note, and the next start without one turns it back", async () => {
  const project = newProject(tables);
  const readers: Handle[] = [];
  const first = await project.cli(["up"], {
    err: (text) => {
      if (!text.includes("0007_t7  applied")) return;
      const reader = new Driver(project.db, { readonly: true });
      reader.exec("BEGIN");
      reader.prepare("SELECT 1 FROM sqlite_schema").get();
      readers.push(reader);
    },
  });
  const left = modeOf(project);
  expect(readers).toHaveLength(1);
  const whileReading = await project.json(["up"]);
  const stillLeft = modeOf(project);
  for (const reader of readers) reader.close();

  const last = await project.json(["up"]);

  expect(first.exit).toBe(0);
  expect(left).toBe("wal");
  expect(whileReading.exit).toBe(0);
  expect(stillLeft).toBe("wal");
  expect(last.exit).toBe(0);
  expect(modeOf(project)).toBe("rollback");
  expect(sideFiles(project)).toEqual([]);
});

test("a migration that asks for WAL mode itself has it, and its rollback is compared with what was there", async () => {
  const project = newProject({
    ...tables,
    "0009_wal":
      "-- migrate:option transaction=none\n-- migrate:up\nPRAGMA journal_mode = WAL;\n-- migrate:undo PRAGMA journal_mode = DELETE;\n",
    "0010_after": table("after_it"),
  });

  const { exit } = await project.json(["up"]);

  expect(exit).toBe(0);
  expect(modeOf(project)).toBe("wal");
  expect(existsSync(`${project.db}-surefoot-owner`)).toBe(false);
});

test("a migration in steps on a file that is being filled is rolled back and found equal", async () => {
  const project = newProject({
    ...tables,
    "0009_fails": `-- migrate:option transaction=step\n${table("nine")}SELECT nothing FROM nowhere;\n`,
  });

  const { exit, result } = await project.json(["up", "--strict"]);

  expect(exit).toBe(3);
  expect(result).toMatchObject({ outcome: "rolled_back", verified: { schema: "equal" } });
  expect((await project.json(["up", "--strict"])).exit).toBe(3);
});
