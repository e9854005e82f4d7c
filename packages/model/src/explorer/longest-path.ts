/**
 * What holds with no more fairness than "what can happen next does happen": if the states inside have no cycle and no
 * dead end, every run leaves them, and the longest path says after how many steps at the latest.
 */
import type { Edge, Graph } from "./graph.ts";
import { checkMarks, isEnabled } from "./graph.ts";

export type LongestPath =
  /** No state is inside: whatever was to be shown holds of nothing. */
  | { readonly type: "empty" }
  /** `path` has `length` edges, begins in the state `from`, and enters `to`, which is outside or a dead end. */
  | {
      readonly type: "acyclic";
      readonly length: number;
      readonly from: number;
      readonly to: number;
      readonly path: readonly Edge[];
    }
  /** Kept edges wholly inside, no state twice, beginning with the state that is soonest reached. */
  | { readonly type: "cycle"; readonly cycle: readonly Edge[] };

/**
 * The largest number of kept edges that can be taken in a row from a state inside, until a state outside is entered; the
 * edge that leaves counts. Among equals the path begins in the lowest state. A dead end ends a path as well: ask
 * `deadEnds` before reading `length` as a bound on leaving.
 *
 * @param inside by state, 1 = the state is looked at
 * @param keep by action, 1 = its edges stay
 * @throws RangeError when the marks do not answer for every state and action.
 */
export function longestPath(graph: Graph, inside: Uint8Array, keep: Uint8Array): LongestPath {
  checkMarks(graph, [inside], [keep]);
  const { stateCount, edgeStart, edgeTarget, edgeAction } = graph;
  const staysInside = (edge: number): boolean => keep[edgeAction[edge]!] === 1 && inside[edgeTarget[edge]!] === 1;
  // Kahn's algorithm: a state is sorted when all that lead to it are.
  const waitCounts = new Uint32Array(stateCount);
  const order = new Uint32Array(stateCount);
  let insideCount = 0;
  for (let state = 0; state < stateCount; state++) {
    if (inside[state] !== 1) continue;
    insideCount++;
    for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++)
      if (staysInside(edge)) waitCounts[edgeTarget[edge]!]!++;
  }
  if (insideCount === 0) return { type: "empty" };
  let sortedCount = 0;
  for (let state = 0; state < stateCount; state++)
    if (inside[state] === 1 && waitCounts[state] === 0) order[sortedCount++] = state;
  for (let at = 0; at < sortedCount; at++) {
    const state = order[at]!;
    for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++)
      if (staysInside(edge) && --waitCounts[edgeTarget[edge]!]! === 0) order[sortedCount++] = edgeTarget[edge]!;
  }
  if (sortedCount < insideCount) return { type: "cycle", cycle: cycleAmong(graph, waitCounts, keep) };

  // From the end of the order, so that each edge finds its target's length known. Outside it stays 0.
  const lengths = new Uint32Array(stateCount);
  for (let at = sortedCount - 1; at >= 0; at--) {
    const state = order[at]!;
    let length = 0;
    for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++)
      if (keep[edgeAction[edge]!] === 1) length = Math.max(length, 1 + lengths[edgeTarget[edge]!]!);
    lengths[state] = length;
  }
  let from = inside.indexOf(1);
  for (let state = from; state < stateCount; state++) if (lengths[state]! > lengths[from]!) from = state;
  const path: Edge[] = [];
  let to = from;
  while (lengths[to]! > 0) {
    let edge = edgeStart[to]!;
    while (keep[edgeAction[edge]!] !== 1 || 1 + lengths[edgeTarget[edge]!]! !== lengths[to]) edge++;
    path.push({ state: to, action: edgeAction[edge]! });
    to = edgeTarget[edge]!;
  }
  return { type: "acyclic", length: path.length, from, to, path };
}

/**
 * Every state that still waits does so for another of them, which goes before it; so going back must come round. A state
 * that merely lies behind a cycle waits too, which is why going forward might not.
 */
function cycleAmong(graph: Graph, waitCounts: Uint32Array, keep: Uint8Array): readonly Edge[] {
  const { stateCount, edgeStart, edgeTarget, edgeAction } = graph;
  const before = new Uint32Array(stateCount);
  const beforeAction = new Uint16Array(stateCount);
  for (let state = 0; state < stateCount; state++) {
    if (waitCounts[state] === 0) continue;
    for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++) {
      if (keep[edgeAction[edge]!] !== 1) continue;
      before[edgeTarget[edge]!] = state;
      beforeAction[edgeTarget[edge]!] = edgeAction[edge]!;
    }
  }
  const seen = new Uint8Array(stateCount);
  let at = waitCounts.findIndex((count) => count > 0);
  for (; seen[at] === 0; at = before[at]!) seen[at] = 1;
  let first = at;
  for (let state = before[at]!; state !== at; state = before[state]!) first = Math.min(first, state);
  const cycle: Edge[] = [];
  let state = first;
  do {
    cycle.push({ state: before[state]!, action: beforeAction[state]! });
    state = before[state]!;
  } while (state !== first);
  return cycle.reverse();
}

/**
 * The lowest state inside with no kept edge at all, to anywhere, or null. Nothing drives it on, so a run may rest there
 * for ever: outside a sink that is a violation which no search for cycles sees.
 *
 * @throws RangeError when the marks do not answer for every state and action.
 */
export function deadEnds(graph: Graph, inside: Uint8Array, keep: Uint8Array): number | null {
  checkMarks(graph, [inside], [keep]);
  const state = inside.findIndex((mark, state) => mark === 1 && !isEnabled(graph, state, keep));
  return state < 0 ? null : state;
}
