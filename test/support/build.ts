import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Tests that start processes start the compiled command line; it must be the one of these sources. */
export function setup(): void {
  const root = join(import.meta.dirname, "..", "..");
  execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-b"], { cwd: root, stdio: "inherit" });
}
