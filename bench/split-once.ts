/** Splits one file in this process and prints what that took and how much memory it needed, as JSON. */
import { readFileSync } from "node:fs";
import { split } from "../packages/runner/src/sql/splitter.ts";

export interface Once {
  /** Processor time, of all threads: what else the machine does counts less than in elapsed time. */
  readonly cpuMs: number;
  /** The most memory that this process has had, Node and the text included. */
  readonly peakBytes: number;
  /** The statements and their places, without the text. */
  readonly heldBytes: number;
}

if (import.meta.main) {
  const text = readFileSync(process.argv[2] ?? "", "utf8");
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const begin = process.cpuUsage();
  const pieces = split(text, "mysql");
  const { user, system } = process.cpuUsage(begin);
  const peakBytes = process.resourceUsage().maxRSS * 1_024;
  globalThis.gc?.();
  const once: Once = { cpuMs: (user + system) / 1_000, peakBytes, heldBytes: process.memoryUsage().heapUsed - before };
  // Used afterwards, so that it can't be collected before.
  if (pieces.length === 0) throw new Error("There was nothing to split.");
  process.stdout.write(JSON.stringify(once));
}
