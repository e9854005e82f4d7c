import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { EdgeList } from "./oracle.test-support.ts";
import { edgesOf, graphOf, marks, questionOf, reaching } from "./oracle.test-support.ts";
import { canReach } from "./reach.ts";

const seed = 20260728;

function statesOf(marked: Uint8Array): readonly number[] {
  return Array.from(marked, (mark, state) => (mark === 1 ? state : -1)).filter((state) => state >= 0);
}

function reach(stateCount: number, edges: EdgeList, targets: readonly number[]): readonly number[] {
  return statesOf(canReach(graphOf(stateCount, edges), marks(stateCount, targets)));
}

const problems = fc
  .tuple(
    fc.integer({ min: 1, max: 7 }),
    fc.array(fc.tuple(fc.nat(6), fc.nat(2), fc.nat(6)), { maxLength: 12, size: "max" }),
    fc.array(fc.nat(6), { maxLength: 2 }),
  )
  .map(([stateCount, edges, targets]) => ({
    stateCount,
    edges: questionOf(stateCount, edges, [], [], []).edges,
    targets: [...new Set(targets.map((target) => target % stateCount))],
  }));
type Problem = typeof problems extends fc.Arbitrary<infer P> ? P : never;

function agrees(algorithm: typeof canReach, { stateCount, edges, targets }: Problem): boolean {
  const found = statesOf(algorithm(graphOf(stateCount, edges), marks(stateCount, targets)));
  return found.join() === reaching(stateCount, edges, targets).join();
}

test("a target reaches itself, and so does what leads to it", () => {
  expect(
    reach(
      4,
      [
        [0, 0, 1],
        [1, 0, 2],
        [2, 0, 3],
      ],
      [2],
    ),
  ).toEqual([0, 1, 2]);
});

test("where nothing is a target nothing reaches one", () => {
  expect(
    reach(
      2,
      [
        [0, 0, 1],
        [1, 0, 0],
      ],
      [],
    ),
  ).toEqual([]);
});

test("a cycle beside the way does not hide the way", () => {
  expect(
    reach(
      3,
      [
        [0, 0, 0],
        [0, 0, 1],
        [1, 0, 0],
        [1, 0, 2],
      ],
      [2],
    ),
  ).toEqual([0, 1, 2]);
});

test("a way counts in its own direction only, unless it leads both ways", () => {
  expect(
    reach(
      3,
      [
        [0, 0, 1],
        [0, 0, 2],
      ],
      [1],
    ),
  ).toEqual([0, 1]);
  expect(
    reach(
      3,
      [
        [0, 0, 1],
        [0, 0, 2],
        [2, 0, 0],
      ],
      [1],
    ),
  ).toEqual([0, 1, 2]);
});

test("a pair of states that only lead to each other reaches nothing else", () => {
  expect(
    reach(
      4,
      [
        [0, 0, 1],
        [0, 0, 3],
        [1, 0, 2],
        [2, 0, 1],
      ],
      [3],
    ),
  ).toEqual([0, 3]);
});

test("marks for another number of states are refused", () => {
  expect(() => canReach(graphOf(2, []), new Uint8Array(1))).toThrow(RangeError);
});

test("it agrees with a search from every state on 3,000 random graphs", () => {
  fc.assert(
    fc.property(problems, (problem) => agrees(canReach, problem)),
    { seed, numRuns: 3000 },
  );
});

const mutants: Readonly<Record<string, typeof canReach>> = {
  "goes forward from the targets": (graph, targets) =>
    canReach(
      graphOf(
        graph.stateCount,
        edgesOf(graph).map(([state, action, target]) => [target, action, state]),
      ),
      targets,
    ),
  "takes every edge both ways": (graph, targets) =>
    canReach(
      graphOf(
        graph.stateCount,
        edgesOf(graph).flatMap(([state, action, target]) => [
          [state, action, target],
          [target, action, state],
        ]),
      ),
      targets,
    ),
  "goes one step only": (graph, targets) =>
    Uint8Array.from(targets, (mark, at) =>
      mark === 1 || edgesOf(graph).some(([state, , target]) => state === at && targets[target] === 1) ? 1 : 0,
    ),
  "leaves the targets out": (graph, targets) =>
    canReach(graph, targets).map((mark, state) => mark & ~(targets[state] ?? 0)),
  "goes over states in the order of their numbers": (graph, targets) => {
    const reaches = Uint8Array.from(targets);
    for (const [state, , target] of edgesOf(graph)) if (reaches[target] === 1) reaches[state] = 1;
    return reaches;
  },
};

test.each(Object.entries(mutants))("the comparison catches a search that %s", (_, mutant) => {
  const caught = fc.sample(problems, { seed, numRuns: 3000 }).filter((problem) => !agrees(mutant, problem));

  expect(caught.length).toBeGreaterThan(0);
});

test("a chain of 500,000 is gone back whole, and the stack holds", () => {
  const stateCount = 500_000;
  const graph = {
    stateCount,
    edgeStart: Uint32Array.from({ length: stateCount + 1 }, (_, state) => Math.min(state, stateCount - 1)),
    edgeTarget: Uint32Array.from({ length: stateCount - 1 }, (_, state) => state + 1),
    edgeAction: new Uint16Array(stateCount - 1),
  };
  const targets = new Uint8Array(stateCount);
  targets[stateCount - 1] = 1;

  const reaches = canReach(graph, targets);

  expect(reaches.indexOf(0)).toBe(-1);
});
