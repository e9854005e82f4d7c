/** Every scenario in the model's world: it ends there as on the engines. */
import { library, openPlayhouse } from "@surefoot/scenarios";
import { expect, test } from "vitest";
import { command, expectNoticed, failures, io, isPlayed, replay, replayBuilt } from "./held.ts";

const scenarios = library.flatMap((group) => group.scenarios);
test("`replay all --on model` exits 0, as does `replay all`", async () => {
  const { exit, out } = await replayBuilt(["all", "--on", "model"]);
  const again = await replay(["all"]);

  expect(failures(out)).toEqual([]);
  expect([exit, again.exit]).toEqual([0, 0]);
  const skipped = scenarios.filter((scenario) => !isPlayed(scenario, "model")).length;
  expect(out).toContain(`${scenarios.length - skipped} ended as they must, 0 did not, ${skipped} skipped`);
});

test("a wrong expectation in any field fails, and is named", async () => {
  const house = await openPlayhouse(command({ on: "model" }), io);
  let count = 0;
  for (const scenario of scenarios) count += expectNoticed(await house.play(scenario, () => undefined), false);

  console.log(`${count} wrong expectations noticed in the model`);
  expect(count).toBeGreaterThan(scenarios.length * 10);
});

test("under another variant the story unfolds as it would there", async () => {
  const documented = await replay(["crash-halfway", "--variant", "documented"]);
  const lost = await replay(["connection-lost-statement-finishes", "--variant", "documented"]);
  const resuming = await replay(["3", "--variant", "resuming"]);

  expect([documented.exit, lost.exit, resuming.exit]).toEqual([3, 3, 0]);
  expect(documented.out).toContain("found idle → preparing → validating_pre → migrating\n");
  expect(lost.out).toContain("safety: false_rollback, which must never be");
  expect(resuming.out).toContain("3 ended as they must, 0 did not, 2 skipped");
});
