/** Every scenario on SQLite: each ends as it must, and a wrong expectation in any field of any of them is noticed. */
import { expect, test } from "vitest";
import { library, openPlayhouse } from "@surefoot/scenarios";
import { SqliteStage } from "../../packages/scenarios/src/play/sqlite-stage.ts";
import { command, expectNoticed, failures, io, isPlayed, replayBuilt } from "./held.ts";
import { expectSamePlans } from "./same-plans.ts";

const scenarios = library.flatMap((group) => group.scenarios);

test("`replay all --on sqlite` exits 0 and counts what it has played", async () => {
  const { exit, out } = await replayBuilt(["all", "--on", "sqlite"]);

  expect(failures(out)).toEqual([]);
  expect(exit).toBe(0);
  const skipped = scenarios.filter((scenario) => !isPlayed(scenario, "sqlite")).length;
  expect(out).toContain(`${scenarios.length - skipped} ended as they must, 0 did not, ${skipped} skipped`);
}, 600_000);

test("a wrong expectation in any field fails, and is named", async () => {
  const house = await openPlayhouse(command({ on: "sqlite" }), io);
  let count = 0;
  for (const scenario of scenarios) count += expectNoticed(await house.play(scenario, () => undefined));

  console.log(`${count} wrong expectations noticed on SQLite`);
  expect(count).toBeGreaterThan(scenarios.length * 10);
}, 600_000);

test("the plans that the model follows are those that the journal holds", async () => {
  const sample = scenarios.filter((_, index) => index % 2 === 0);
  const count = await expectSamePlans(sample, "sqlite", async () => new SqliteStage());

  expect(count).toBeGreaterThan(sample.length / 2);
}, 600_000);
