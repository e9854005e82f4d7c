/** Runs statements as the steps of one migration, and goes the way back that was found for them. */
import { expect } from "vitest";
import type { MigrationFile } from "../../packages/runner/src/files/migration.ts";
import { readMigration } from "../../packages/runner/src/files/read-migration.ts";
import type { MaterialStep } from "../../packages/runner/src/material.ts";
import { readyUp } from "../../packages/runner/src/prepare-migration.ts";
import { SqliteDatabase } from "../../packages/runner/src/sqlite/adapter.ts";
import type { SqliteHandle } from "../../packages/runner/src/sqlite/driver.ts";
import type { Everything } from "./everything.ts";
import { differing, everythingIn, runStatement } from "./everything.ts";

function fileOf(statements: readonly string[]): MigrationFile {
  const text = ["-- migrate:option transaction=step", "-- migrate:up", ...statements.map((sql) => `${sql};`), ""];
  return readMigration("migrations/0001_random.sql", text.join("\n"), "sqlite");
}

export interface Walked {
  readonly steps: readonly MaterialStep[];
  /** Everything before each step, and whether the step changed anything of it. */
  readonly before: readonly Everything[];
  readonly changed: readonly boolean[];
}

export async function walk(db: SqliteHandle, statements: readonly string[]): Promise<Walked> {
  const reader = await new SqliteDatabase({ handle: db }).read();
  const { material } = await readyUp(fileOf(statements), reader, { transaction: "step", recovery: undefined });
  const before: Everything[] = [];
  const changed: boolean[] = [];
  let now = everythingIn(db);
  for (const { sql } of material.steps) {
    before.push(now);
    runStatement(db, sql);
    now = everythingIn(db);
    changed.push(differing(before.at(-1)!, now).length > 0);
  }
  return { steps: material.steps, before, changed };
}

/** Takes back one step after the other until one has no undo; after each, everything must be as before it. */
export function walkBack(db: SqliteHandle, { steps, before, changed }: Walked, seen: Map<string, number>): void {
  for (let step = steps.length - 1; step >= 0; step--) {
    const undo = steps[step]!.undo;
    if (!changed[step]) continue;
    if (undo === null) return;
    for (const sql of undo.statements) runStatement(db, sql);
    seen.set(undo.from, (seen.get(undo.from) ?? 0) + 1);
    // What an earlier step covers is still there until that one is taken back.
    const waiting = steps.some(
      (other, index) => index >= step && changed[index] && other.undo?.by.some((by) => by < step),
    );
    if (!waiting)
      expect(differing(before[step]!, everythingIn(db)), `after the undo of ${steps[step]!.sql}`).toEqual([]);
  }
}

export function told({ steps }: Walked): string {
  return steps
    .map(
      ({ sql, undo }, at) =>
        `${at}. ${sql} -- ${undo === null ? "no undo" : `${undo.from} ${undo.by.join()} ${undo.statements.join("; ")}`}`,
    )
    .join("\n");
}
