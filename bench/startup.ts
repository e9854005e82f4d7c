/** A whole process that finds nothing to do, beside a whole process that opens the file and reads one table. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { byHand, surefoot } from "./apply.ts";
import type { Comparison } from "./compare.ts";
import { writeInputs } from "./inputs.ts";
import { bin, spawned } from "./spawned.ts";

const reader = join(import.meta.dirname, "read-one-table.mjs");

/** `surefoot up` with everything applied and no configuration file. */
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
      said(
        [bin, "up", "--dir", inputs.surefoot, "--db", "sqlite:app.db"],
        dir,
        "Nothing to do: every migration is applied.\n",
      ),
    theirs: () => said([reader, "other.db"], dir, `${migrationCount}\n`),
    roundCount,
    goal: 1.6,
    inProcess: false,
  };
}

function said(args: readonly string[], cwd: string, expected: string): void {
  assert.deepEqual(spawned(args, cwd), { stdout: expected, stderr: "" });
}
