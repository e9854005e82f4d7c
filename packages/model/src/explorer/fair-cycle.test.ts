import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fairCycle } from "./fair-cycle.ts";
import type { Graph } from "./graph.ts";
import { deadEnds, longestPath } from "./longest-path.ts";
import type { EdgeList, Question } from "./oracle.test-support.ts";
import {
  actionCount,
  asked,
  edgesOf,
  fairCycleStates,
  graphOf,
  marks,
  questionOf,
  replay,
  restingStates,
} from "./oracle.test-support.ts";

const seed = 20260728;
const numRuns = 4000;

/** Few constraints leave states to rest in, and then nothing is said of cycles: mostly each action belongs to some. */
const questions = fc
  .tuple(
    fc.integer({ min: 1, max: 7 }),
    fc.array(fc.tuple(fc.nat(6), fc.nat(2), fc.nat(6)), { maxLength: 16, size: "max" }),
    fc.array(fc.nat(6), { maxLength: 5, size: "max" }),
    fc.array(fc.nat(2), { maxLength: 1 }),
    fc.oneof(
      fc.constant([[0], [1], [2]]),
      fc.constant([
        [0, 1],
        [1, 2],
      ]),
      fc.array(fc.uniqueArray(fc.nat(2), { maxLength: 3 }), { maxLength: 3 }),
    ),
  )
  .map((parts) => questionOf(...parts));

/** What is wrong with an answer, or null. */
function wrong(algorithm: typeof fairCycle, question: Question): string | null {
  const { graph, inside, keep, fair } = asked(question);
  const answer = algorithm(graph, inside, keep, fair);
  const resting = restingStates(question);
  const fairlyPassed = fairCycleStates(question);
  if (answer === null) {
    if (resting.length > 0) return "a state to rest in was missed";
    return fairlyPassed.length > 0 ? "a fair cycle was missed" : null;
  }
  if (answer.type === "stutter") return answer.state === resting[0] ? null : "not the first state to rest in";
  const { cycle } = answer;
  if (resting.length > 0) return "resting is simpler";
  if (fairlyPassed.length === 0) return "there is no fair cycle";
  if (cycle[0]?.state !== fairlyPassed[0]) return "not the fair cycle that is soonest reached";
  for (const set of question.fair) {
    const enabled = (at: number): boolean =>
      question.edges.some(([state, action]) => state === at && set.includes(action) && question.keep.includes(action));
    if (!cycle.some(({ state, action }) => set.includes(action) || !enabled(state))) return `unfair to ${set.join()}`;
  }
  return replay(question, cycle, cycle[0]?.state ?? -1);
}

function find(
  stateCount: number,
  edges: EdgeList,
  inside: readonly number[],
  fair: readonly (readonly number[])[],
  keep: readonly number[] = [0, 1, 2],
): unknown {
  const question = asked({ stateCount, edges, inside, keep, fair });
  return fairCycle(question.graph, question.inside, question.keep, question.fair);
}

test("a state with no edge at all is one to rest in", () => {
  expect(find(2, [[0, 0, 1]], [0, 1], [[0]])).toEqual({ type: "stutter", state: 1 });
  expect(find(2, [[0, 0, 1]], [0], [[0]])).toBeNull();
});

test("a state that only unfair actions leave is one to rest in, though it is no dead end", () => {
  expect(find(2, [[0, 1, 1]], [0], [[0]])).toEqual({ type: "stutter", state: 0 });
});

test("a state that only an edge not kept would leave is one to rest in", () => {
  expect(find(2, [[0, 0, 1]], [0], [[0]], [1, 2])).toEqual({ type: "stutter", state: 0 });
});

test("without constraints any state inside is one to rest in, and outside none is", () => {
  expect(find(2, [[0, 0, 1]], [0, 1], [])).toEqual({ type: "stutter", state: 0 });
  expect(find(2, [[0, 0, 1]], [], [])).toBeNull();
});

test("a loop of one state is a cycle, fair or not", () => {
  const way = [
    [0, 0, 0],
    [0, 1, 1],
  ] as const;

  expect(find(2, way, [0], [[0]])).toEqual({ type: "lasso", cycle: [{ state: 0, action: 0 }] });
  expect(find(2, way, [0], [[1]])).toBeNull();
});

test("an edge and its way back are a cycle, until a fair action leads away from both", () => {
  const both = [
    [0, 0, 1],
    [1, 0, 0],
  ] as const;

  expect(find(3, both, [0, 1], [[0]])).toEqual({
    type: "lasso",
    cycle: [
      { state: 0, action: 0 },
      { state: 1, action: 0 },
    ],
  });
  expect(find(3, [...both, [0, 1, 2]], [0, 1], [[0], [1]])).toMatchObject({ type: "lasso" });
  expect(find(3, [...both, [0, 1, 2], [1, 1, 2]], [0, 1], [[0], [1]])).toBeNull();
});

test("ways that join are no cycle", () => {
  expect(
    find(
      4,
      [
        [0, 0, 1],
        [0, 0, 2],
        [1, 0, 3],
        [2, 0, 3],
      ],
      [0, 1, 2],
      [[0]],
    ),
  ).toBeNull();
});

test("an action taken only on an edge that leaves does not make a cycle fair", () => {
  // The whole graph is one component, and takes action 1 inside it; the part inside cannot.
  const edges = [
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 2],
    [1, 1, 2],
    [2, 2, 0],
  ] as const;

  expect(find(3, edges, [0, 1], [[0], [1]])).toBeNull();
  expect(find(3, edges, [0, 1, 2], [[0, 2], [1]])).toMatchObject({ type: "lasso" });
});

test("an action that is disabled outside only does not make a cycle fair", () => {
  const edges = [
    [0, 0, 0],
    [0, 1, 1],
    [1, 0, 0],
  ] as const;

  expect(find(2, edges, [0], [[0], [1]])).toBeNull();
  expect(find(2, edges, [0, 1], [[0], [1]])).toMatchObject({ type: "lasso" });
});

test("a fair component is found behind an unfair one", () => {
  // 0 loops although 1 would lead on; 1 and 2 go round, and nothing is disabled or left out.
  const edges = [
    [0, 0, 0],
    [0, 1, 1],
    [1, 0, 2],
    [2, 1, 1],
  ] as const;

  expect(find(3, edges, [0, 1, 2], [[0], [1]])).toEqual({
    type: "lasso",
    cycle: [
      { state: 1, action: 0 },
      { state: 2, action: 1 },
    ],
  });
});

test("where a short cycle is unfair, the report goes round the longer one that is fair", () => {
  const edges = [
    [0, 0, 0],
    [0, 1, 1],
    [1, 0, 1],
    [1, 2, 0],
  ] as const;

  expect(find(2, edges, [0, 1], [[0], [1], [2]])).toEqual({
    type: "lasso",
    cycle: [
      { state: 0, action: 0 },
      { state: 0, action: 1 },
      { state: 1, action: 2 },
    ],
  });
});

test("the report makes no detour for what its first state or an earlier edge has settled", () => {
  // Action 2 is disabled in 0, and 1 is taken on the way to 0's own witness of action 0.
  const edges = [
    [0, 1, 1],
    [0, 0, 3],
    [1, 2, 2],
    [1, 0, 0],
    [1, 1, 2],
    [2, 0, 1],
    [2, 2, 1],
    [2, 1, 2],
  ] as const;

  expect(find(4, edges, [0, 1, 2], [[2], [0], [1]])).toEqual({
    type: "lasso",
    cycle: [
      { state: 0, action: 1 },
      { state: 1, action: 0 },
    ],
  });
});

test("a state that edges not kept would join to a cycle is no part of it", () => {
  // Without action 2 there is no way back from 1, where action 1 would be disabled.
  const edges = [
    [0, 0, 0],
    [0, 1, 1],
    [1, 2, 0],
    [1, 0, 2],
  ] as const;

  expect(find(3, edges, [0, 1], [[0], [1]])).toMatchObject({ type: "lasso" });
  expect(find(3, edges, [0, 1], [[0], [1]], [0, 1])).toBeNull();
});

test("marks for another graph are refused", () => {
  const graph = graphOf(1, [[0, 2, 0]]);
  const actions = new Uint8Array(actionCount);

  expect(() => fairCycle(graph, new Uint8Array(2), actions, [])).toThrow(RangeError);
  expect(() => fairCycle(graph, new Uint8Array(1), new Uint8Array(2), [])).toThrow(RangeError);
  expect(() => fairCycle(graph, new Uint8Array(1), actions, [actions, new Uint8Array(2)])).toThrow(RangeError);
});

test("it agrees with a trial of every set of states on 4,000 random graphs, and every cycle can be taken", () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(questions, (question) => {
      const { graph, inside, keep, fair } = asked(question);
      const answer = fairCycle(graph, inside, keep, fair);
      const type = answer?.type ?? (question.inside.length === 0 ? "empty" : "none");
      counts.set(type, (counts.get(type) ?? 0) + 1);

      expect(wrong(fairCycle, question)).toBeNull();
    }),
    { seed, numRuns },
  );

  for (const type of ["lasso", "stutter", "none"]) expect(counts.get(type), type).toBeGreaterThan(200);
});

/** An algorithm that rests where the right one does, and looks for cycles in its own way. */
function restsRight(cycles: typeof fairCycle): typeof fairCycle {
  return (graph, inside, keep, fair) => {
    const real = fairCycle(graph, inside, keep, fair);
    return real?.type === "stutter" ? real : cycles(graph, inside, keep, fair);
  };
}

function anyCycle(graph: Graph, inside: Uint8Array, keep: Uint8Array): ReturnType<typeof fairCycle> {
  const found = longestPath(graph, inside, keep);
  return found.type === "cycle" ? { type: "lasso", cycle: found.cycle } : null;
}

function everyState({ stateCount }: Graph): Uint8Array {
  return new Uint8Array(stateCount).fill(1);
}

const mutants: Readonly<Record<string, typeof fairCycle>> = {
  "ignores stuttering": (graph, inside, keep, fair) => {
    const real = fairCycle(graph, inside, keep, fair);
    return real?.type === "stutter" ? null : real;
  },
  "takes only dead ends for states to rest in": (graph, inside, keep, fair) => {
    const real = fairCycle(graph, inside, keep, fair);
    const dead = deadEnds(graph, inside, keep);
    if (real?.type !== "stutter") return real;
    return dead === null ? null : { type: "stutter", state: dead };
  },
  "ignores loops of one state": restsRight((graph, inside, keep, fair) => {
    const edges = edgesOf(graph).map(([state, action, target]): EdgeList[number] =>
      // The loop becomes an edge to nowhere: its action stays enabled.
      [state, action, state === target ? graph.stateCount : target],
    );
    return fairCycle(graphOf(graph.stateCount + 1, edges), Uint8Array.from([...inside, 0]), keep, fair);
  }),
  "takes every cycle for a fair one": restsRight(anyCycle),
  "judges fairness on the outer component": restsRight((graph, inside, keep, fair) =>
    fairCycle(graph, everyState(graph), keep, fair) === null ? null : anyCycle(graph, inside, keep),
  ),
  "lets the cycle pass outside": restsRight((graph, _, keep, fair) => fairCycle(graph, everyState(graph), keep, fair)),
  "lets the cycle take every edge": restsRight((graph, inside, keep, fair) =>
    fairCycle(
      graph,
      inside,
      keep.map(() => 1),
      fair,
    ),
  ),
  "overlooks actions that are enabled but lead outside": (graph, inside, keep, fair) =>
    fairCycle(
      graphOf(
        graph.stateCount,
        edgesOf(graph).filter(([, , target]) => inside[target] === 1),
      ),
      inside,
      keep,
      fair,
    ),
  "does not accept that an action is disabled": restsRight((graph, inside, keep, fair) => {
    const away = edgesOf(graph).map(([state]) => state);
    const edges = away.flatMap((state) =>
      [0, 1, 2].map((action): EdgeList[number] => [state, action, graph.stateCount]),
    );
    const graphWithAway = graphOf(graph.stateCount + 1, [...edgesOf(graph), ...edges]);
    return fairCycle(graphWithAway, Uint8Array.from([...inside, 0]), keep, fair);
  }),
  "takes all constraints for one": restsRight((graph, inside, keep, fair) =>
    fairCycle(graph, inside, keep, [
      Uint8Array.from({ length: actionCount }, (_, action) => (fair.some((set) => set[action] === 1) ? 1 : 0)),
    ]),
  ),
  "forgets the last constraint": restsRight((graph, inside, keep, fair) => {
    const found = fairCycle(graph, inside, keep, fair.slice(0, -1));
    return found?.type === "stutter" ? anyCycle(graph, inside, keep) : found;
  }),
  "shows a cycle that is in the component, and not the fair one": restsRight((graph, inside, keep, fair) =>
    fairCycle(graph, inside, keep, fair) === null ? null : anyCycle(graph, inside, keep),
  ),
  "lists the states of the component for a cycle": restsRight((graph, inside, keep, fair) => {
    const real = fairCycle(graph, inside, keep, fair);
    if (real?.type !== "lasso") return real;
    return { type: "lasso", cycle: real.cycle.toSorted((a, b) => a.state - b.state) };
  }),
  "forgets the way back": restsRight((graph, inside, keep, fair) => {
    const real = fairCycle(graph, inside, keep, fair);
    return real?.type === "lasso" ? { type: "lasso", cycle: real.cycle.slice(0, -1) } : real;
  }),
};

test.each(Object.entries(mutants))("the comparison catches a search that %s", (_, mutant) => {
  const caught = fc.sample(questions, { seed, numRuns }).filter((question) => wrong(mutant, question) !== null);

  expect(caught.length).toBeGreaterThan(0);
});

test("a ring of 300,000 is walked whole, and the stack holds", () => {
  const stateCount = 300_000;
  const ring: Graph = {
    stateCount,
    edgeStart: Uint32Array.from({ length: stateCount + 1 }, (_, state) => state),
    edgeTarget: Uint32Array.from({ length: stateCount }, (_, state) => (state + 1) % stateCount),
    edgeAction: Uint16Array.from({ length: stateCount }, (_, state) => state % 3),
  };
  const inside = new Uint8Array(stateCount).fill(1);
  const every = marks(actionCount, [0, 1, 2]);

  const whole = fairCycle(ring, inside, every, [every]);
  inside[stateCount - 1] = 0;
  const broken = fairCycle(ring, inside, every, [every]);

  expect(whole?.type === "lasso" && whole.cycle.length).toBe(stateCount);
  expect(broken).toBeNull();
});
