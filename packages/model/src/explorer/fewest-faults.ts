import type { Edge, Graph } from "./graph.ts";

const never = 0xffffffff;

/**
 * Of all paths from the first state to one that is asked for, the one with the fewest faults, and of those the shortest:
 * the story that is told of a violation is the one in which the least goes wrong.
 *
 * @param wanted by state, 1 = the path may end here
 * @param isFault by action
 * @returns the edges of the path; null when no wanted state can be reached
 */
export function fewestFaults(graph: Graph, wanted: Uint8Array, isFault: Uint8Array): readonly Edge[] | null {
  const { stateCount, edgeStart, edgeTarget, edgeAction } = graph;
  const parent = new Int32Array(stateCount).fill(-1);
  const action = new Uint16Array(stateCount);
  const faults = new Uint32Array(stateCount).fill(never);
  const steps = new Uint32Array(stateCount).fill(never);
  faults[0] = 0;
  steps[0] = 0;
  // By number of faults, and within that by number of steps: the states that are reached so.
  let level: number[][] = [[0]];
  for (let faultCount = 0; level.length > 0; faultCount++) {
    const next: number[][] = [];
    for (let stepCount = 0; stepCount < level.length; stepCount++)
      for (const state of level[stepCount] ?? []) {
        if (faults[state] !== faultCount || steps[state] !== stepCount) continue;
        if (wanted[state] === 1) return pathTo(state, parent, action);
        for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++) {
          const target = edgeTarget[edge]!;
          const count = faultCount + isFault[edgeAction[edge]!]!;
          if (faults[target]! < count || (faults[target] === count && steps[target]! <= stepCount + 1)) continue;
          faults[target] = count;
          steps[target] = stepCount + 1;
          parent[target] = state;
          action[target] = edgeAction[edge]!;
          ((count === faultCount ? level : next)[stepCount + 1] ??= []).push(target);
        }
      }
    level = next;
  }
  return null;
}

function pathTo(state: number, parent: Int32Array, action: Uint16Array): readonly Edge[] {
  const path: Edge[] = [];
  for (let at = state; parent[at]! >= 0; at = parent[at]!) path.push({ state: parent[at]!, action: action[at]! });
  return path.toReversed();
}
