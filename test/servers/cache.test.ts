import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeOnce } from "../../scripts/servers/cache.ts";

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), "surefoot-cache-"))));
afterEach(() => rmSync(parent, { recursive: true }));

test("a folder is made once", async () => {
  const folder = join(parent, "a", "b");
  const fill = (text: string) => async (unfinished: string) => writeFileSync(join(unfinished, "file"), text);

  expect([await makeOnce(folder, fill("first")), await makeOnce(folder, fill("second"))]).toEqual([
    "made",
    "was there",
  ]);
  expect(readFileSync(join(folder, "file"), "utf8")).toBe("first");
});

test("of two that make it at once, the first one's stays, whole", async () => {
  const folder = join(parent, "a");
  const { promise: bothFilled, resolve: release } = Promise.withResolvers<void>();
  let filled = 0;
  const fill = (text: string) => async (unfinished: string) => {
    for (const name of ["x", "y"]) writeFileSync(join(unfinished, name), text);
    if (++filled === 2) release();
    await bothFilled;
  };

  const results = await Promise.all([makeOnce(folder, fill("first")), makeOnce(folder, fill("second"))]);

  expect(results.toSorted()).toEqual(["made", "was there"]);
  expect(readFileSync(join(folder, "x"), "utf8")).toBe(readFileSync(join(folder, "y"), "utf8"));
  expect(readdirSync(parent)).toEqual(["a"]);
});

test("what could not be filled leaves nothing", async () => {
  const fill = async (unfinished: string): Promise<void> => {
    writeFileSync(join(unfinished, "file"), "");
    throw new Error("no network");
  };

  await expect(makeOnce(join(parent, "a"), fill)).rejects.toThrow("no network");
  expect(readdirSync(parent)).toEqual([]);
});

test("what a killed set-up left behind goes after an hour, and not while it may be at work", async () => {
  const [old, young] = [join(parent, "a.unfinished-old"), join(parent, "a.unfinished-young")];
  for (const path of [old, young]) await makeOnce(path, async () => {});
  const longAgo = Date.now() / 1000 - 3_700;
  utimesSync(old, longAgo, longAgo);

  await makeOnce(join(parent, "a"), async () => {});

  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
});
