/** A whole process that finds nothing to do, beside a whole process that opens the file and reads one table. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { byHand, surefoot } from "./apply.ts";
import type { Comparison } from "./compare.ts";
import { writeInputs } from "./inputs.ts";

const bin = join(import.meta.dirname, "..", "packages", "runner", "bin", "surefoot.cjs");
const reader = join(import.meta.dirname, "read-one-table.mjs");

/** `surefoot up` with everything applied; no configuration file, the database in DATABASE_URL. */
export async function nothingToDo(folder: string, migrationCount: number, roundCount: number): Promise<Comparison> {
  const dir = join(folder, `startup-${migrationCount}`);
  mkdirSync(dir);
  const inputs = writeInputs(join(dir, "inputs"), migrationCount);
  await surefoot(join(dir, "app.db"), inputs, true);
  // The same tables in the file of the other side: reading a large schema costs both the same.
  byHand(join(dir, "other.db"), inputs);
  return {
    name: `surefoot up, nothing to do, ${migrationCount} applied / a script that reads their ${migrationCount} rows`,
    ours: () =>
      spawned(dir, [bin, "up", "--dir", inputs.surefoot], "Nothing to do: every migration is applied.\n", {
        DATABASE_URL: "sqlite:app.db",
      }),
    theirs: () => spawned(dir, [reader, "other.db"], `${migrationCount}\n`, {}),
    roundCount,
    goal: 1.6,
    inProcess: false,
  };
}

/** This very Node in both; without NODE_OPTIONS, which would change what is compared. */
function spawned(
  cwd: string,
  args: readonly string[],
  expected: string,
  more: { readonly [name: string]: string },
): void {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    env: { ...env, ...more },
    encoding: "utf8",
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: expected, stderr: "" });
}
