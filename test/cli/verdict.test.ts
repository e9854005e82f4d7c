/** `surefoot replay --verdict`, as built, in processes of its own. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plots } from "@surefoot/model/explorer";
import { library } from "@surefoot/scenarios";
import { verdictResultSchema } from "surefoot/schemas";

const root = join(import.meta.dirname, "../..");

function replay(...options: readonly string[]) {
  const bin = join(root, "node_modules/.bin/surefoot");
  const { status, stdout, stderr } = spawnSync(bin, ["replay", ...options], { encoding: "utf8" });
  return { exit: status, stdout, stderr };
}

const jsonOf = (stdout: string) => verdictResultSchema.parse(JSON.parse(stdout.trim()));

test("--json has every story under every variant, each with its reason, and what each variant costs", () => {
  const { exit, stdout, stderr } = replay("--verdict", "--json");
  const { verdicts, costs, ...result } = jsonOf(stdout);

  expect([exit, stderr, result.command, result.exit, result.error]).toEqual([0, "", "replay", 0, null]);
  expect(verdicts).toHaveLength(25);
  expect(verdicts.flatMap((one) => (one.variant === "documented" ? [[one.scenario, one.verdict]] : []))).toEqual([
    ["1", "partial"],
    ["2", "unclear"],
    ["3", "fails"],
    ["4", "partial"],
    ["5", "passes"],
  ]);
  for (const { because, verdict, counterexample, worlds } of verdicts) {
    expect(because).toMatch(/^It .*\.$/);
    expect([verdict, counterexample === null]).toEqual([verdict, verdict === "passes"]);
    expect(worlds).toHaveLength(4);
  }
  expect(costs.map(({ variant }) => variant)).toEqual([
    "adjusted",
    "documented",
    "resuming",
    "blocked",
    "rollback_state",
  ]);
});

test("people get the table, the reason for each that does not pass, and what each variant costs", () => {
  const { exit, stdout } = replay("--verdict");

  expect(exit).toBe(0);
  expect(stdout).toMatch(/^3 partial execution, fixed by hand +passes +fails +passes +passes +passes$/m);
  expect(stdout).toContain("2 blocked: partial\n  It never stops, but `comes_to_rest` is violated");
  expect(stdout).not.toContain("adjusted: ");
  expect(stdout).toMatch(/^resuming +2,628 +40 +20 18 20 34 18 +interrupted_is_taken_back, interrupted_is_kept$/m);
});

test("of one story under one variant it tells the shortest story that shows the verdict", () => {
  const { exit, stdout } = replay("3", "--verdict", "--variant", "documented");

  expect(exit).toBe(0);
  expect(stdout).toMatch(/^3 partial execution, fixed by hand, documented: fails\nIt can stop in `migrating` with /);
  expect(stdout).toMatch(/^sqlite-one-transaction +passes +\d+ states$/m);
  expect(stdout).toMatch(/^ +\d+ {2}fault +runner A is killed$/m);
  expect(stdout).toMatch(/why {2}It stops here: no continuation leads to a sink\.\n$/);
});

test("--format markdown prints the tables of docs/validation-sprint.md", () => {
  const page = readFileSync(join(root, "docs/validation-sprint.md"), "utf8");
  const part = (name: string) => new RegExp(`<!-- generated: ${name} -->\n([^]*?)<!-- end -->`).exec(page)?.[1] ?? "?";

  const { exit, stdout } = replay("--verdict", "--format", "markdown");

  expect(exit).toBe(0);
  expect(stdout.startsWith(part("verdicts"))).toBe(true);
  expect(stdout.endsWith(part("costs"))).toBe(true);
});

test.each([
  ["There is no verdict on 9: the stories are 1, 2, 3, 4, 5.", ["9", "--verdict"]],
  ["cannot be used with option '--verdict'", ["--verdict", "--on", "sqlite"]],
  ["cannot be used with option '--verdict'", ["--verdict", "--scenarios", "mine"]],
  ["Verdicts are printed as text or markdown, or with --json.", ["--verdict", "--format", "junit"]],
])("what does not fit is refused: %s", (message, options) => {
  const { exit, stdout, stderr } = replay(...options);

  expect([exit, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});

test("each story has scenarios under its number, which are played", () => {
  for (const { scenario, title } of plots) {
    const group = library.find(({ id }) => id === scenario);

    expect(title).toContain(group?.title.toLowerCase() ?? "a group of its own");
    expect(group?.scenarios.length).toBeGreaterThan(0);
  }
});
