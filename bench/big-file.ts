/** One file of 100,000 INSERTs, 20 MB: whole commands, with the memory that each needs at its peak. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Comparison } from "./compare.ts";
import { median } from "./compare.ts";
import { Driver } from "./drivers.ts";
import { bin } from "./spawned.ts";
import { spread } from "./report.ts";

const rowCount = 100_000;
const goalOfMemory = 1.2;

export function bigFile(folder: string, roundCount: number): Comparison {
  const migrations = join(folder, "migrations");
  mkdirSync(migrations);
  const file = join(migrations, "0001_big.sql");
  const size = writeBig(file);
  const peaks: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] };
  const db = (call: number): string => join(folder, `${call}.db`);
  return {
    name: `surefoot up of one file with ${rowCount} INSERTs, ${(size / 1e6).toFixed(0)} MB / a script that hands its text to better-sqlite3`,
    ours: (call) => {
      peaks.ours.push(peakOf([bin, "up", "--dir", migrations, "--db", `sqlite:${db(call)}`]));
      assertFilled(db(call));
    },
    theirs: (call) => {
      peaks.theirs.push(peakOf([join(import.meta.dirname, "exec-file.mjs"), db(call), file]));
      assertFilled(db(call));
    },
    roundCount,
    goal: 2,
    inProcess: false,
    note: () => {
      const ratios = peaks.ours.map((peak, round) => peak / (peaks.theirs[round] ?? Number.NaN));
      return `peak memory ${spread(ratios)}; goal at most ${goalOfMemory}: ${median(ratios) <= goalOfMemory ? "met" : "missed"}`;
    },
  };
}

function writeBig(file: string): number {
  const note = "a note that makes it longer; with 'quotes' and -- dashes ".replaceAll("'", "''").repeat(2);
  const rows = Array.from(
    { length: rowCount },
    (_, id) =>
      `INSERT INTO big (id, name, note, amount) VALUES (${id}, 'name of row ${id}', '${note}${id}', ${id}.25);`,
  );
  const table = "CREATE TABLE big (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, amount REAL);";
  const text = ["-- migrate:up", table, ...rows, ""].join("\n");
  writeFileSync(file, text);
  return text.length;
}

/** Runs a script and answers the most memory that its process has held, in bytes. */
function peakOf(args: readonly string[]): number {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const watch = join(import.meta.dirname, "peak.cjs");
  const { status, stderr, output } = spawnSync(process.execPath, ["--require", watch, ...args], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  assert.equal(status, 0, stderr);
  return Number(output[3]);
}

function assertFilled(file: string): void {
  const handle = new Driver(file);
  const found = handle.prepare("SELECT COUNT(*) AS n FROM big").get() as { readonly n: number };
  handle.close();
  assert.equal(found.n, rowCount);
}
