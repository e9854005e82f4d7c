/**
 * Agreement: generated streams of choices run on the world and, through the runner, on SQLite. After each choice the state
 * of the loop, the journal that another connection reads, and what the steps have left in the database are the world's.
 * SUREFOOT_STREAMS says how many, SUREFOOT_SEED where they begin.
 */
import type { Trace } from "@surefoot/model/arbitraries";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { agrees } from "./agreement/agrees.ts";
import { defects } from "./agreement/defects.ts";
import { Disagreement } from "./agreement/drive.ts";
import { floor, streamsTo } from "./agreement/goals.ts";
import { sqlite } from "./agreement/sqlite-ground.ts";
import { agree, driveAgain, streamsOn, walk } from "./agreement/streams.ts";

const streamCount = Number(process.env["SUREFOOT_STREAMS"] ?? "320");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");

const streams = streamsOn(sqlite);

agrees(sqlite, {
  streamCount,
  seed,
  shrinkingMsMax: Math.max(60_000, streamCount * 1_000),
  floorOf: () => floor,
  goalCountMin: 80,
  runCountMin: 300,
});

test("a goal to which no stream comes fails, and is named", () => {
  const never = fc.property(streamsTo(sqlite, "action connection_cut", 50), () => true);

  expect(() => fc.assert(never, { seed, numRuns: 1 })).toThrow("comes to: action connection_cut");
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
