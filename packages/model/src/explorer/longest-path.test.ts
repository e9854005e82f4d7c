import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assertNever } from "../assert-never.ts";
import type { Edge, Graph } from "./graph.ts";
import { deadEnds, longestPath } from "./longest-path.ts";
import type { EdgeList, Question } from "./oracle.test-support.ts";
import {
  actionCount,
  asked,
  edgesOf,
  graphOf,
  longestFrom,
  longestRow,
  marks,
  questionOf,
  replay,
} from "./oracle.test-support.ts";

const seed = 20260728;
const numRuns = 3000;
const all = marks(actionCount, [0, 1, 2]);

const questions = fc
  .tuple(
    fc.integer({ min: 1, max: 7 }),
    fc.array(fc.tuple(fc.nat(6), fc.nat(2), fc.nat(6)), { maxLength: 10, size: "max" }),
    fc.array(fc.nat(6), { maxLength: 4 }),
    fc.array(fc.nat(2), { maxLength: 1 }),
  )
  .map(([stateCount, edges, outside, dropped]) => questionOf(stateCount, edges, outside, dropped, []));

/** What is wrong with an answer, or null. */
function wrong(algorithm: typeof longestPath, question: Question): string | null {
  const { graph, inside, keep } = asked(question);
  const answer = algorithm(graph, inside, keep);
  const longest = longestRow(question);
  switch (answer.type) {
    case "empty":
      return question.inside.length === 0 ? null : "something is inside";
    case "acyclic": {
      const { length, from, to, path } = answer;
      if (question.inside.length === 0) return "nothing is inside";
      if (length !== longest) return `${length} for ${longest}`;
      if (path.length !== length || (path[0]?.state ?? to) !== from) return "not the path that was said";
      const lower = question.inside.filter((state) => state < from);
      if (lower.some((state) => longestFrom(question, state) === length)) return "not from the lowest state";
      const stopped = !question.edges.some(([state, action]) => state === to && question.keep.includes(action));
      if (question.inside.includes(to) && !stopped) return "the path could go on";
      return replay(question, path, to);
    }
    case "cycle": {
      const states = answer.cycle.map(({ state }) => state);
      if (longest !== "cycle") return "there is no cycle";
      if (new Set(states).size !== states.length || states.length === 0) return "not a simple cycle";
      if (Math.min(...states) !== states[0]) return "not from its lowest state";
      return replay(question, answer.cycle, states[0] ?? -1);
    }
    default:
      return assertNever(answer);
  }
}

function longest(stateCount: number, edges: EdgeList, inside: readonly number[], keep = all): unknown {
  return longestPath(graphOf(stateCount, edges), marks(stateCount, inside), keep);
}

test("the edge that leaves is the last step", () => {
  expect(
    longest(
      3,
      [
        [0, 0, 1],
        [1, 2, 2],
      ],
      [0, 1],
    ),
  ).toEqual({
    type: "acyclic",
    length: 2,
    from: 0,
    to: 2,
    path: [
      { state: 0, action: 0 },
      { state: 1, action: 2 },
    ],
  });
});

test("where ways join, the longer one counts, whichever is found first", () => {
  expect(
    longest(
      4,
      [
        [0, 0, 3],
        [0, 1, 1],
        [1, 0, 2],
        [2, 0, 3],
      ],
      [0, 1, 2],
    ),
  ).toMatchObject({ length: 3, from: 0 });
  expect(
    longest(
      4,
      [
        [0, 1, 1],
        [0, 0, 2],
        [1, 0, 2],
        [2, 0, 3],
      ],
      [0, 1, 2],
    ),
  ).toMatchObject({ length: 3, from: 0 });
});

test("the longest path may begin anywhere inside, also behind a state outside", () => {
  expect(
    longest(
      4,
      [
        [0, 0, 1],
        [1, 0, 2],
        [2, 0, 3],
        [3, 0, 1],
      ],
      [0, 2, 3],
    ),
  ).toMatchObject({ length: 2, from: 2, to: 1 });
});

test("a loop of one state is a cycle", () => {
  expect(
    longest(
      2,
      [
        [0, 0, 1],
        [1, 1, 1],
      ],
      [0, 1],
    ),
  ).toEqual({ type: "cycle", cycle: [{ state: 1, action: 1 }] });
});

test("an edge and its way back are a cycle", () => {
  expect(
    longest(
      3,
      [
        [0, 0, 1],
        [1, 0, 2],
        [2, 1, 1],
      ],
      [0, 1, 2],
    ),
  ).toEqual({
    type: "cycle",
    cycle: [
      { state: 1, action: 0 },
      { state: 2, action: 1 },
    ],
  });
});

test("states that lie behind a cycle are not named with it", () => {
  expect(
    longest(
      4,
      [
        [0, 0, 0],
        [0, 0, 1],
        [1, 0, 2],
        [2, 0, 3],
      ],
      [0, 1, 2],
    ),
  ).toEqual({
    type: "cycle",
    cycle: [{ state: 0, action: 0 }],
  });
});

test("a cycle that passes outside, or takes an edge that is not kept, is none", () => {
  const edges: EdgeList = [
    [0, 0, 1],
    [1, 1, 0],
  ];

  expect(longest(2, edges, [0])).toMatchObject({ type: "acyclic", length: 1 });
  expect(longest(2, edges, [0, 1], marks(actionCount, [0]))).toMatchObject({ type: "acyclic", length: 1 });
  expect(longest(2, edges, [0, 1])).toMatchObject({ type: "cycle" });
});

test("nothing inside is said, and not counted as a path of length 0", () => {
  expect(longest(2, [[0, 0, 1]], [])).toEqual({ type: "empty" });
  expect(longest(1, [], [0])).toEqual({ type: "acyclic", length: 0, from: 0, to: 0, path: [] });
});

test("a state that nothing kept leaves is a dead end, and only inside", () => {
  const graph = graphOf(4, [
    [0, 0, 1],
    [1, 1, 2],
    [3, 2, 3],
  ]);
  const inside = marks(4, [0, 1, 3]);

  expect(deadEnds(graph, inside, all)).toBeNull();
  expect(deadEnds(graph, marks(4, [0, 1, 2, 3]), all)).toBe(2);
  expect(deadEnds(graph, inside, marks(actionCount, [0, 2]))).toBe(1);
  expect(deadEnds(graph, marks(4, []), all)).toBeNull();
});

test("marks for another graph are refused", () => {
  const graph = graphOf(1, [[0, 2, 0]]);

  for (const pass of [longestPath, deadEnds]) {
    expect(() => pass(graph, new Uint8Array(2), all)).toThrow(RangeError);
    expect(() => pass(graph, new Uint8Array(1), new Uint8Array(2))).toThrow(RangeError);
  }
});

test("it agrees with plain recursion on 3,000 random graphs, and every path and cycle can be taken", () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(questions, (question) => {
      const { graph, inside, keep } = asked(question);
      const { type } = longestPath(graph, inside, keep);
      counts.set(type, (counts.get(type) ?? 0) + 1);

      expect(wrong(longestPath, question)).toBeNull();
    }),
    { seed, numRuns },
  );

  for (const type of ["empty", "acyclic", "cycle"]) expect(counts.get(type), type).toBeGreaterThan(100);
});

test("dead ends are those that a plain look finds, on 3,000 random graphs", () => {
  fc.assert(
    fc.property(questions, (question) => {
      const { graph, inside, keep } = asked(question);
      const dead = question.inside.find(
        (at) => !question.edges.some(([state, action]) => state === at && question.keep.includes(action)),
      );

      expect(deadEnds(graph, inside, keep)).toBe(dead ?? null);
    }),
    { seed, numRuns },
  );
});

/** Takes the first edge of each state and never a second one. */
function firstWay(graph: Graph, inside: Uint8Array, keep: Uint8Array): ReturnType<typeof longestPath> {
  const kept = edgesOf(graph).filter(([, action]) => keep[action] === 1);
  const real = longestPath(graph, inside, keep);
  if (real.type !== "acyclic") return real;
  const path: Edge[] = [];
  let to = real.from;
  while (inside[to] === 1) {
    const edge = kept.find(([state]) => state === to);
    if (edge === undefined) break;
    path.push({ state: to, action: edge[1] });
    to = edge[2];
  }
  return { ...real, length: path.length, to, path };
}

const mutants: Readonly<Record<string, typeof longestPath>> = {
  "takes the first way to a join for the longest": firstWay,
  "ignores loops of one state": (graph, inside, keep) =>
    longestPath(
      graphOf(
        graph.stateCount,
        edgesOf(graph).filter(([state, , target]) => state !== target),
      ),
      inside,
      keep,
    ),
  "ignores an edge whose way back exists": (graph, inside, keep) => {
    const edges = edgesOf(graph);
    const forward = edges.filter(([a, , b]) => a <= b || !edges.some(([from, , to]) => from === b && to === a));
    return longestPath(graphOf(graph.stateCount, forward), inside, keep);
  },
  "does not count the edge that leaves": (graph, inside, keep) => {
    const real = longestPath(graph, inside, keep);
    if (real.type !== "acyclic" || inside[real.to] === 1) return real;
    return { ...real, length: real.length - 1, path: real.path.slice(0, -1), to: real.path.at(-1)?.state ?? -1 };
  },
  "keeps every edge": (graph, inside) => longestPath(graph, inside, all),
  "looks at states outside too": (graph, _, keep) => longestPath(graph, new Uint8Array(graph.stateCount).fill(1), keep),
  "begins in the first state only": (graph, inside, keep) => {
    const first = inside.indexOf(1);
    const before = inside.map((mark, state) => (state === first ? mark : 0));
    const real = longestPath(graph, inside, keep);
    return real.type === "acyclic" ? longestPath(graph, before, keep) : real;
  },
  "forgets the edge that closes a cycle": (graph, inside, keep) => {
    const real = longestPath(graph, inside, keep);
    return real.type === "cycle" ? { type: "cycle", cycle: real.cycle.slice(0, -1) } : real;
  },
  "calls a dead end a cycle": (graph, inside, keep) => {
    const dead = deadEnds(graph, inside, keep);
    return dead === null
      ? longestPath(graph, inside, keep)
      : { type: "cycle", cycle: [{ state: dead, action: keep.indexOf(1) }] };
  },
};

test.each(Object.entries(mutants))("the comparison catches a search that %s", (_, mutant) => {
  const caught = fc.sample(questions, { seed, numRuns }).filter((question) => wrong(mutant, question) !== null);

  expect(caught.length).toBeGreaterThan(0);
});

/** A row of states, each with an edge to the next, and one more edge. */
function row(stateCount: number, lastTarget: number): Graph {
  return {
    stateCount,
    edgeStart: Uint32Array.from({ length: stateCount + 1 }, (_, state) => state),
    edgeTarget: Uint32Array.from({ length: stateCount }, (_, state) =>
      state === stateCount - 1 ? lastTarget : state + 1,
    ),
    edgeAction: new Uint16Array(stateCount),
  };
}

test("a chain and a ring of 500,000 are answered whole, and the stack holds", () => {
  const stateCount = 500_000;
  const inside = new Uint8Array(stateCount).fill(1);
  inside[stateCount - 1] = 0;

  const chain = longestPath(row(stateCount, 0), inside, all);
  const ring = longestPath(row(stateCount, 0), inside.fill(1), all);

  expect(chain).toMatchObject({ type: "acyclic", length: stateCount - 1, from: 0, to: stateCount - 1 });
  expect(ring.type === "cycle" && ring.cycle.length).toBe(stateCount);
});
