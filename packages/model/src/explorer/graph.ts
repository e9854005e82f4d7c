/**
 * A complete state graph in compressed rows: the edges of state s are edgeStart[s] .. edgeStart[s+1]-1. States are
 * numbered in breadth-first order, 0 is initial; so the lowest number is always the one that is soonest reached.
 */
export interface Graph {
  readonly stateCount: number;
  /** `stateCount` + 1 entries. */
  readonly edgeStart: Uint32Array;
  readonly edgeTarget: Uint32Array;
  /** Index of the action. */
  readonly edgeAction: Uint16Array;
}

/** An action taken in a state. In a path it leads to the state of the next entry; in a cycle the last leads to the first. */
export interface Edge {
  readonly state: number;
  readonly action: number;
}

/** The same edges seen from their targets: those that lead to state s come from edgeSource[edgeStart[s]] and on. */
interface Incoming {
  readonly edgeStart: Uint32Array;
  readonly edgeSource: Uint32Array;
}

export function incoming({ stateCount, edgeStart, edgeTarget }: Graph): Incoming {
  const edgeCount = edgeStart[stateCount]!;
  const start = new Uint32Array(stateCount + 1);
  const edgeSource = new Uint32Array(edgeCount);
  for (let edge = 0; edge < edgeCount; edge++) start[edgeTarget[edge]!]!++;
  for (let state = 1; state <= stateCount; state++) start[state]! += start[state - 1]!;
  // Each entry is now where its row ends, and moves to the row's beginning as the row fills from behind.
  for (let state = stateCount - 1; state >= 0; state--)
    for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++)
      edgeSource[--start[edgeTarget[edge]!]!] = state;
  return { edgeStart: start, edgeSource };
}

/** Whether an edge of the state, wherever it leads, has one of the actions: by action, 1 = one of them. */
export function isEnabled({ edgeStart, edgeAction }: Graph, state: number, actions: Uint8Array): boolean {
  for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++)
    if (actions[edgeAction[edge]!] === 1) return true;
  return false;
}

/**
 * Each list of marks answers for every state, or for every action. One too short would read as "not marked", and a
 * check that has lost a part of its question passes in silence.
 *
 * @throws RangeError when one does not.
 */
export function checkMarks(
  { stateCount, edgeAction }: Graph,
  ofStates: readonly Uint8Array[],
  ofActions: readonly Uint8Array[] = [],
): void {
  for (const { length } of ofStates)
    if (length !== stateCount) throw new RangeError(`${length} marks for ${stateCount} states.`);
  let actionMax = -1;
  for (const action of edgeAction) if (action > actionMax) actionMax = action;
  for (const { length } of ofActions)
    if (length <= actionMax) throw new RangeError(`${length} marks for actions up to ${actionMax}.`);
}
