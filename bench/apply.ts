/** Many small migrations on a new SQLite file: through the library, by hand, and with drizzle-orm's migrator. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { createRunner } from "surefoot";
import { applyByHand } from "./by-hand.mjs";
import type { Comparison } from "./compare.ts";
import { Driver } from "./drivers.ts";
import type { Handle } from "./drivers.ts";
import { objectCount } from "./inputs.ts";
import type { Inputs } from "./inputs.ts";
import { bin, spawned } from "./spawned.ts";
import { applyWithDrizzle } from "./with-drizzle.mjs";

/** One transaction for each migration; whole commands, as people run them. */
export function oneByOne(folder: string, inputs: Inputs, roundCount: number): Comparison {
  return {
    name: `surefoot up of ${inputs.migrationCount} migrations / a script with better-sqlite3, one transaction each`,
    ours: (call) => command(fileOf(folder, call), inputs, []),
    theirs: (call) => script("by-hand.mjs", fileOf(folder, call), inputs.plain, inputs),
    roundCount,
    goal: 1.2,
    inProcess: false,
  };
}

/** Everything in one transaction. */
export function allAtOnce(folder: string, inputs: Inputs, roundCount: number): Comparison {
  return {
    name: `surefoot up --atomic of ${inputs.migrationCount} migrations / a script with drizzle-orm's migrator`,
    ours: (call) => command(fileOf(folder, call), inputs, ["--atomic"]),
    theirs: (call) => script("with-drizzle.mjs", fileOf(folder, call), inputs.drizzle, inputs),
    roundCount,
    goal: 1,
    inProcess: false,
  };
}

/** The same two inside one warm process: no start, no loading, compiled code. */
export function oneByOneInside(folder: string, inputs: Inputs, roundCount: number): Comparison {
  return {
    name: `up() of ${inputs.migrationCount} migrations / the same by hand, in this process`,
    ours: (call) => surefoot(fileOf(folder, call), inputs, false),
    theirs: (call) => byHand(fileOf(folder, call), inputs),
    roundCount,
    goal: 1.2,
    inProcess: true,
  };
}

export function allAtOnceInside(folder: string, inputs: Inputs, roundCount: number): Comparison {
  return {
    name: `up({ atomic: true }) of ${inputs.migrationCount} migrations / drizzle-orm's migrator, in this process`,
    ours: (call) => surefoot(fileOf(folder, call), inputs, true),
    theirs: (call) => withDrizzle(fileOf(folder, call), inputs),
    roundCount,
    goal: 1,
    inProcess: true,
  };
}

function command(file: string, inputs: Inputs, more: readonly string[]): void {
  spawned([bin, "up", ...more, "--dir", inputs.surefoot, "--db", `sqlite:${file}`]);
  withHandle(file, (db) => assertApplied(db, inputs.migrationCount));
}

function script(name: string, file: string, migrations: string, inputs: Inputs): void {
  spawned([join(import.meta.dirname, name), file, migrations]);
  withHandle(file, (db) => assertApplied(db, inputs.migrationCount));
}

function fileOf(folder: string, call: number): string {
  return join(folder, `${call}.db`);
}

/** Brings a file to where all migrations are applied. */
export async function surefoot(file: string, inputs: Inputs, atomic: boolean): Promise<void> {
  const runner = createRunner({ database: `sqlite:${file}`, migrations: inputs.surefoot });
  const { applied, error } = await runner.up({ atomic });
  assert.equal(error, null);
  assert.equal(applied.length, inputs.migrationCount);
}

export function byHand(file: string, { plain, migrationCount }: Inputs): void {
  withHandle(file, (db) => {
    applyByHand(db, plain);
    assertApplied(db, migrationCount);
  });
}

export function withDrizzle(file: string, { drizzle, migrationCount }: Inputs): void {
  withHandle(file, (db) => {
    applyWithDrizzle(db, drizzle);
    assertApplied(db, migrationCount);
  });
}

function withHandle(file: string, act: (db: Handle) => void): void {
  const db = new Driver(file);
  act(db);
  db.close();
}

function assertApplied(db: Handle, migrationCount: number): void {
  const query = "SELECT COUNT(*) FROM sqlite_schema WHERE type IN ('table', 'index') AND name GLOB 't[0-9]*'";
  assert.equal(db.prepare(query).pluck().get(), objectCount(migrationCount));
}
