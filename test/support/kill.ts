import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** The command line as users get it; the test run has compiled it. */
export const bin = join(import.meta.dirname, "..", "..", "packages", "runner", "bin", "surefoot.cjs");

/** Starts the command line in a process of its own, waits until it says `until`, and ends it with SIGKILL. */
export async function killDuring(
  project: { readonly folder: string; readonly url: string },
  args: readonly string[],
  until: string,
): Promise<void> {
  const child = spawn(process.execPath, [bin, ...args, "--db", project.url], {
    cwd: project.folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const closed = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  child.stderr.setEncoding("utf8");
  let told = "";
  for await (const chunk of child.stderr) {
    told += String(chunk);
    if (told.includes(until)) break;
  }
  // The line is written just before the statement is sent; give it time to be in the middle.
  await setTimeout(100);
  child.kill("SIGKILL");
  const signal = await closed;
  if (signal !== "SIGKILL") throw new Error(`It ended before it could be killed. It said:\n${told}`);
}
