/**
 * The whole campaign, or a part of it: `node scripts/campaign.ts [all|phases|twice|random]`. It can be stopped at any time
 * and goes on from `.cache/campaign`; without that folder it begins anew. Prints a table for each engine.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const [part = "all"] = process.argv.slice(2);
const { status } = spawnSync(join(root, "node_modules", ".bin", "vitest"), ["run", "test/campaign"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, SUREFOOT_CAMPAIGN: part },
});
process.exitCode = status ?? 1;
