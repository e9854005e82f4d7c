import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Tests that start processes start the built command line; it must be the one of these sources. */
export function setup(): void {
  const root = join(import.meta.dirname, "..", "..");
  execFileSync(process.execPath, ["--run", "build"], { cwd: root, stdio: "ignore" });
}
