/**
 * The same answers as the passes give, found by trying everything: only for graphs of a handful of states. It shares no
 * idea with the passes: no order, no components, no reversed edges. Sets of states are numbers, one bit for each state.
 */
import type { Edge, Graph } from "./graph.ts";

/** A small graph in the words of a test: `[state, action, target]`. */
export type EdgeList = readonly (readonly [state: number, action: number, target: number])[];

export interface Question {
  readonly stateCount: number;
  readonly edges: EdgeList;
  readonly inside: readonly number[];
  /** Actions. */
  readonly keep: readonly number[];
  readonly fair: readonly (readonly number[])[];
}

/** The arguments that the passes take. */
export interface Asked {
  readonly graph: Graph;
  readonly inside: Uint8Array;
  readonly keep: Uint8Array;
  readonly fair: readonly Uint8Array[];
}

export const actionCount = 3;

export function graphOf(stateCount: number, edges: EdgeList): Graph {
  const rows = Array.from({ length: stateCount }, (_, state) => edges.filter(([from]) => from === state));
  const starts = [0];
  for (const row of rows) starts.push((starts.at(-1) ?? 0) + row.length);
  return {
    stateCount,
    edgeStart: Uint32Array.from(starts),
    edgeTarget: Uint32Array.from(rows.flat(), ([, , target]) => target),
    edgeAction: Uint16Array.from(rows.flat(), ([, action]) => action),
  };
}

export function marks(length: number, marked: readonly number[]): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (marked.includes(index) ? 1 : 0));
}

export function asked({ stateCount, edges, inside, keep, fair }: Question): Asked {
  return {
    graph: graphOf(stateCount, edges),
    inside: marks(stateCount, inside),
    keep: marks(actionCount, keep),
    fair: fair.map((set) => marks(actionCount, set)),
  };
}

/** Makes any numbers a question. Few actions are missing from `keep`, and few states from `inside`. */
export function questionOf(
  stateCount: number,
  edges: EdgeList,
  outside: readonly number[],
  dropped: readonly number[],
  fair: readonly (readonly number[])[],
): Question {
  return {
    stateCount,
    edges: edges.map(([state, action, target]) => [state % stateCount, action, target % stateCount]),
    inside: Array.from({ length: stateCount }, (_, state) => state).filter((state) => !outside.includes(state)),
    keep: Array.from({ length: actionCount }, (_, action) => action).filter((action) => !dropped.includes(action)),
    fair,
  };
}

/** The edges of a graph as a test writes them. */
export function edgesOf({ stateCount, edgeStart, edgeTarget, edgeAction }: Graph): EdgeList {
  return Array.from({ length: stateCount }, (_, state) =>
    Array.from(edgeTarget.slice(edgeStart[state], edgeStart[state + 1]), (target, at): EdgeList[number] => [
      state,
      edgeAction[(edgeStart[state] ?? 0) + at] ?? -1,
      target,
    ]),
  ).flat();
}

/** The states from which some path leads to a target: no way is longer than there are states. */
export function reaching(stateCount: number, edges: EdgeList, targets: readonly number[]): readonly number[] {
  const found = new Set(targets);
  for (let round = 0; round < stateCount; round++)
    for (const [state, , target] of edges) if (found.has(target)) found.add(state);
  return [...found].toSorted((a, b) => a - b);
}

/** The longest row of kept edges from a state that goes on until it leaves or stops; `"cycle"` where one has no end. */
export function longestFrom({ edges, inside, keep }: Question, start: number): number | "cycle" {
  let cycle = false;
  const longest = (state: number, past: readonly number[]): number => {
    if (past.includes(state)) cycle = true;
    if (cycle || !inside.includes(state)) return 0;
    const out = edges.filter(([from, action]) => from === state && keep.includes(action));
    return Math.max(0, ...out.map(([, , to]) => 1 + longest(to, [...past, state])));
  };
  const length = longest(start, []);
  return cycle ? "cycle" : length;
}

/** The same over all states inside. */
export function longestRow(question: Question): number | "cycle" {
  const lengths = question.inside.map((state) => longestFrom(question, state));
  return lengths.includes("cycle") ? "cycle" : Math.max(0, ...lengths.filter((length) => length !== "cycle"));
}

/** States inside where a run may rest: no kept edge of any constraint leaves them. */
export function restingStates({ edges, inside, keep, fair }: Question): readonly number[] {
  return inside.filter((state) =>
    fair.every(
      (set) => !edges.some(([from, action]) => from === state && keep.includes(action) && set.includes(action)),
    ),
  );
}

/**
 * The states of every set that can be what a fair run passes for ever, lowest first: over edges among them, of which
 * there is one at least, a way leads from each to each, and every constraint is taken on such an edge or disabled in
 * such a state.
 */
export function fairCycleStates(question: Question): readonly number[] {
  const { stateCount, edges, inside, keep, fair } = question;
  const found = new Set<number>();
  const kept = edges.filter(([, action]) => keep.includes(action));
  for (let subset = 1; subset < 1 << stateCount; subset++) {
    const states = Array.from({ length: stateCount }, (_, state) => state).filter((state) => (subset >> state) & 1);
    if (!states.every((state) => inside.includes(state))) continue;
    const among = kept.filter(([from, , to]) => states.includes(from) && states.includes(to));
    const connected = states.every((state) => reaching(stateCount, among, [state]).length === states.length);
    if (!connected || among.length === 0) continue;
    const isFair = fair.every(
      (set) =>
        among.some(([, action]) => set.includes(action)) ||
        states.some((state) => !kept.some(([from, action]) => from === state && set.includes(action))),
    );
    if (isFair) for (const state of states) found.add(state);
  }
  return [...found].toSorted((a, b) => a - b);
}

/** Takes every edge of `path` in the graph, and tells what is wrong with it, or null. */
export function replay({ edges, inside, keep }: Question, path: readonly Edge[], to: number): string | null {
  for (const [index, { state, action }] of path.entries()) {
    const target = path[index + 1]?.state ?? to;
    const name = `${state} -${action}-> ${target}`;
    if (!edges.some((edge) => edge[0] === state && edge[1] === action && edge[2] === target)) return `no edge ${name}`;
    if (!keep.includes(action)) return `${name} is not kept`;
    if (!inside.includes(state)) return `${name} begins outside`;
  }
  return null;
}
