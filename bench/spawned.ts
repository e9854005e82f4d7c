/** Whole processes, as users start them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** The command as it is installed. */
export const bin = join(import.meta.dirname, "..", "packages", "runner", "bin", "surefoot.cjs");

/** Runs a script to its good end with this very Node, without NODE_OPTIONS, which would change what is compared. */
export function spawned(args: readonly string[], cwd = process.cwd()): { stdout: string; stderr: string } {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  // The end says why; a migration that failed late has told much before.
  assert.equal(status, 0, stderr.slice(-2_000));
  return { stdout, stderr };
}
