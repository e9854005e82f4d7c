/** The verdicts are the model's: who perturbs the one changes the other. */
import { expect, test } from "vitest";
import type { Subject } from "../explorer/explored.ts";
import { production } from "../explorer/explored.ts";
import { allMutants } from "../prove/try-mutant.ts";
import type { Variant } from "../variant.ts";
import { variants } from "../variant.ts";
import { documentedWith } from "./adjustments.ts";
import { judgePlot } from "./judge-plot.ts";
import type { StoryVerdict } from "./judge-world.ts";
import { plots } from "./plots.ts";

function verdictOn(scenario: string, variant: Variant): StoryVerdict {
  const plot = plots.find((one) => one.scenario === scenario)!;
  return judgePlot(plot, variant.name, { subject: { ...production, variant } }).verdict;
}

/** `adjusted` with a seeded defect. */
function mutated(id: string): Subject {
  const mutant = allMutants().find((one) => one.id === id);
  if (mutant === undefined) throw new Error(`There is no mutant ${id}.`);
  return {
    rules: { ...production.rules, ...mutant.rules },
    protocol: { ...production.protocol, ...mutant.protocol },
    variant: { ...variants.adjusted, ...mutant.variant },
  };
}

// Found by withdrawing one after the other from `adjusted` as long as the story passes: none of these can be spared.
const mends: readonly [scenario: string, adjustments: readonly string[]][] = [
  ["1", ["connection_lost", "step_decided", "undecidable", "resolve_applied", "lostConnection", "evidence", "retry"]],
  ["2", ["dependency_missing"]],
  ["3", ["interrupted", "step_decided", "undecidable", "resolve_applied", "retry"]],
  ["4", ["resolve_applied", "evidence", "retry"]],
];

test.each(mends)("story %s passes once the documented model has these adjustments: %j", (scenario, given) => {
  expect(verdictOn(scenario, documentedWith(given))).toBe("passes");
  for (const one of given)
    expect([one, verdictOn(scenario, documentedWith(given.filter((other) => other !== one)))]).not.toEqual([
      one,
      "passes",
    ]);
});

test("story 5 passes as documented, and no more once what it finds has no row", () => {
  const { table } = variants.documented;
  const { doctrine_violated: _, ...rest } = table.validating_pre;

  expect(verdictOn("5", variants.documented)).toBe("passes");
  expect(verdictOn("5", { ...variants.documented, table: { ...table, validating_pre: rest } })).toBe("unclear");
});

test("a mend that is half a mend may make it worse: a loss that is told and has no row stops the documented model", () => {
  expect(verdictOn("1", documentedWith([]))).toBe("partial");
  expect(verdictOn("1", documentedWith(["lostConnection"]))).toBe("fails");
});

const flips: readonly [mutant: string, verdicts: readonly (StoryVerdict | "-")[]][] = [
  ["failed-postcheck-is-ignored", ["-", "-", "-", "partial", "-"]],
  ["doctrine-is-advice", ["-", "-", "-", "-", "partial"]],
  ["dependencies-are-not-asked-for", ["-", "partial", "-", "-", "-"]],
  ["lost-reply-is-a-success", ["partial", "-", "-", "-", "-"]],
  ["evidence-is-not-read", ["partial", "-", "partial", "-", "-"]],
  ["nothing-is-compared", ["partial", "-", "partial", "partial", "-"]],
  ["changed-database-is-for-ever", ["fails", "-", "fails", "fails", "-"]],
  ["dropped: preparing dependency_missing", ["-", "unclear", "-", "-", "-"]],
  ["dropped: migrating interrupted", ["-", "-", "fails", "-", "-"]],
  ["dropped: validating_post postcheck_failed", ["-", "-", "-", "fails", "-"]],
  ["dropped: validating_pre doctrine_violated", ["-", "-", "-", "-", "unclear"]],
  ["precheck-is-advice", ["-", "-", "-", "-", "-"]],
];

test.each(flips)("a defect changes the verdicts on the stories that it belongs to: %s", (id, expected) => {
  const subject = mutated(id);

  const verdicts = plots.map((plot) => judgePlot(plot, "adjusted", { subject }).verdict);

  expect(verdicts.map((verdict) => (verdict === "passes" ? "-" : verdict))).toEqual(expected);
});

test("with a second runner about the adjusted model passes as well; the documented one fails whom it had not stopped", () => {
  const judged = (variant: "adjusted" | "documented") =>
    plots.map((plot) => judgePlot(plot, variant, { runners: 2 }).verdict);

  expect(judged("adjusted")).toEqual(["passes", "passes", "passes", "passes", "passes"]);
  // Whoever starts while the first one is without its connection finds a migration that no start of it can go on with.
  expect(judged("documented")).toEqual(["fails", "unclear", "fails", "partial", "passes"]);
});
