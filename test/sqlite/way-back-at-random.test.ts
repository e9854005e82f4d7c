import { createRequire } from "node:module";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { SqliteHandle } from "../../packages/runner/src/sqlite/driver.ts";
import { runStatement } from "./everything.ts";
import type { Draw } from "./programs.ts";
import { beginning, draws, writeStatements } from "./programs.ts";
import { told, walk, walkBack } from "./walk.ts";

const Driver = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => SqliteHandle;

/** `SUREFOOT_PROGRAMS=20000 SUREFOOT_SEED=7 vitest run test/sqlite/way-back-at-random.test.ts` looks longer, elsewhere. */
const programCount = Number(process.env["SUREFOOT_PROGRAMS"] ?? "400");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");

function newDatabase(kept: readonly boolean[]): SqliteHandle {
  const db = new Driver(":memory:");
  for (const [index, sql] of beginning.entries()) if (kept[index] ?? true) attempt(() => db.exec(sql));
  return db;
}

function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

/** The statements of the program that the engine takes, one after the other. */
function acceptedOf(kept: readonly boolean[], program: readonly Draw[]): readonly string[] {
  const db = newDatabase(kept);
  const accepted: string[] = [];
  for (const draw of program)
    for (const sql of writeStatements(db, draw)) if (attempt(() => runStatement(db, sql))) accepted.push(sql);
  db.close();
  return accepted;
}

test("whatever a migration is made of, its undos lead back step by step, rows included", async () => {
  const seen = new Map<string, number>();
  const keeps = fc.array(fc.boolean(), { minLength: beginning.length, maxLength: beginning.length });

  await fc.assert(
    fc.asyncProperty(keeps, draws, async (kept, program) => {
      const statements = acceptedOf(kept, program);
      fc.pre(statements.length > 0);
      const db = newDatabase(kept);
      const walked = await walk(db, statements);
      try {
        walkBack(db, walked, seen);
      } catch (error) {
        throw new Error(`${told(walked)}\n${String(error)}`, { cause: error });
      } finally {
        db.close();
      }
    }),
    { numRuns: programCount, seed },
  );

  expect(seen.get("derived")).toBeGreaterThan(programCount / 2);
  expect(seen.get("covered")).toBeGreaterThan(programCount / 20);
});
