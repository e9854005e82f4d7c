import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the keeper of the test servers answers. */
    readonly serverKeeper: string;
  }
}

/** Starts the keeper of the test servers, which starts none before a test asks. It ends with this process, however that ends. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const script = join(import.meta.dirname, "..", "..", "scripts", "servers", "keeper-process.ts");
  const keeper = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"], detached: true });
  const ended = once(keeper, "close");
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: keeper.stdout }).once("line", resolve);
    void ended.then(() => reject(new Error("The keeper of the test servers did not start.")));
  });
  project.provide("serverKeeper", address);
  return async () => {
    keeper.stdin.end();
    await ended;
  };
}
