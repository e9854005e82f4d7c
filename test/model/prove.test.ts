/** `surefoot prove`, as built, in processes of its own. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proveResultSchema } from "surefoot/schemas";

const bin = join(import.meta.dirname, "../../node_modules/.bin/surefoot");

function prove(...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(bin, ["prove", ...options], { encoding: "utf8", maxBuffer: 1 << 28 });
  return { exit: status, stdout, stderr };
}

const jsonOf = (stdout: string) => proveResultSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));

test("the default proof holds: three steps, two runners, every engine's promises, every mutant accounted for", () => {
  const { exit, stdout, stderr } = prove("--json");
  const result = jsonOf(stdout);

  expect([exit, result.verdict, result.complaints, stderr]).toEqual([0, "holds", [], ""]);
  // A model that changed is a change to be seen: say in the commit what became possible or impossible.
  expect(
    result.configurations.map(({ name, states, transitions, depth, bound }) => [
      name,
      states,
      transitions,
      depth,
      bound,
    ]),
  ).toEqual([
    ["sqlite-one-transaction", 16_009, 144_390, 44, 40],
    ["sqlite-by-step", 414_218, 4_053_367, 67, 51],
    ["atomic-ddl", 65_028, 547_428, 64, 29],
    ["opaque", 60_756, 507_828, 59, 25],
    ["dependency-arrives", 10_585, 98_535, 35, 30],
    ["up-and-down", 4_624, 29_512, 55, 17],
    ["records-at-once", 26_380, 214_596, 46, 25],
    ["shared-and-idle-undos", 8_848, 64_376, 47, 25],
    ["rows-destroyed", 8_368, 67_368, 42, 17],
    ["down-section", 19_056, 152_480, 50, 25],
    ["policy-resume", 33_100, 267_704, 41, 26],
    ["policy-stop", 29_692, 245_636, 52, 18],
  ]);
  const outcomes = result.mutants.map(({ outcome }) => outcome);
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  expect([count("killed"), count("equivalent"), count("survived"), count("invalid")]).toEqual([127, 4, 1, 0]);
  for (const { id, verdict, witnesses } of result.properties)
    expect([id, verdict, witnesses > 0]).toEqual([id, "holds", true]);
  const counted = result.properties.map(({ id, counts }) => [id, Object.keys(counts).length] as const);
  expect(counted.filter(([, names]) => names > 0)).toEqual([
    ["states_reached", 8],
    ["edges_taken", 44],
    ["actions_taken", 67],
    ["recoveries_taken", 13],
  ]);
});

test("documented is refuted with exit 3, and each counterexample is told step by step", () => {
  const { exit, stdout } = prove("--quick", "--variant", "documented");

  expect(exit).toBe(3);
  expect(stdout).toContain("VIOLATED  sink_is_reachable");
  expect(stdout).toMatch(/sink_is_reachable is violated\..*\nIn .*, with one fault:\n\n +1 {2}operator/);
  expect(stdout).toMatch(/^VIOLATED \(.* s\): /m);
});

test("a search that a bound has ended proves nothing, and exits 4", () => {
  const { exit, stdout } = prove("--quick", "--states", "100");

  expect(exit).toBe(4);
  expect(stdout).toContain("UNKNOWN");
  expect(stdout).toContain("100+");
  expect(stdout).not.toMatch(/^ {2}HOLDS/m);
});

test("--bounds makes it larger or smaller", () => {
  const larger = jsonOf(prove("--json", "--quick", "--bounds", "steps=2,runners=1").stdout);

  expect(larger.verdict).not.toBe("unknown");
  expect(larger.configurations.find(({ name }) => name === "opaque")).toMatchObject({ steps: 2, runners: 1 });
});

test("JUnit has one test for each property, and its failures are told", () => {
  const holding = prove("--quick", "--format", "junit").stdout;
  const refuted = prove("--quick", "--variant", "blocked", "--format", "junit").stdout;

  expect(holding).toMatch(/^<\?xml version="1.0"/);
  expect(holding.match(/<testcase /g)?.length).toBeGreaterThanOrEqual(25);
  expect(holding).not.toContain("<failure");
  expect(refuted.match(/<failure /g)?.length).toBeGreaterThanOrEqual(1);
  expect(refuted).toMatch(/name="comes_to_rest">\n +<failure message="violated"/);
  for (const text of [holding, refuted])
    expect(text.match(/<testcase /g)?.length).toBe(
      (text.match(/<testcase [^>]*\/>/g) ?? []).length + (text.match(/<\/testcase>/g) ?? []).length,
    );
});

test("counterexamples are drawn as sequence diagrams", () => {
  const { exit, stdout } = prove("--quick", "--variant", "blocked", "--format", "mermaid");

  expect(exit).toBe(3);
  expect(stdout).toMatch(/^%% comes_to_rest\nsequenceDiagram\n {2}participant operator\n/);
});

test.each([
  [["--variant", "adjustd"], /adjusted/],
  [["--bounds", "steps=9"], /1 to 5/],
  [["--bounds", "width=2"], /steps=N/],
  [["--states", "none"], /whole number/],
  [["--format", "xml"], /junit/],
])("a wrong option is refused, and the message says what fits: %s", (options, message) => {
  const { exit, stderr, stdout } = prove(...options);

  expect([exit, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});
