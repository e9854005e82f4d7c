/**
 * A real SIGKILL of `surefoot up` at random moments, then `surefoot up`. In scope: the runner's process on SQLite, in
 * both transaction modes. SUREFOOT_KILLS says how many; the moments come from a fixed seed.
 */
import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { bin } from "../support/kill.ts";
import type { Project } from "../support/project.ts";
import { newProject } from "../support/project.ts";

const killCount = Number(process.env["SUREFOOT_KILLS"] ?? "200");
const rows = 20_000;

const fill = `INSERT INTO t1 (a) WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT ${rows}) SELECT n FROM c;`;

function files(mode: "migration" | "step"): { readonly [id: string]: string } {
  const option = `-- migrate:option transaction=${mode}\n`;
  return {
    "0001_t": `${option}-- migrate:up\nCREATE TABLE t1 (id INTEGER PRIMARY KEY, a INTEGER);\n-- migrate:undo DROP TABLE t1;\n`,
    "0002_rows": `${option}-- migrate:up\n${fill}\n-- migrate:undo DELETE FROM t1;\nCREATE INDEX t1_a ON t1 (a);\n-- migrate:undo DROP INDEX t1_a;\n`,
    "0003_column": `${option}-- migrate:up\nALTER TABLE t1 ADD COLUMN b INTEGER;\n-- migrate:undo ALTER TABLE t1 DROP COLUMN b;\nUPDATE t1 SET b = a;\n-- migrate:undo UPDATE t1 SET b = NULL;\nCREATE TABLE t2 (id INTEGER);\n-- migrate:undo DROP TABLE t2;\n`,
  };
}

/** What is in the database once so many migrations are applied. */
const stages = [
  { t1: false, t2: false, index: false, column: false, rows: 0, filled: 0 },
  { t1: true, t2: false, index: false, column: false, rows: 0, filled: 0 },
  { t1: true, t2: false, index: true, column: false, rows, filled: 0 },
  { t1: true, t2: true, index: true, column: true, rows, filled: rows },
];

function look(project: Project): (typeof stages)[number] {
  const text = project.schema().join("\n");
  const t1 = text.includes("table t1 ");
  const column = text.includes("b INTEGER");
  const count = (where: string): number => Number(project.rows(`SELECT COUNT(*) AS n FROM t1 ${where}`)[0]?.["n"]);
  return {
    t1,
    t2: text.includes("table t2 "),
    index: text.includes("index t1_a "),
    column,
    rows: t1 ? count("") : 0,
    filled: column ? count("WHERE b = a") : 0,
  };
}

/** Runs `up`, kills it after so many milliseconds, and answers with the lines that it had printed by then. */
async function upKilledAfter(
  project: Project,
  ms: number,
): Promise<{ readonly killed: boolean; readonly lines: readonly string[] }> {
  const child = spawn(process.execPath, [bin, "up", "--json", "--db", `sqlite:${project.db}`], {
    cwd: project.folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let out = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => (out += chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, ended) => resolve(ended)));
  clearTimeout(timer);
  // The last line may have been cut in the middle.
  return { killed: signal === "SIGKILL", lines: out.split("\n").slice(0, -1) };
}

/** Mulberry32: small, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test.each(["migration", "step"] as const)(
  "killed at any moment, the next up ends with every migration applied: transaction=%s",
  async (mode) => {
    const moment = random(mode === "migration" ? 1 : 2);
    const found: { [state: string]: number } = {};
    let killedCount = 0;
    // How long a run takes depends on the machine and on what else it does; the moments are spread over all of it.
    const begin = performance.now();
    await upKilledAfter(newProject(files(mode)), 60_000);
    const wholeMs = performance.now() - begin;

    for (let run = 0; run < killCount / 2; run++) {
      const project = newProject(files(mode));
      const { killed, lines } = await upKilledAfter(project, wholeMs * (0.2 + moment() * 0.9));
      if (killed) killedCount++;

      const told = lines.map((line) => JSON.parse(line) as { type: string; seq: number; event: string });
      const status = await project.json(["status"]);
      const kept = new Map(project.journal().map(({ seq, event }) => [Number(seq), event as string]));
      for (const { type, seq, event } of told)
        if (type === "transition") expect(kept.get(seq), `record ${seq} was told and must be there`).toBe(event);
      const { state, applied } = status.result as { state: string; applied: readonly unknown[] };
      found[state] = (found[state] ?? 0) + 1;
      if (state === "idle") expect(look(project)).toEqual(stages[applied.length]);

      const next = await project.json(["up"]);

      expect(next.exit).toBe(0);
      expect(next.result["state"]).toBe("idle");
      expect(look(project)).toEqual(stages[3]);
      for (const [seq, event] of kept) expect(project.journal()[seq - 1]?.event).toBe(event);
    }

    expect(killedCount, JSON.stringify(found)).toBeGreaterThan(killCount / 8);
    if (mode === "step") expect(found["migrating"] ?? 0, JSON.stringify(found)).toBeGreaterThan(0);
    else expect(found["migrating"]).toBeUndefined();
  },
  600_000,
);
