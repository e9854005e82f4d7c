/** A disk that is really full: a small file system in memory. Needs the right to mount one. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bin } from "../support/kill.ts";
import { Driver, journalOf, newProject, replay } from "../support/project.ts";

const folder = mkdtempSync(join(tmpdir(), "surefoot-small-"));
const small = join(folder, "disk");
mkdirSync(small);
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", small]).status === 0;

afterAll(() => {
  if (mounted) spawnSync("umount", [small]);
  rmSync(folder, { recursive: true, force: true });
});

const rows = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 100000) SELECT n FROM c";
/** Enough migrations that a new file is filled in WAL mode. */
const many = Object.fromEntries(
  Array.from({ length: 6 }, (_, index) => [`000${index}_a`, `-- migrate:up\nCREATE TABLE a${index} (n INTEGER);\n`]),
);

test.skipIf(!mounted)(
  "a disk that is full while a new file is filled is told, and with room again it goes on",
  async () => {
    const db = join(small, "filled.db");
    const project = newProject({ ...many, "0008_b": "-- migrate:up\nCREATE TABLE b (n INTEGER);\n" }, "nothing");
    const url = ["--db", `sqlite:${db}`];
    const filler = join(small, "filler");

    let told = "";
    const full = await project.cli(["up", ...url, "--reconnect", "200ms"], {
      err: (text) => {
        told += text;
        if (text.includes("0005_a  applied")) spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=1k"]);
      },
    });
    rmSync(filler);
    const next = await project.json(["up", ...url]);

    expect([3, 8]).toContain(full.exit);
    expect(told).toMatch(/full/i);
    expect(next).toMatchObject({ exit: 0, result: { state: "idle", applied: ["0008_b"] } });
    const handle = new Driver(db);
    expect(handle.pragma("journal_mode", { simple: true })).toBe("delete");
    replay(journalOf(handle));
    handle.close();
    for (const name of readdirSync(small)) rmSync(join(small, name));
  },
);

const big = (mode: string): string => `-- migrate:option transaction=${mode}
-- migrate:up
CREATE TABLE b (n INTEGER);
-- migrate:undo DROP TABLE b;
INSERT INTO b ${rows};
-- migrate:undo DELETE FROM b;
`;

test.skipIf(!mounted).each([
  ["migration", true],
  ["step", true],
  ["migration", false],
  ["step", false],
] as const)(
  "a full disk fails the migration, keeps what was there and needs nobody: transaction=%s, on a new file: %s",
  async (mode, fresh) => {
    const db = join(small, `${mode}-${String(fresh)}.db`);
    const project = newProject(
      fresh ? many : { "0001_a": "-- migrate:up\nCREATE TABLE a (n INTEGER);\nINSERT INTO a VALUES (1);\n" },
      // Its database is the one on the small disk.
      "nothing",
    );
    const url = ["--db", `sqlite:${db}`];
    if (!fresh) expect((await project.json(["up", ...url])).exit).toBe(0);
    project.write({ "0009_b": big(mode) });

    const full = await project.json(["up", ...url, "--reconnect", "200ms"]);
    project.write({ "0009_b": big(mode).replace("100000", "10") });
    const next = await project.json(["up", ...url]);

    expect([3, 8]).toContain(full.exit);
    expect(JSON.stringify(full.result["error"])).toMatch(/full/i);
    expect(next).toMatchObject({ exit: 0, result: { state: "idle" } });
    expect(next.result["applied"]).toContain("0009_b");
    const handle = new Driver(db);
    expect(handle.prepare("SELECT COUNT(*) AS n FROM b").get()).toEqual({ n: 10 });
    expect(handle.pragma("integrity_check", { simple: true })).toBe("ok");
    expect(handle.pragma("journal_mode", { simple: true })).toBe("delete");
    replay(journalOf(handle));
    handle.close();
    for (const name of readdirSync(small)) rmSync(join(small, name));
  },
);

test("a COMMIT that the file system refuses is told as what did not happen, with no way that leads through `completing`", async () => {
  const project = newProject({ "0001_a": "-- migrate:up\nCREATE TABLE a (n INTEGER);\n" });
  await project.json(["up"]);
  project.write({ "0002_b": "-- migrate:up\nCREATE TABLE b (x BLOB);\nINSERT INTO b VALUES (zeroblob(60000));\n" });
  // In KiB: room for what is there, and for the first pages that a COMMIT writes.
  const limited = `ulimit -f 60; exec "${process.execPath}" "${bin}" up --json --reconnect 200ms --db "${project.url}"`;

  const { status, stdout } = spawnSync("bash", ["-c", limited], { cwd: project.folder, encoding: "utf8" });
  const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Row;
  const next = await project.json(["up"]);

  expect(status).toBe(3);
  expect(result).toMatchObject({ outcome: "rolled_back", state: "idle", failed: { path: ["idle"] } });
  expect(project.schema()).toHaveLength(2);
  expect(next).toMatchObject({ exit: 0, result: { applied: ["0002_b"] } });
});

interface Row {
  readonly [field: string]: unknown;
}
