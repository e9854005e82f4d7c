import { expect, test } from "vitest";
import { storyText } from "../explorer/story.ts";
import type { VariantName } from "../variant.ts";
import { variantNames } from "../variant.ts";
import type { StoryVerdict } from "./judge-world.ts";
import { verdictTable } from "./verdict-table.ts";

const table = verdictTable();

function verdictsOf(variant: VariantName): readonly StoryVerdict[] {
  return table.judgements.filter((one) => one.variant === variant).map(({ verdict }) => verdict);
}

function cell(scenario: string, variant: VariantName) {
  const found = table.judgements.find((one) => one.scenario === scenario && one.variant === variant);
  if (found === undefined) throw new Error(`Nothing is said of story ${scenario} under ${variant}.`);
  return found;
}

function costOf(variant: VariantName) {
  const { states, transitions, moves, bounds, ends, cannotPromise } = table.costs.find(
    (one) => one.variant === variant,
  )!;
  return { states, transitions, moves, bounds, ends, cannotPromise: cannotPromise.map(({ id }) => id) };
}

test("the checker says of the model as first documented what was said of it by hand", () => {
  expect(verdictsOf("documented")).toEqual(["partial", "unclear", "fails", "partial", "passes"]);
});

test("of the adjusted model it says that all five pass, and of the alternatives where one does not", () => {
  expect(verdictsOf("adjusted")).toEqual(["passes", "passes", "passes", "passes", "passes"]);
  expect(verdictsOf("resuming")).toEqual(["passes", "passes", "passes", "passes", "passes"]);
  expect(verdictsOf("blocked")).toEqual(["passes", "partial", "passes", "passes", "passes"]);
  expect(verdictsOf("rollback_state")).toEqual(["passes", "passes", "passes", "passes", "passes"]);
});

test("each reason names where it stops and the row that is missing, or the property that is violated", () => {
  expect(cell("1", "documented").because).toMatch(/^It never stops, but `rolled_back_is_true` is violated: /);
  expect(cell("2", "documented").because).toBe(
    "It can stop in `preparing` with the database as before: nothing goes on by itself. `preparing` has no row for `dependency_missing`.",
  );
  expect(cell("3", "documented").because).toMatch(
    /^It can stop in `migrating` with step 1 in effect, .* `migrating` has no row for `interrupted`\./,
  );
  expect(cell("4", "documented").because).toMatch(
    /^It never stops, but `\w+` is violated: .* Violated as well: .*`manual_override`/,
  );
  expect(cell("5", "documented").because).toMatch(/^It never stops, and the 15 properties that it touches hold\.$/);
  expect(cell("2", "blocked").because).toBe(
    "It never stops, but `comes_to_rest` is violated: From here it may go round for ever.",
  );
});

test("where one transaction holds everything, the documented model fails nobody who was killed", () => {
  const worlds = (scenario: string) =>
    cell(scenario, "documented").worlds.map(({ configuration, verdict }) => [configuration, verdict]);

  expect(worlds("3")).toEqual([
    ["sqlite-one-transaction", "passes"],
    ["sqlite-by-step", "fails"],
    ["atomic-ddl", "fails"],
    ["opaque", "fails"],
  ]);
});

test("every verdict but the best has a counterexample, taken act by act, in which only the story's own faults strike", () => {
  for (const { verdict, counterexample, scenario } of table.judgements) {
    expect(counterexample === null).toBe(verdict === "passes");
    if (counterexample === null) continue;
    expect(storyText(counterexample)).toContain("  why  ");
    expect([scenario, counterexample.faults]).toEqual([scenario, scenario === "3" ? 1 : 0]);
  }
});

test("the story of a crash is told as it happened: killed, finished by hand, and no start finds a way on", () => {
  const acts = cell("3", "documented").counterexample?.steps.map(({ action }) => action) ?? [];

  expect(acts.slice(-2)).toEqual(["crash", "finish_by_hand"]);
});

test("what a variant costs is counted in the same worlds, and no variant can promise everything", () => {
  const [adjusted, resuming, blocked] = [costOf("adjusted"), costOf("resuming"), costOf("blocked")];

  // The same worlds under another name: more is told apart, and nothing more is promised.
  expect(costOf("rollback_state")).toEqual({ ...adjusted, moves: 54 });
  expect(adjusted).toMatchObject({ states: 3_389, transitions: 6_859, moves: 44 });
  expect(adjusted.cannotPromise).toEqual(["interrupted_is_kept"]);
  expect(resuming.cannotPromise).toEqual(["interrupted_is_taken_back", "interrupted_is_kept"]);
  expect(blocked.cannotPromise).toEqual(["comes_to_rest", "interrupted_is_kept"]);
  expect([adjusted.bounds, blocked.bounds["2"]]).toEqual([{ 1: 18, 2: 18, 3: 18, 4: 34, 5: 18 }, null]);
  for (const scenario of ["1", "3"]) expect(resuming.bounds[scenario]!).toBeGreaterThan(adjusted.bounds[scenario]!);
  expect([adjusted.ends.applied, resuming.ends.applied > 0, costOf("documented").ends.none > 0]).toEqual([
    0,
    true,
    true,
  ]);
});

test("of all worlds in which a migration was interrupted each comes to some end, or to none", () => {
  for (const { ends, variant } of table.costs) {
    const { interrupted, applied, rolledBack, failed, none } = ends;
    expect([variant, interrupted > 0]).toEqual([variant, true]);
    expect(applied + rolledBack + failed + none).toBeGreaterThanOrEqual(interrupted);
    expect(Math.max(applied, rolledBack, failed, none)).toBeLessThanOrEqual(interrupted);
  }
});

test("a question about a part is answered about that part", () => {
  const { judgements, costs } = verdictTable({ scenarios: ["2"], variants: ["blocked"] });

  expect(judgements.map(({ scenario, variant, verdict }) => [scenario, variant, verdict])).toEqual([
    ["2", "blocked", "partial"],
  ]);
  expect(costs.map(({ variant }) => variant)).toEqual(["blocked"]);
  expect(table.judgements).toHaveLength(5 * variantNames.length);
});
