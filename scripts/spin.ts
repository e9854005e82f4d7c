/**
 * SPIN and the C compiler that it needs, from Debian's packages. In CI they are installed when they are missing, and it is
 * an error when that fails; elsewhere nobody's machine is changed, and what needs them is skipped and says so.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const programs = ["spin", "gcc"] as const;
const packages = ["spin", "gcc", "libc6-dev"];

/** Why SPIN cannot be asked; null: it can. */
export function spinProblem(): string | null {
  const missing = programs.filter((name) => !isOnPath(name));
  return missing.length === 0
    ? null
    : `${missing.join(" and ")} not found; Debian has it: apt-get install ${packages.join(" ")}`;
}

function isOnPath(name: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function install(): void {
  const apt = (...args: readonly string[]) =>
    spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      timeout: 300_000,
    }).status === 0;
  const get = () => apt("install", "--yes", "--no-install-recommends", ...packages);
  // A bare machine has no lists of packages yet.
  if (!get() && apt("update")) get();
}

if (import.meta.main) {
  if (spinProblem() !== null && process.env["CI"] !== undefined) install();
  const problem = spinProblem();
  process.stdout.write(`${problem ?? "spin and gcc are there"}\n`);
  process.exitCode = problem === null ? 0 : 1;
}
