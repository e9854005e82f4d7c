/**
 * The tests that a ground has to pass: on generated streams of choices world and runner agree, everything that the ground can
 * come to was met often enough, and what it can't come to was not met, each with its reason.
 */
import { Tally } from "@surefoot/model/arbitraries";
import { actionNames } from "@surefoot/model/explorer";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { goalsOf, known, met, streamsTo } from "./goals.ts";
import type { Ground } from "./ground.ts";
import type { Stream } from "./streams.ts";
import { agree, streamsOn, walk } from "./streams.ts";

export interface Demands {
  /** Streams at random. */
  readonly streamCount: number;
  readonly seed: number;
  /** A failure is made smaller for so long at most, in milliseconds; a campaign that is cut off by it fails for want of streams. */
  readonly shrinkingMsMax: number;
  /** In so many streams a goal is met at least. */
  readonly floorOf: (goal: string) => number;
  /** Fewer goals or streams than these, and something was not tried at all. */
  readonly goalCountMin: number;
  readonly runCountMin: number;
}

/** Declares the tests, in the order in which they build on each other. */
export function agrees(ground: Ground, demands: Demands): void {
  const { ways } = ground;
  const { streamCount, seed, shrinkingMsMax, floorOf } = demands;
  const goals = goalsOf(ways);
  const tally = new Tally();
  const counts = new Map<string, number>();
  let comparedCount = 0;
  let leaseHeldCount = 0;

  const lacking = (goal: string): number => Math.max(0, floorOf(goal) - (counts.get(goal) ?? 0));
  const missing = (): readonly string[] => goals.filter((goal) => lacking(goal) > 0);

  /** Drives so many of them; the first one in which world and runner disagree is shrunk and told. */
  async function assertAgreement(arbitrary: fc.Arbitrary<Stream>, numRuns: number, from: number): Promise<void> {
    const property = fc.asyncProperty(arbitrary, async (stream) => {
      const { walker, steps } = walk(ground, stream);
      const { actionCount, leaseHeldCount: held } = await agree(ground, stream, walker, steps);
      // The last action was reached, and there was one.
      expect(actionCount).toBe(steps.length);
      expect(steps.length).toBeGreaterThan(0);
      tally.add(steps);
      for (const name of met(stream, steps)) counts.set(name, (counts.get(name) ?? 0) + 1);
      comparedCount += actionCount;
      leaseHeldCount += held;
    });
    await fc.assert(property, { seed: from, numRuns, interruptAfterTimeLimit: shrinkingMsMax });
  }

  test("on generated streams the loop, the journal and the database are after each choice as in the world", async () => {
    await assertAgreement(streamsOn(ground), streamCount, seed);

    console.log(tally.summary());
    expect(tally.runCount).toBe(streamCount);
    expect(comparedCount).toBe(tally.stepCount);
    expect(leaseHeldCount).toBeGreaterThan(0);
  }, 3_600_000);

  test("every action, move, decision, mode and policy that it can come to was met often enough, and they agree there", async () => {
    const rare = missing();
    // From another seed: from the same one the same streams would come again.
    for (const [index, goal] of goals.entries())
      if (lacking(goal) > 0) await assertAgreement(streamsTo(ground, goal), lacking(goal), seed + 1 + index);

    console.log(`too rare at random, and gone to:\n${rare.join("\n")}\n${tally.runCount} streams in all`);
    expect(goals.length).toBeGreaterThan(demands.goalCountMin);
    expect(missing()).toEqual([]);
    expect(tally.runCount).toBeGreaterThanOrEqual(demands.runCountMin);
    expect(comparedCount).toBe(tally.stepCount);
  }, 600_000);

  test("what can't happen there with one runner did not, and each has its reason", () => {
    const named = { action: ways.actions, commit: ways.commits };
    const impossible = Object.entries(named).flatMap(([kind, some]) =>
      Object.entries(some).flatMap(([name, way]) =>
        "impossible" in way ? [[`${kind} ${name}`, way.impossible] as const] : [],
      ),
    );
    const never = [...impossible, ...Object.entries(ways.never)];

    console.log(never.map(([name, reason]) => `${name}: ${reason}`).join("\n"));
    console.log(`Limits:\n${ways.limits.join("\n")}`);
    expect(Object.keys(ways.actions)).toEqual(actionNames);
    expect(Object.keys(ways.never).filter((name) => !known.has(name))).toEqual([]);
    expect(impossible.length).toBeGreaterThan(0);
    for (const [name, reason] of never)
      expect([name, counts.get(name), reason.length > 10]).toEqual([name, undefined, true]);
  });
}
