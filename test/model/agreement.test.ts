/**
 * Agreement: generated streams of choices run on the world and, through the runner, on SQLite. After each choice the state
 * of the loop, the journal that another connection reads, and what the steps have left in the database are the world's.
 * SUREFOOT_STREAMS says how many, SUREFOOT_SEED where they begin.
 */
import type { Trace } from "@surefoot/model/arbitraries";
import { Tally } from "@surefoot/model/arbitraries";
import { actionNames } from "@surefoot/model/explorer";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { defects } from "./agreement/defects.ts";
import { Disagreement } from "./agreement/drive.ts";
import { floor, goalsOf, known, met, streamsTo } from "./agreement/goals.ts";
import { sqlite } from "./agreement/sqlite-ground.ts";
import type { Stream } from "./agreement/streams.ts";
import { agree, driveAgain, streamsOn, walk } from "./agreement/streams.ts";

const streamCount = Number(process.env["SUREFOOT_STREAMS"] ?? "320");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");

/** A failure is made smaller for so long at most; a campaign that is cut off by it fails for want of streams. */
const shrinkingMsMax = Math.max(60_000, streamCount * 1_000);

const { ways } = sqlite;
const goals = goalsOf(ways);
const streams = streamsOn(sqlite);
const tally = new Tally();
const counts = new Map<string, number>();
let comparedCount = 0;
let leaseHeldCount = 0;

function below(): readonly string[] {
  return goals.flatMap((goal) => {
    const count = counts.get(goal) ?? 0;
    return count >= floor ? [] : [`${goal}: ${count} of ${floor}`];
  });
}

/** Drives so many of them; the first one in which world and runner disagree is shrunk and told. */
async function assertAgreement(arbitrary: fc.Arbitrary<Stream>, numRuns: number, from = seed): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (stream) => {
    const { walker, steps } = walk(sqlite, stream);
    const { actionCount, leaseHeldCount: held } = await agree(sqlite, stream, walker, steps);
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
  await assertAgreement(streams, streamCount);

  console.log(tally.summary());
  expect(tally.runCount).toBe(streamCount);
  expect(comparedCount).toBe(tally.stepCount);
  expect(leaseHeldCount).toBeGreaterThan(0);
}, 3_600_000);

test("every action, move, decision, mode and policy that SQLite can come to was met often enough, and they agree there", async () => {
  const rare = below();
  for (const [index, goal] of goals.entries()) {
    const missing = floor - (counts.get(goal) ?? 0);
    // From another seed: from the same one the same streams would come again.
    if (missing > 0) await assertAgreement(streamsTo(sqlite, goal), missing, seed + 1 + index);
  }

  console.log(`too rare at random, and gone to:\n${rare.join("\n")}\n${tally.runCount} streams in all`);
  expect(goals.length).toBeGreaterThan(80);
  expect(below()).toEqual([]);
  expect(tally.runCount).toBeGreaterThanOrEqual(300);
  expect(comparedCount).toBe(tally.stepCount);
}, 600_000);

test("a goal to which no stream comes fails, and is named", () => {
  const never = fc.property(streamsTo(sqlite, "action connection_cut", 50), () => true);

  expect(() => fc.assert(never, { seed, numRuns: 1 })).toThrow("comes to: action connection_cut");
});

test("what can't happen on SQLite in one process did not, and each has its reason", () => {
  const named = { action: ways.actions, commit: ways.commits };
  const impossible = Object.entries(named).flatMap(([kind, ways]) =>
    Object.entries(ways).flatMap(([name, way]) =>
      "impossible" in way ? [[`${kind} ${name}`, way.impossible] as const] : [],
    ),
  );
  const never = [...impossible, ...Object.entries(ways.never)];

  console.log(never.map(([name, reason]) => `${name}: ${reason}`).join("\n"));
  console.log(`Limits:\n${ways.limits.join("\n")}`);
  expect(Object.keys(ways.actions)).toEqual(actionNames);
  expect(Object.keys(ways.never).filter((name) => !known.has(name))).toEqual([]);
  expect(never.length).toBeGreaterThan(0);
  for (const [name, reason] of never)
    expect([name, counts.get(name), reason.length > 10]).toEqual([name, undefined, true]);
});

/** So many smaller streams are tried once a defect has shown. */
const shrinkCountMax = 150;
/** Longer ones nobody reads. The dullest way through a migration of one step has fourteen actions. */
const storyLengthMax = 30;

test.each(Object.entries(defects))(
  "a seeded defect is seen, and its story shrinks: %s",
  async (_, { goal, seed: into }) => {
    let runs = 0;
    let shrinkCount = 0;
    const stories: Disagreement[] = [];
    const property = fc.asyncProperty(goal === null ? streams : streamsTo(sqlite, goal), async (stream) => {
      if (stories.length === 0) runs++;
      else if (++shrinkCount > shrinkCountMax) return;
      const { walker, steps } = walk(sqlite, stream);
      try {
        await agree(sqlite, stream, walker, steps, into);
      } catch (error) {
        if (error instanceof Disagreement) stories.push(error);
        throw error;
      }
    });

    const { failed, errorInstance } = await fc.check(property, { seed: 1, numRuns: streamCount });

    const story = stories.at(-1);
    expect(failed).toBe(true);
    expect(errorInstance).toBe(story);
    const { message, actionCount } = story!;
    console.log(`seen in stream ${runs}, shrunk:\n${message.split("driveAgain")[0]}`);
    expect(actionCount).toBeLessThanOrEqual(storyLengthMax);
    expect(message).toMatch(/^World and runner disagree after action \d+/);
    expect(message).toMatch(/^ {3}1 {2}(operator|somebody) {2}\w+ /m);
    const [what, kept] = [message.split("\n")[0], message.split("\n").at(-1)];
    await expect(driveAgain(sqlite, JSON.parse(kept!) as Trace, into)).rejects.toThrow(what);
  },
);
