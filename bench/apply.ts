/** Many small migrations on a new SQLite file: through the library, by hand, and with drizzle-orm's migrator. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { createRunner } from "surefoot";
import type { Comparison } from "./compare.ts";
import { Driver } from "./drivers.ts";
import type { Handle } from "./drivers.ts";
import { objectCount } from "./inputs.ts";
import type { Inputs } from "./inputs.ts";

/** One transaction for each migration. */
export function oneByOne(folder: string, inputs: Inputs, roundCount: number): Comparison {
  return {
    name: `up of ${inputs.migrationCount} migrations / better-sqlite3 by hand, one transaction each`,
    ours: (call) => surefoot(fileOf(folder, call), inputs, false),
    theirs: (call) => byHand(fileOf(folder, call), inputs),
    roundCount,
    goal: 1.2,
    inProcess: true,
  };
}

/** Everything in one transaction. */
export function allAtOnce(folder: string, inputs: Inputs, roundCount: number): Comparison {
  return {
    name: `up --atomic of ${inputs.migrationCount} migrations / drizzle-orm's migrator`,
    ours: (call) => surefoot(fileOf(folder, call), inputs, true),
    theirs: (call) => withDrizzle(fileOf(folder, call), inputs),
    roundCount,
    goal: 1,
    inProcess: true,
  };
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

/** The least that a runner can do which knows afterwards what it has applied. */
export function byHand(file: string, { plain, migrationCount }: Inputs): void {
  const db = new Driver(file);
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)");
  const record = db.prepare("INSERT INTO schema_migrations (name, applied_at) VALUES (?, ?)");
  for (const name of readdirSync(plain).sort()) {
    const sql = readFileSync(join(plain, name), "utf8");
    db.exec("BEGIN IMMEDIATE");
    db.exec(sql);
    record.run(name, new Date().toISOString());
    db.exec("COMMIT");
  }
  assertApplied(db, migrationCount);
  db.close();
}

export function withDrizzle(file: string, inputs: Inputs): void {
  const db = new Driver(file);
  db.pragma("synchronous = FULL");
  migrate(drizzle(db), { migrationsFolder: inputs.drizzle });
  assertApplied(db, inputs.migrationCount);
  db.close();
}

function assertApplied(db: Handle, migrationCount: number): void {
  const query = "SELECT COUNT(*) FROM sqlite_schema WHERE type IN ('table', 'index') AND name GLOB 't[0-9]*'";
  assert.equal(db.prepare(query).pluck().get(), objectCount(migrationCount));
}
