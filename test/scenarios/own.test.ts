/** Scenarios of one's own, from a folder: they are read, played, and a mistake in them is told with file and field. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { incidents, library, parseScenario } from "@surefoot/scenarios";
import { replay, replayBuilt } from "./held.ts";

const folder = mkdtempSync(join(tmpdir(), "surefoot-own-"));
afterAll(() => rmSync(folder, { recursive: true }));

const own = {
  name: "ours",
  story: "The index was made twice.",
  source: "our incident 12",
  given: {
    "0001_t": "-- migrate:up\nCREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER);\nCREATE INDEX t_a ON t (a);\n",
  },
  pending: { "0002_i": "-- migrate:up\nCREATE INDEX t_a ON t (id);\n-- migrate:undo DROP INDEX t_a{{| ON t}};\n" },
  when: [{ run: "up", faults: [{ step: 1, answers: "error" }] }],
  then: {
    exits: [3],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_t"], tables: { t: ["id", "a", "index t_a"] } },
    told: ["Step 1 (line 2) failed"],
    keeps: ["step_failed 1"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const;

async function played(value: unknown): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  writeFileSync(join(folder, "ours.json"), JSON.stringify(value));
  return replay(["all", "--on", "sqlite", "--scenarios", folder]);
}

test("a folder's scenarios are listed and played", async () => {
  const { exit, out } = await played(own);
  const listed = await replay(["--scenarios", folder]);

  expect(out).toContain("held     ours on sqlite");
  expect(exit).toBe(0);
  expect(listed.out).toContain("ours  The index was made twice.");
});

test("one whose end is another fails with exit 3 and says what is not so", async () => {
  const { exit, out } = await played({ ...own, then: { ...own.then, outcome: "applied" } });

  expect(exit).toBe(3);
  expect(out).toMatch(/FAILED {3}ours on sqlite\n {11}outcome: expected applied, found rolled_back\n/);
});

test("a fault that never strikes fails", async () => {
  const fault = await played({ ...own, when: [{ run: "up", faults: [{ check: "post", answers: "false" }] }] });
  const kill = await played({
    ...own,
    when: [{ run: "up", faults: [{ undoOf: 1, kill: "runner", when: "after_effect" }] }],
  });

  expect(fault.exit).toBe(3);
  expect(fault.out).toContain("faults: it was never so that the post-check does not hold");
  expect(kill.exit).toBe(3);
  expect(kill.out).toContain("faults: it was never so that the runner is killed after the undo of step 1 took effect");
});

test.each([
  [{ name: "Ours" }, "name: names are in kebab-case"],
  [{ story: "" }, "story: write something"],
  [{ pending: { "0002_i.sql": 1 } }, "pending.0002_i.sql: "],
  [{ pending: { "0002_i": "{{a}}" } }, "pending.0002_i: {{a}} needs words for each engine"],
  [{ when: [] }, "when: "],
  [{ when: [{ run: "drop everything" }] }, "when.0.run: the first word is one of up, down"],
  [{ when: [{ run: "up", faults: [{ step: 0, answers: "error" }] }] }, "when.0.faults.0.step: count from 1"],
  [{ when: [{ run: "up", faults: [{ step: 1 }] }] }, "when.0.faults.0: say what it is"],
  [{ when: [{ run: "up", faults: [{ step: 1, kill: "runner" }] }] }, "when.0.faults.0: kill and when belong together"],
  [{ when: [{ run: "up", faults: [{ step: 1, lose: "reply" }] }] }, "engines.sqlite: SQLite has no connections"],
  [{ when: [{ byHand: ["SELECT 1"] }] }, "when.0: byHand says what it leaves"],
  [{ then: { ...own.then, exits: [3, 0] } }, "then.exits: one for each command: 1, and there are 2"],
  [{ then: { ...own.then, path: ["idle", "broken"] } }, "then.path.1: "],
  [{ then: { ...own.then, told: [] } }, "then.told: "],
  [{ engines: { ...own.engines, mysql: undefined } }, "engines.mysql: write"],
  [{ engines: { ...own.engines, oracle: "run" } }, "engines: "],
  [{ extra: 1 }, 'Unrecognized key: "extra"'],
])("a mistake is told with file and field: %j", async (change, message) => {
  const { exit, err } = await played({ ...own, ...change });

  expect(exit).toBe(2);
  expect(err).toContain("ours.json: ");
  expect(err).toContain(message);
});

test("a folder without scenarios, and a file that can't be loaded, are told", async () => {
  const empty = mkdtempSync(join(tmpdir(), "surefoot-own-"));
  const none = await replay(["all", "--scenarios", empty]);
  writeFileSync(join(empty, "broken.mjs"), "export const x = ;");
  const broken = await replay(["all", "--scenarios", empty]);
  rmSync(join(empty, "broken.mjs"));
  writeFileSync(join(empty, "typed.mts"), `import { defineScenario } from "@surefoot/scenarios";`);
  const typed = await replayBuilt(["all", "--scenarios", empty]);
  rmSync(empty, { recursive: true });

  expect([none.exit, broken.exit, typed.exit]).toEqual([2, 2, 2]);
  expect(typed.err).toContain("npm install --save-dev @surefoot/scenarios");
  expect(none.err).toContain("holds no scenario");
  expect(broken.err).toContain("broken.mjs: it can't be loaded");
});

test("every incident has become a scenario", () => {
  const names = new Set(library.flatMap(({ scenarios }) => scenarios.map(({ name }) => name)));

  expect(incidents.length).toBeGreaterThanOrEqual(35);
  for (const { what, scenarios } of incidents) {
    expect(scenarios.length, what).toBeGreaterThan(0);
    expect(
      scenarios.filter((name) => !names.has(name)),
      what,
    ).toEqual([]);
  }
});

test("what comes with Surefoot has the shape that is asked of others, and a name of its own", () => {
  const all = library.flatMap(({ scenarios }) => scenarios);

  for (const scenario of all) expect(parseScenario(scenario, scenario.name)).toMatchObject({ type: "scenario" });
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test("the example of docs/scenarios.md is played as it stands there", async () => {
  const root = join(import.meta.dirname, "..", "..");
  const page = readFileSync(join(root, "docs", "scenarios.md"), "utf8");
  const [, example = ""] = /```ts\n([^]*?)```/.exec(page) ?? [];
  // It imports the package, so that it must stand where that is found.
  mkdirSync(join(root, ".cache"), { recursive: true });
  const scenarios = mkdtempSync(join(root, ".cache", "example-"));
  try {
    writeFileSync(join(scenarios, "example.mts"), example);
    for (const on of ["model", "sqlite"]) {
      const { exit, out } = await replayBuilt(["all", "--on", on, "--scenarios", scenarios]);
      expect(out).toContain(`held     index-made-twice on ${on}\n1 ended as they must`);
      expect(exit).toBe(0);
    }
  } finally {
    rmSync(scenarios, { recursive: true });
  }
});
