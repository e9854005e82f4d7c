/** Two `surefoot up` at once on one file: one works, the other waits or answers 5. */
import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { bin } from "../support/kill.ts";
import type { Project } from "../support/project.ts";
import { newProject } from "../support/project.ts";

interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

function start(
  project: Project,
  ...args: readonly string[]
): { readonly ended: Promise<Ended>; readonly says: (text: string) => Promise<void> } {
  const child = spawn(process.execPath, [bin, "up", ...args, "--db", `sqlite:${project.db}`], { cwd: project.folder });
  let out = "";
  let err = "";
  const watchers: (() => void)[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
    for (const watch of watchers) watch();
  });
  return {
    ended: new Promise((resolve) => child.on("close", (exit) => resolve({ exit, out, err }))),
    says: (text) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (err.includes(text)) resolve();
        };
        watchers.push(watch);
        watch();
      }),
  };
}

const slow = (mode: string): string => `-- migrate:option transaction=${mode}
-- migrate:up
CREATE TABLE numbers (n INTEGER PRIMARY KEY);
-- migrate:undo DROP TABLE numbers;
INSERT INTO numbers WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 3000000) SELECT n FROM c;
-- migrate:undo DELETE FROM numbers;
`;

test.each(["migration", "step"])("the second one answers 5 and names the first: transaction=%s", async (mode) => {
  const project = newProject({ "0001_slow": slow(mode) });
  const first = start(project);
  await first.says("step 2/2");

  const second = await start(project, "--json").ended;
  const status = await project.json(["status"]);
  const one = await first.ended;

  expect(second.exit).toBe(5);
  expect(JSON.parse(second.out.trim().split("\n").at(-1) ?? "")).toMatchObject({
    outcome: "busy",
    error: { code: "LEASE_HELD", message: expect.stringMatching(/process \d+ of /) as string },
  });
  expect(status.result["owner"]).toMatch(/process \d+ of /);
  expect(one.exit).toBe(0);
});

test.each(["migration", "step"])("with --wait the second one goes on after the first: transaction=%s", async (mode) => {
  const project = newProject({ "0001_slow": slow(mode) });
  const first = start(project);
  await first.says("step 2/2");

  const second = await start(project, "--wait", "60s").ended;
  const one = await first.ended;

  expect(one.exit).toBe(0);
  expect(second).toMatchObject({ exit: 0, out: expect.stringContaining("Nothing to do") as string });
  expect(second.err).toContain("Waiting for the lease");
  expect(project.journal().filter(({ event }) => event === "recorded")).toHaveLength(1);
});
