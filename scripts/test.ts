/**
 * Runs every check and ends with one line that counts them. `--quick`: what needs no server and no long run, for use
 * before a commit. Each check that is no test file counts as one test.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

const root = join(import.meta.dirname, "..");
const bins = join(root, "node_modules", ".bin");
const quick = process.argv.includes("--quick");
const count = { passed: 0, failed: 0, skipped: 0 };
// When nothing is cached this downloads for half a minute; the checks don't wait for it.
const servers = quick ? null : getServers();

check("format", "oxfmt", ["--check", "."]);
check("lint", "oxlint", ["--type-aware", "--deny-warnings"]);
check("types", "tsc", ["-b"]);
check("types of the tests", "tsc", ["-p", "tsconfig.test.json"]);
check("unused code", "knip", ["--no-config-hints"]);
if (servers !== null) report("test servers", await servers);
if (!quick) check("SPIN", "node", ["scripts/spin.ts"]);
tests(quick ? ["packages"] : []);
if (!quick) check("demo", "node", ["scripts/demo.ts"]);

process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;

function run(command: string, args: readonly string[]): boolean {
  const path = `${bins}${delimiter}${process.env["PATH"] ?? ""}`;
  const { status, error } = spawnSync(join(bins, command), args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PATH: path },
  });
  if (error !== undefined) process.stdout.write(`${command}: ${error.message}\n`);
  return status === 0;
}

function check(name: string, command: string, args: readonly string[]): void {
  process.stdout.write(`\n== ${name}\n`);
  report(name, { ok: run(command, args), said: "" });
}

function report(name: string, { ok, said }: { readonly ok: boolean; readonly said: string }): void {
  count[ok ? "passed" : "failed"]++;
  process.stdout.write(`${said}${ok ? "ok" : "FAILED"}: ${name}\n`);
}

/** The database servers that tests run on. */
async function getServers(): Promise<{ readonly ok: boolean; readonly said: string }> {
  const getting = spawn(process.execPath, ["scripts/servers/get.ts"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said, [code]] = await Promise.all([text(getting.stdout), once(getting, "close")]);
  return { ok: code === 0, said: `\n== test servers\n${said}` };
}

/** Vitest's own counts; a run that wrote none has failed. */
function tests(filters: readonly string[]): void {
  process.stdout.write("\n== tests\n");
  const report = join(root, ".cache", "vitest.json");
  mkdirSync(join(root, ".cache"), { recursive: true });
  rmSync(report, { force: true });
  const ok = run("vitest", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...filters]);
  try {
    const counted = JSON.parse(readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
      numTodoTests: number;
    };
    count.passed += counted.numPassedTests;
    count.failed += counted.numFailedTests;
    count.skipped += counted.numPendingTests + counted.numTodoTests;
    // A file that can't be loaded has no failed test, and has failed all the same.
    if (!ok && counted.numFailedTests === 0) count.failed++;
  } catch {
    count.failed++;
  }
}
