import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findSpin } from "../../scripts/spin.ts";

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surefoot-spin-"));
  cache = join(folder, "cache");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A folder with programs of these names. */
function bin(...names: readonly string[]): string {
  const path = join(folder, `bin-${names.join("-")}`);
  mkdirSync(path);
  for (const name of names) {
    writeFileSync(join(path, name), "#!/bin/sh\n");
    chmodSync(join(path, name), 0o755);
  }
  return path;
}

test("what the machine has is taken, and nothing is added", () => {
  const path = bin("spin", "gcc");

  expect(findSpin({ PATH: path }, cache)).toEqual({
    type: "found",
    env: { PATH: path },
    compilerFlags: [],
    unpacked: [],
  });
});

test("what it lacks is named, with the packages that have it", () => {
  const nothing = findSpin({}, cache);
  const one = findSpin({ PATH: bin("gcc") }, cache);

  expect(nothing).toMatchObject({ type: "missing", programs: ["spin", "gcc"] });
  expect(one).toMatchObject({ type: "missing", programs: ["spin"], why: expect.stringMatching(/install spin$/) });
});

test("what was unpacked is found before the machine's, and a compiler from there keeps to its own headers and libraries", () => {
  const root = join(cache, "programs", "gcc-1");
  mkdirSync(join(cache, "programs", "spin-1"), { recursive: true });
  for (const lib of ["usr/lib/riscv64-linux-gnu", "lib/riscv64-linux-gnu", "usr/lib/gcc"])
    mkdirSync(join(root, lib), { recursive: true });

  const onlySpin = findSpin({ PATH: bin("gcc") }, cache);
  const both = findSpin({ PATH: "/nowhere", LD_LIBRARY_PATH: "/mine" }, cache);

  expect(onlySpin).toMatchObject({ type: "found", compilerFlags: [], unpacked: ["spin"] });
  expect(both).toMatchObject({
    env: {
      PATH: `${join(cache, "programs", "spin-1", "usr", "bin")}:${join(root, "usr", "bin")}:/nowhere`,
      LD_LIBRARY_PATH: `${join(root, "usr/lib/riscv64-linux-gnu")}:${join(root, "lib/riscv64-linux-gnu")}:/mine`,
    },
    compilerFlags: [`--sysroot=${root}`, "-static"],
    unpacked: ["spin", "gcc"],
  });
});
