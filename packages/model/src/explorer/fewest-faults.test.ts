import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fewestFaults } from "./fewest-faults.ts";
import type { Graph } from "./graph.ts";

function graphOf(stateCount: number, edges: readonly (readonly [number, number, number])[]): Graph {
  const sorted = edges.toSorted(([one], [other]) => one - other);
  const edgeStart = new Uint32Array(stateCount + 1);
  for (const [from] of sorted) for (let at = from + 1; at <= stateCount; at++) edgeStart[at]!++;
  return {
    stateCount,
    edgeStart,
    edgeTarget: Uint32Array.from(sorted, ([, to]) => to),
    edgeAction: Uint16Array.from(sorted, ([, , action]) => action),
  };
}

const isFault = Uint8Array.of(0, 1);

/** By the plainest means: relaxing every edge until nothing changes. */
function best(stateCount: number, edges: readonly (readonly [number, number, number])[], wanted: Uint8Array) {
  const cost = Array.from({ length: stateCount }, () => [Infinity, Infinity] as readonly [number, number]);
  cost[0] = [0, 0];
  for (let round = 0; round <= stateCount * 2; round++)
    for (const [from, to, action] of edges) {
      const [faults, steps] = cost[from]!;
      const next = [faults + action, steps + 1] as const;
      if (next[0] < cost[to]![0] || (next[0] === cost[to]![0] && next[1] < cost[to]![1])) cost[to] = next;
    }
  return cost
    .filter((_, state) => wanted[state] === 1)
    .filter(([faults]) => faults < Infinity)
    .toSorted((one, other) => one[0] - other[0] || one[1] - other[1])[0];
}

test("the path has the fewest faults, and of those the fewest steps, and its edges are there", () => {
  const cases = fc
    .integer({ min: 1, max: 8 })
    .chain((count) =>
      fc.tuple(
        fc.constant(count),
        fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.nat(1)), { maxLength: 30 }),
        fc.uint8Array({ minLength: count, maxLength: count, max: 1 }),
      ),
    );
  let found = 0;

  fc.assert(
    fc.property(cases, ([count, edges, wanted]) => {
      const expected = best(count, edges, wanted);

      const path = fewestFaults(graphOf(count, edges), wanted, isFault);

      if (expected === undefined) {
        expect(path).toBeNull();
        return;
      }
      found++;
      expect([path!.filter(({ action }) => action === 1).length, path!.length]).toEqual(expected);
      for (const [index, { state, action }] of path!.entries()) {
        const next = path![index + 1]?.state;
        expect(
          edges.some(
            ([from, to, by]) =>
              from === state && by === action && (next === undefined ? wanted[to] === 1 : to === next),
          ),
        ).toBe(true);
      }
    }),
    { seed: 20261123, numRuns: 3_000 },
  );

  expect(found).toBeGreaterThan(1_000);
});
