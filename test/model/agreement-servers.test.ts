/**
 * Agreement on MariaDB and MySQL: generated streams of choices run on the world and, through the runner, on a real server.
 * After each choice the state of the loop, the journal and what the steps have left are the world's. Among the choices are
 * the faults that only servers have: a statement that runs on without its client, sessions that are killed, replies that are lost.
 * SUREFOOT_SERVER_STREAMS says how many, SUREFOOT_SEED where they begin.
 */
import type { Configuration } from "@surefoot/model/explorer";
import { opaque, upJob } from "@surefoot/model/explorer";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { agrees } from "./agreement/agrees.ts";
import { Disagreement } from "./agreement/drive.ts";
import { follow } from "./agreement/follow.ts";
import { streamsTo } from "./agreement/goals.ts";
import { groundOn } from "./agreement/server-ground.ts";
import { agree, walk } from "./agreement/streams.ts";
import { onServer } from "../support/servers.ts";
import { serverDefects } from "./agreement/server-defects.ts";

const streamCount = Number(process.env["SUREFOOT_SERVER_STREAMS"] ?? "40");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");

/** In so many streams at least. What only servers do comes often enough to meet different statements. */
function floorOf(goal: string): number {
  return /^action (?:orphan|session_killed|server_crash|connection_cut)/.test(goal) ? 2 : 1;
}

for (const engine of engineNames)
  await onServer(engine, "agrees with the world", (server) => {
    const ground = groundOn(server);
    agrees(ground, {
      streamCount,
      seed,
      shrinkingMsMax: Math.max(120_000, streamCount * 10_000),
      floorOf,
      goalCountMin: 100,
      runCountMin: 40,
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
