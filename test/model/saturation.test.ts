/** docs/model.md argues with counts; its first rows are counted again here, the others by `npm run saturation`. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const script = join(import.meta.dirname, "../../scripts/saturation.ts");

test("the tables of docs/model.md on larger bounds are what the explorer counts", () => {
  const args = ["--conditions=source", script, "--check"];

  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });

  expect([status, stdout]).toEqual([0, ""]);
});
