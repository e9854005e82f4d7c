/** The campaign on SQLite, where a server's faults can't happen. As on servers: a sample in CI, everything by `pnpm campaign`. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { campaign } from "./campaign.ts";
import { sqliteTrials, tryOnSqlite } from "./on-sqlite.ts";
import { summary } from "./summary.ts";

const isSample = (process.env["SUREFOOT_CAMPAIGN"] ?? "sample") === "sample";
const path = join(import.meta.dirname, "..", "..", ".cache", "campaign", "sqlite.jsonl");
const trials = sqliteTrials().filter((_, at) => !isSample || at % 119 === 5);

test(`${trials.length} trials end as promised`, { timeout: trials.length * 60_000 }, async () => {
  const outcomes = await campaign(trials, tryOnSqlite, isSample ? null : path);

  console.log(summary("sqlite", outcomes));
  expect(outcomes.filter(({ broken }) => broken !== null)).toEqual([]);
  expect(outcomes).toHaveLength(trials.length);
  expect(outcomes.filter(({ struck }) => struck > 0).length).toBeGreaterThan(trials.length * 0.7);
});
