import * as fc from "fast-check";
import { expect, test } from "vitest";
import { configurationsOf, smallBounds } from "./configuration.ts";
import { Explored } from "./explored.ts";
import { cellMax } from "./moves.ts";
import type { World } from "./world.ts";
import { copyWorld, emptyWorld, hazards, pack, unpack, wordCount } from "./world.ts";

const bits = (count: number) => fc.nat(2 ** count - 1);

const runner = fc.record({
  phase: bits(2),
  arrival: bits(2),
  machine: bits(14),
  current: bits(1),
  leaseLost: bits(1),
  word: bits(1),
  progress: bits(3),
  statement: bits(5),
  orphan: bits(1),
  refused: bits(1),
  checked: bits(1),
});

const cells = fc.array(bits(2), { minLength: cellMax, maxLength: cellMax });

/** Any content at all of the fields, in the widths that they are given. */
const worlds: fc.Arbitrary<World> = fc.record({
  journal: bits(14),
  applied: bits(2),
  arrived: bits(1),
  drift: bits(1),
  byHand: bits(1),
  corrected: bits(1),
  transaction: bits(2),
  rowsGone: bits(1),
  rowsGoneInside: bits(1),
  hazards: bits(hazards.length),
  hazardsInside: bits(6),
  cells,
  inside: cells,
  runners: fc.array(runner, { minLength: 1, maxLength: 3 }),
});

test("packing loses nothing: whatever is written comes back, so that no two worlds share a row", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const words = new Uint32Array(2 + wordCount(world.runners.length));
      const back = emptyWorld(world.runners.length);

      pack(world, words, 1);
      unpack(words, 1, back);

      expect(back).toEqual(world);
      expect([words[0], words.at(-1)]).toEqual([0, 0]);
    }),
    { seed: 20261123, numRuns: 5_000 },
  );
});

type Flat = { readonly [field: string]: unknown };
const flatFields = Object.entries(emptyWorld(1)).flatMap(([field, value]) =>
  typeof value === "number" ? [field] : [],
);
const runnerFields = Object.keys(emptyWorld(1).runners[0]!);

/** As `toEqual`, for a million pairs. */
function isSame(one: World, other: World): boolean {
  const isSameIn = (fields: readonly string[], some: object, others: object) =>
    fields.every((field) => (some as Flat)[field] === (others as Flat)[field]);
  return (
    isSameIn(flatFields, one, other) &&
    one.cells.every((value, at) => value === other.cells[at]) &&
    one.inside.every((value, at) => value === other.inside[at]) &&
    one.runners.every((runner, at) => isSameIn(runnerFields, runner, other.runners[at]!))
  );
}

test("every world that is reached, by every way to it, comes back from its row as it was", () => {
  let audited = 0;
  let expected = 0;
  for (const configuration of configurationsOf("adjusted", smallBounds)) {
    const { successors, exploration } = new Explored(configuration);
    const row = new Uint32Array(wordCount(configuration.runners));
    const world = emptyWorld(configuration.runners);
    const back = emptyWorld(configuration.runners);
    for (let state = 0; state < exploration.stateCount; state++) {
      unpack(exploration.words, state * row.length, world);
      successors.each(world, (_, next) => {
        pack(next, row, 0);
        unpack(row, 0, back);
        audited++;
        if (!isSame(back, next)) expect(back).toEqual(next);
      });
    }
    expected += exploration.transitionCount;
  }

  expect(audited).toBe(expected);
  expect(audited).toBeGreaterThan(1_000_000);
});

test("a copy is equal, and shares nothing", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const copy = emptyWorld(world.runners.length);

      copyWorld(world, copy);

      expect(copy).toEqual(world);
      copy.cells[0] = 9;
      copy.runners[0]!.machine = -1;
      expect(copy).not.toEqual(world);
      expect(world.cells[0]).not.toBe(9);
    }),
    { seed: 20261123, numRuns: 500 },
  );
});
