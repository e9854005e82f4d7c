import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ExploreOptions, Space } from "./explore.ts";
import { explore } from "./explore.ts";

const whole: ExploreOptions = { stateCountMax: 1_000_000, edges: true };

/** A space of pairs of numbers, given as a list of edges between numbers. */
function spaceOf(edges: readonly (readonly [number, number])[], width = 2): Space {
  const rowOf = (state: number): Uint32Array =>
    Uint32Array.from({ length: width }, (_, at) => (at === 0 ? state : Math.imul(state, 0x01000000 * (at + 1)) >>> 0));
  return {
    wordCount: width,
    initial: rowOf(0),
    expand(words, offset, out, emit) {
      for (const [index, [from, to]] of edges.entries()) {
        if (from !== words[offset]) continue;
        out.set(rowOf(to));
        emit(index);
      }
    },
  };
}

const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((count) => fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 40 }));

/** By the plainest means: distances from 0. */
function distances(edges: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  const found = new Map([[0, 0]]);
  for (let changed = true; changed;) {
    changed = false;
    for (const [from, to] of edges) {
      const distance = found.get(from);
      if (distance === undefined || (found.get(to) ?? Number.POSITIVE_INFINITY) <= distance + 1) continue;
      found.set(to, distance + 1);
      changed = true;
    }
  }
  return found;
}

test("exactly the states that can be reached are found, each once, by a shortest path", () => {
  fc.assert(
    fc.property(graphs, fc.integer({ min: 1, max: 4 }), (edges, width) => {
      const expected = distances(edges);

      const found = explore(spaceOf(edges, width), whole);

      const states = Array.from({ length: found.stateCount }, (_, state) => found.words[state * width]!);
      expect(new Set(states)).toEqual(new Set(expected.keys()));
      expect(states).toHaveLength(expected.size);
      expect(found.depth).toBe(Math.max(...expected.values()));
      for (const [index, state] of states.entries()) {
        let steps = 0;
        for (let at = index; found.parent[at]! >= 0; at = found.parent[at]!) {
          const [from, to] = edges[found.parentAction[at]!]!;
          expect([states[found.parent[at]!], states[at]]).toEqual([from, to]);
          steps++;
        }
        expect(steps).toBe(expected.get(state));
      }
    }),
    { seed: 20261123, numRuns: 1_000 },
  );
});

test("every edge is kept with its action, and every action is counted", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const reached = distances(edges);

      const { graph, words, transitionCount, actionCounts } = explore(spaceOf(edges), whole);

      const kept = Array.from({ length: graph!.stateCount }, (_, state) =>
        Array.from(graph!.edgeAction.subarray(graph!.edgeStart[state], graph!.edgeStart[state + 1]), (action, at) => [
          action,
          words[state * 2],
          words[graph!.edgeTarget[graph!.edgeStart[state]! + at]! * 2],
        ]),
      ).flat();
      const expected = edges.flatMap(([from, to], index) => (reached.has(from) ? [[index, from, to]] : []));
      const sorted = (list: readonly (readonly (number | undefined)[])[]) => list.map(String).toSorted();
      expect(sorted(kept)).toEqual(sorted(expected));
      expect(transitionCount).toBe(expected.length);
      expect(actionCounts.reduce((sum, count) => sum + count, 0)).toBe(expected.length);
    }),
    { seed: 20261123, numRuns: 500 },
  );
});

const chain = Array.from({ length: 5_000 }, (_, index) => [index, index + 1] as const);

test("a search that a bound has ended says so, and hands out no graph that could be taken for the whole", () => {
  const found = explore(spaceOf(chain.slice(0, 100)), { ...whole, stateCountMax: 50 });

  expect(found).toMatchObject({ complete: false, stateCount: 50, graph: null, stoppedAt: null });
});

test("a bound that is just large enough does not end the search", () => {
  const found = explore(spaceOf(chain.slice(0, 100)), { ...whole, stateCountMax: 101 });

  expect(found).toMatchObject({ complete: true, stateCount: 101, depth: 100 });
});

test("a search that was asked to stop stops at the first state that says so", () => {
  const found = explore(spaceOf(chain), { ...whole, stop: (state) => state === 7 });

  expect(found).toMatchObject({ complete: false, stoppedAt: 7, stateCount: 8, graph: null });
});

test("the tables grow with the states, and nothing is lost on the way", () => {
  const count = 200_000;
  const space: Space = {
    wordCount: 3,
    initial: new Uint32Array(3),
    expand(words, offset, out, emit) {
      const at = words[offset + 2]!;
      for (const next of [2 * at + 1, 2 * at + 2]) {
        if (next >= count) continue;
        out.set([next % 7, next % 11, next]);
        emit(next % 2);
      }
    },
  };

  const found = explore(space, whole);

  expect(found).toMatchObject({ complete: true, stateCount: count, transitionCount: count - 1 });
  expect(new Set(Array.from({ length: count }, (_, state) => found.words[state * 3 + 2])).size).toBe(count);
});

test.each([16_383, 16_384, 16_385, 98_304, 98_305])(
  "with three runners' worth of words a state takes at most 40 bytes: %i states",
  (count) => {
    const space: Space = {
      wordCount: 5,
      initial: new Uint32Array(5),
      expand(words, offset, out, emit) {
        const next = words[offset]! + 1;
        if (next >= count) return;
        out.fill(next);
        emit(0);
      },
    };

    const { stateCount, words, graph, bytesPerState } = explore(space, whole);

    expect([stateCount, words.length, words.at(-1)]).toEqual([count, 5 * count, count - 1]);
    expect([graph?.edgeStart.length, graph?.edgeStart.at(-1)]).toEqual([count + 1, count - 1]);
    expect(bytesPerState).toBeLessThanOrEqual(40);
  },
);
