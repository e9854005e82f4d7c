import * as fc from "fast-check";
import { expect, test } from "vitest";
import { choices } from "./choices.ts";
import { migrationSets } from "./migration-sets.ts";
import type { Trace } from "./named-actions.ts";
import { actionLines, namedActions, replayActions } from "./named-actions.ts";
import { Walker } from "./walker.ts";

test("the names of a walk's actions, stored as text, lead to the same world", () => {
  let stepCount = 0;
  fc.assert(
    fc.property(migrationSets({ reverting: true, eager: true }), choices({ maxLength: 60 }), (configuration, list) => {
      const walked = new Walker(configuration).walk(list);
      const trace: Trace = { configuration, actions: namedActions(walked) };

      const replay = replayActions(JSON.parse(JSON.stringify(trace)) as Trace);

      stepCount += walked.length;
      expect(replay).toMatchObject({ type: "replayed" });
      const walkEnd = walked.at(-1)?.after;
      if (replay.type === "replayed" && walkEnd !== undefined) expect(replay.end).toEqual(walkEnd);
    }),
    { seed: 1, numRuns: 200 },
  );
  expect(stepCount).toBeGreaterThan(1_000);
});

const [configuration] = fc.sample(migrationSets({ runnerCountMax: 1 }), { seed: 1, numRuns: 1 });

test("replaying names the first action that is not enabled, and what is", () => {
  const good = namedActions(new Walker(configuration!).walk([0, 0, 0]));
  const bad = { ...good[0]!, name: "executes" } as const;

  const replay = replayActions({ configuration: configuration!, actions: [...good.slice(0, 2), bad, ...good] });

  expect(replay).toMatchObject({ type: "refused", index: 2, action: { name: "executes" } });
  expect(replay.type === "refused" && replay.enabled.map(({ name }) => name)).toContain(good[2]?.name);
});

test("the dullest choices are the way that nothing goes wrong on", () => {
  const walked = new Walker(configuration!).walk(Array.from({ length: 60 }, () => 0));

  expect(walked.map(({ action }) => action.name).slice(0, 3)).toEqual(["invoke", "read_journal", "start"]);
  expect(actionLines(walked, configuration!)[2]).toMatch(/^ {3}3 {2}operator +start +starts 0002_main$/);
});
