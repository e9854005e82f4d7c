import type { Graph } from "./graph.ts";
import { checkMarks, incoming } from "./graph.ts";

/**
 * The states from which some path, of any edges, leads to a target; a target reaches itself. EF in the words of CTL:
 * where every state has a 1, AG EF holds.
 *
 * It says that there is a way, not that it is taken: a cycle beside the way does not matter here.
 *
 * @throws RangeError when `targets` does not answer for every state.
 */
export function canReach(graph: Graph, targets: Uint8Array): Uint8Array {
  checkMarks(graph, [targets]);
  const { edgeStart, edgeSource } = incoming(graph);
  const reaches = new Uint8Array(graph.stateCount);
  const queue = new Uint32Array(graph.stateCount);
  let end = 0;
  const add = (state: number): void => {
    if (reaches[state] === 1) return;
    reaches[state] = 1;
    queue[end++] = state;
  };
  for (let state = 0; state < graph.stateCount; state++) if (targets[state] === 1) add(state);
  for (let at = 0; at < end; at++) {
    const state = queue[at]!;
    for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++) add(edgeSource[edge]!);
  }
  return reaches;
}
