/**
 * Agreement on MariaDB and MySQL: generated streams of choices run on the world and, through the runner, on a real server.
 * After each choice the state of the loop, the journal and what the steps have left are the world's. Among the choices are
 * the faults that only servers have: a statement that runs on without its client, sessions that are killed, replies that are lost.
 * SUREFOOT_SERVER_STREAMS says how many, SUREFOOT_SEED where they begin.
 */
import { Tally } from "@surefoot/model/arbitraries";
import type { Configuration } from "@surefoot/model/explorer";
import { actionNames, opaque, upJob } from "@surefoot/model/explorer";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { Disagreement } from "./agreement/drive.ts";
import { follow } from "./agreement/follow.ts";
import { goalsOf, known, met, streamsTo } from "./agreement/goals.ts";
import { groundOn } from "./agreement/server-ground.ts";
import type { Stream } from "./agreement/streams.ts";
import { agree, streamsOn, walk } from "./agreement/streams.ts";
import { onServer } from "../support/servers.ts";
import { serverDefects } from "./agreement/server-defects.ts";

const streamCount = Number(process.env["SUREFOOT_SERVER_STREAMS"] ?? "40");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");
/** A failure is made smaller for so long at most. */
const shrinkingMsMax = Math.max(120_000, streamCount * 10_000);

/** In so many streams at least. What only servers do comes often enough to meet different statements. */
function floorOf(goal: string): number {
  return /^action (?:orphan|session_killed|server_crash|connection_cut)/.test(goal) ? 2 : 1;
}

for (const engine of engineNames)
  await onServer(engine, "agrees with the world", (server) => {
    const ground = groundOn(server);
    const { ways } = ground;
    const goals = goalsOf(ways);
    const tally = new Tally();
    const counts = new Map<string, number>();
    let comparedCount = 0;
    let leaseHeldCount = 0;

    const lacking = (goal: string): number => Math.max(0, floorOf(goal) - (counts.get(goal) ?? 0));
    const missing = (): readonly string[] => goals.filter((goal) => lacking(goal) > 0);

    async function assertAgreement(arbitrary: fc.Arbitrary<Stream>, numRuns: number, from: number): Promise<void> {
      const property = fc.asyncProperty(arbitrary, async (stream) => {
        const { walker, steps } = walk(ground, stream);
        const { actionCount, leaseHeldCount: held } = await agree(ground, stream, walker, steps);
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

    test("every choice, move, decision, mode and policy that the server can come to was met, and they agree there", async () => {
      const rare = missing();
      // From another seed: from the same one the same streams would come again.
      for (const [index, goal] of goals.entries())
        if (lacking(goal) > 0) await assertAgreement(streamsTo(ground, goal), lacking(goal), seed + 1 + index);

      console.log(`too rare at random, and gone to:\n${rare.join("\n")}\n${tally.runCount} streams in all`);
      expect(goals.length).toBeGreaterThan(100);
      expect(missing()).toEqual([]);
      expect(tally.runCount).toBeGreaterThanOrEqual(40);
    }, 600_000);

    test("what can't happen there with one runner did not, and each has its reason", () => {
      const impossible = [...Object.entries(ways.actions), ...Object.entries(ways.commits)].flatMap(([name, way]) =>
        "impossible" in way ? [[name, way.impossible] as const] : [],
      );
      const met_ = (name: string): boolean => ["action ", "commit ", ""].some((kind) => counts.has(`${kind}${name}`));

      console.log(`Limits:\n${ways.limits.join("\n")}`);
      expect(Object.keys(ways.actions)).toEqual(actionNames);
      expect(Object.keys(ways.never).filter((name) => !known.has(name))).toEqual([]);
      expect(impossible.length).toBeGreaterThan(0);
      for (const [name, reason] of [...impossible, ...Object.entries(ways.never)])
        expect([name, met_(name), reason.length > 10]).toEqual([name, false, true]);
    });

    // That the undo of a statement on a table of MEMORY showed was taken for somebody else's change, whatever the operator said.
    test("an operator's word on an undo in doubt counts also where its effect shows", async () => {
      const o = { class: "opaque" } as const;
      const configuration: Configuration = {
        name: "found",
        profile: opaque,
        variant: "adjusted",
        runners: 1,
        jobs: [upJob([{ ...o, undo: [o] }], "none")],
        appliedFirst: [],
        arrives: null,
        operator: true,
        drift: false,
        eager: false,
      };
      const way = `invoke read_journal start prepared prechecks_pass observe send executes receive raise postcheck_false
        observe send fails_after_all receive close invoke read_journal retry_rollback_decided decide verify close`;

      expect(await follow(ground, configuration, way)).toBeGreaterThan(20);
    });

    test.each(Object.entries(serverDefects))("a seeded defect is seen: %s", async (_, { goal, seed: into }) => {
      const found: unknown[] = [];
      for (const stream of fc.sample(streamsTo(ground, goal), { seed: 1, numRuns: 3 })) {
        if (found.length > 0) break;
        const { walker, steps } = walk(ground, stream);
        await agree(ground, stream, walker, steps, into).catch((error: unknown) => found.push(error));
      }

      expect(found[0]).toBeInstanceOf(Disagreement);
      expect(String(found[0])).toMatch(/^Disagreement: World and runner disagree after action \d+/);
    });
  });
