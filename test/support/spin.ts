/** An exported model, compiled and searched by SPIN in a folder of its own. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findSpin } from "../../scripts/spin.ts";

const run = promisify(execFile);

interface Search {
  /** "states, stored" and "transitions (= stored+matched)": of the model alone only where no claim was asked. */
  readonly stored: number;
  readonly transitions: number;
  readonly errors: number;
  /** Nothing was left out, by depth, by memory or by an error that ended it. */
  readonly complete: boolean;
  readonly report: string;
}

interface Verifier {
  readonly search: (...options: readonly string[]) => Promise<Search>;
}

/**
 * Compiles without anything that could lose a state: no partial order reduction, no hash compaction, no bit states.
 *
 * @param flags `-DSAFETY` unless cycles are asked about, `-DNOCLAIM` to count.
 */
export async function withVerifier<T>(
  model: string,
  flags: readonly string[],
  use: (verifier: Verifier) => Promise<T>,
): Promise<T> {
  const spin = findSpin();
  if (spin.type === "missing") throw new Error(spin.why);
  const { env, compilerFlags } = spin;
  const folder = mkdtempSync(join(tmpdir(), "surefoot-spin-"));
  try {
    writeFileSync(join(folder, "model.pml"), model);
    await run("spin", ["-a", "model.pml"], { cwd: folder, env });
    // Unoptimised, because these models are quicker searched than compiled.
    const all = [...compilerFlags, "-w", "-O0", "-DNOREDUCE", "-DNOFAIR", ...flags];
    await run("gcc", [...all, "-o", "pan", "pan.c"], { cwd: folder, env });
    return await use({
      async search(...options) {
        const { stdout } = await run("./pan", ["-E", "-n", "-w18", "-m100000", ...options], { cwd: folder });
        return searchOf(stdout);
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws Error when it is no report of a search. */
function searchOf(report: string): Search {
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(report)?.[1];
    if (found === undefined) throw new Error(`SPIN's report has no ${pattern.source}:\n${report}`);
    return Number(found);
  };
  return {
    stored: number(/^ *(\S+) states, stored/m),
    transitions: number(/^ *(\S+) transitions/m),
    errors: number(/errors: (\d+)/),
    complete: !/Search not completed|max search depth too small|out of memory/.test(report),
    report,
  };
}
