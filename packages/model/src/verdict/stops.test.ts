/** Each way of stopping, by a defect that brings it about. */
import { expect, test } from "vitest";
import { production } from "../explorer/explored.ts";
import { allMutants } from "../prove/try-mutant.ts";
import { variants } from "../variant.ts";
import { explorePlot } from "./judge-plot.ts";
import { plots } from "./plots.ts";
import type { StopReason } from "./stops.ts";
import { stopReasons, stopsOf } from "./stops.ts";

const reasons = Object.keys(stopReasons) as readonly StopReason[];

/** In which ways a story can stop with `adjusted` and a defect: `reason` with effects, `reason, as before` without. */
function waysOf(scenario: string, mutant: string | null): readonly string[] {
  const plot = plots.find((one) => one.scenario === scenario)!;
  const found = allMutants().find(({ id }) => id === mutant);
  const subject = {
    rules: { ...production.rules, ...found?.rules },
    protocol: { ...production.protocol, ...found?.protocol },
    variant: { ...variants.adjusted, ...found?.variant },
  };
  const ways = explorePlot(plot, "adjusted", { subject }).flatMap((explored) => {
    const { withEffects, asBefore } = stopsOf(explored);
    return reasons.flatMap((reason) => [
      ...(withEffects[reason].includes(1) ? [reason] : []),
      ...(asBefore[reason].includes(1) ? [`${reason}, as before`] : []),
    ]);
  });
  return [...new Set(ways)].toSorted();
}

test("without a defect nothing stops", () => {
  for (const { scenario } of plots) expect([scenario, waysOf(scenario, null)]).toEqual([scenario, []]);
});

test("what can't be answered stops where it is, although another answer would have led on", () => {
  expect(waysOf("5", "dropped: validating_pre doctrine_violated")).toEqual(["is_refused, as before"]);
  // In one transaction nothing of it is in the database yet.
  expect(waysOf("4", "dropped: validating_post postcheck_failed")).toEqual(["is_refused", "is_refused, as before"]);
});

test("a machine that waits for what does not come stands still, and may be beyond every way to a sink", () => {
  expect(waysOf("2", "dropped: preparing dependency_missing")).toEqual([
    "is_refused, as before",
    "stands_still, as before",
  ]);
  expect(waysOf("3", "dropped: migrating interrupted")).toEqual([
    "is_refused",
    "is_refused, as before",
    "no_sink",
    "no_sink, as before",
    "stands_still",
    "stands_still, as before",
  ]);
});

test("a failure that no command leaves stops, with what is left of the migration, or after it was put back by hand", () => {
  expect(waysOf("4", "changed-database-is-for-ever")).toEqual(["no_way_on", "no_way_on, as before"]);
});
