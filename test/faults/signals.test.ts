/** Signals: the first brings the migration to rest, the second ends the process at once. */
import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { bin } from "../support/kill.ts";
import type { Project } from "../support/project.ts";
import { newProject, pathOf } from "../support/project.ts";

/** Many steps, each of them short: a signal comes in between two of them. */
const many = (mode: string, policy = ""): string =>
  `-- migrate:option transaction=${mode}\n${policy}-- migrate:up\n${Array.from(
    { length: 400 },
    (_, index) =>
      `CREATE TABLE t${index} AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 20000) SELECT n FROM c;\n-- migrate:undo DROP TABLE t${index};\n`,
  ).join("")}`;

async function signalled(
  project: Project,
  signals: readonly NodeJS.Signals[],
  until: string,
): Promise<{ exit: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [bin, "up", "--json", "--db", `sqlite:${project.db}`], { cwd: project.folder });
  let out = "";
  let err = "";
  let sent = 0;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
    if (sent === 1 && signals.length > 1 && err.includes("Stopping")) child.kill(signals[sent++]);
  });
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
    if (sent === 0 && out.includes(until)) child.kill(signals[sent++]);
  });
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exit, out, err };
}

test.each([
  ["migration", "SIGINT"],
  ["step", "SIGTERM"],
] as const)("the first signal brings the migration to rest and exits 130: transaction=%s, %s", async (mode, signal) => {
  const project = newProject({ "0001_many": many(mode) });

  const { exit, out, err } = await signalled(project, [signal], '"step":20,');

  expect(exit).toBe(130);
  expect(err).toContain("brought to rest");
  expect(JSON.parse(out.trim().split("\n").at(-1) ?? "")).toMatchObject({
    outcome: "interrupted",
    state: "idle",
    failed: { cause: "interrupted" },
  });
  expect(project.schema()).toEqual([]);
  expect(pathOf(project, "0001_many")).toEqual([
    "idle",
    "preparing",
    "validating_pre",
    "migrating",
    "rolling_back",
    "idle",
  ]);
  expect(project.journal().find(({ event }) => event === "interrupted")?.detail["by"]).toBe("signal");
});

test("the second signal ends it at once, and the next up recovers", async () => {
  const project = newProject({ "0001_many": many("step") });

  const { exit } = await signalled(project, ["SIGINT", "SIGINT"], '"step":20,');
  const left = await project.json(["status"]);
  const recovered = await project.json(["recover"]);

  expect(exit).toBe(130);
  expect(["migrating", "rolling_back"]).toContain(left.result["state"]);
  expect(recovered.exit).toBe(0);
  expect(project.schema()).toEqual([]);
});

test("an interruption by a signal does not count towards a crash loop", async () => {
  const project = newProject({ "0001_t": "-- migrate:up\nCREATE TABLE t (id INTEGER);\n" });
  const stop = new AbortController();
  stop.abort();

  for (let count = 0; count < 4; count++) expect((await project.json(["up"], { signal: stop.signal })).exit).toBe(130);

  expect((await project.json(["up"])).exit).toBe(0);
});
