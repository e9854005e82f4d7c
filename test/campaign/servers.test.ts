/**
 * The campaign on servers: faults at every phase of every effect, twice in a row, and at random, and after one more `up` the
 * migration is where the model's world has it. In CI it is a fixed sample. `pnpm campaign` tries everything, from a file on.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { onOwnServer } from "../support/servers.ts";
import { campaign } from "./campaign.ts";
import { tryOnServer } from "./on-server.ts";
import { summary } from "./summary.ts";
import { atRandom, eachPhase, sampleOf, twiceInARow } from "./trials.ts";

const part = process.env["SUREFOOT_CAMPAIGN"] ?? "sample";
const randomCount = Number(process.env["SUREFOOT_CAMPAIGN_RANDOM"] ?? "150");
const cache = join(import.meta.dirname, "..", "..", ".cache", "campaign");

const parts = {
  sample: [...sampleOf(eachPhase(), 61, 7), ...sampleOf(twiceInARow(), 41, 3), ...atRandom(4, 2)],
  phases: eachPhase(),
  twice: twiceInARow(),
  random: atRandom(randomCount),
  all: [...eachPhase(), ...twiceInARow(), ...atRandom(randomCount)],
};

for (const engine of engineNames)
  await onOwnServer(engine, "in a campaign", (server) => {
    const trials = parts[part as keyof typeof parts];
    if (trials === undefined)
      throw new Error(`There is no part “${part}”; there are ${Object.keys(parts).join(", ")}.`);
    const path = part === "sample" ? null : join(cache, `${engine}.jsonl`);

    test(`${part}: ${trials.length} trials end as promised`, { timeout: trials.length * 120_000 }, async () => {
      const outcomes = await campaign(trials, (trial) => tryOnServer(server, trial), path);

      console.log(summary(engine, outcomes));
      const struckCount = outcomes.filter(({ struck }) => struck > 0).length;
      expect(outcomes.filter(({ broken }) => broken !== null)).toEqual([]);
      expect(outcomes).toHaveLength(trials.length);
      expect(struckCount).toBeGreaterThan(trials.length * 0.7);
    });
  });
