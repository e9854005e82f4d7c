/** A disk that is really full: a small file system in memory. Needs the right to mount one. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
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
      fresh ? {} : { "0001_a": "-- migrate:up\nCREATE TABLE a (n INTEGER);\nINSERT INTO a VALUES (1);\n" },
      // Its database is the one on the small disk.
      "nothing",
    );
    const url = ["--db", `sqlite:${db}`];
    if (!fresh) expect((await project.json(["up", ...url])).exit).toBe(0);
    project.write({ "0002_b": big(mode) });

    const full = await project.json(["up", ...url, "--reconnect", "200ms"]);
    project.write({ "0002_b": big(mode).replace("100000", "10") });
    const next = await project.json(["up", ...url]);

    expect([3, 8]).toContain(full.exit);
    expect(JSON.stringify(full.result["error"])).toMatch(/full/i);
    expect(next).toMatchObject({ exit: 0, result: { state: "idle", applied: ["0002_b"] } });
    const handle = new Driver(db);
    expect(handle.prepare("SELECT COUNT(*) AS n FROM b").get()).toEqual({ n: 10 });
    expect(handle.pragma("integrity_check", { simple: true })).toBe("ok");
    replay(journalOf(handle));
    handle.close();
    rmSync(db);
  },
);
