/**
 * Where cycles are meant to be (waiting, an operator), the question is whether a run can stay inside although every
 * fair action gets its turn. Weak fairness of a set of actions asks for one of two things again and again: one of them is
 * taken, or none of them is enabled.
 *
 * Both are things that a run meets on its way, and a run that goes round a whole strongly connected component meets all
 * that the component has. So a component decides for all cycles in it: if it fails a constraint, then that constraint is
 * enabled in each of its states and taken on none of its edges, and no part of it does better. Strong fairness would need
 * components to be taken apart further; weak fairness does not. What matters is which components: those of the states
 * inside and the edges kept, never those of the whole graph, where a sink may lend an edge that the run cannot take.
 */
import type { Edge, Graph } from "./graph.ts";
import { checkMarks, isEnabled } from "./graph.ts";

export type FairCycle =
  /** A closed walk, which may pass a state more than once, beginning with the state of its component soonest reached. */
  | { readonly type: "lasso"; readonly cycle: readonly Edge[] }
  /** Nothing fair is enabled there, so the run may rest in it for ever. */
  | { readonly type: "stutter"; readonly state: number };

/**
 * A run that stays inside for ever and is fair to every constraint, or null. Every state counts as reached. An action is
 * enabled where a kept edge has it, wherever that leads. Without constraints any state inside is one to rest in.
 *
 * @param inside by state, 1 = the state is looked at
 * @param keep by action, 1 = its edges stay
 * @param fair one set of actions per constraint: by action, 1 = belongs to it
 * @throws RangeError when the marks do not answer for every state and action.
 */
export function fairCycle(
  graph: Graph,
  inside: Uint8Array,
  keep: Uint8Array,
  fair: readonly Uint8Array[],
): FairCycle | null {
  checkMarks(graph, [inside], [keep, ...fair]);
  const sets = fair.map((set) => set.map((belongs, action) => belongs & keep[action]!));
  const resting = inside.findIndex((mark, state) => mark === 1 && !sets.some((set) => isEnabled(graph, state, set)));
  if (resting >= 0) return { type: "stutter", state: resting };

  const component = components(graph, inside, keep);
  const isFair = fairComponents(graph, component, sets);
  const start = component.findIndex((id) => id >= 0 && isFair[id] === 1);
  return start < 0 ? null : { type: "lasso", cycle: closedWalk(graph, component, start, keep, sets) };
}

/** Tarjan's algorithm: for each state inside the number of its strongly connected component, -1 for the others. */
function components(graph: Graph, inside: Uint8Array, keep: Uint8Array): Int32Array {
  const { stateCount, edgeStart, edgeTarget, edgeAction } = graph;
  const component = new Int32Array(stateCount).fill(-1);
  /** When a state was entered, counted from 1, and the earliest open one that is known to be in its component. */
  const entered = new Uint32Array(stateCount);
  const low = new Uint32Array(stateCount);
  const nextEdge = edgeStart.slice(0, stateCount);
  const path = new Uint32Array(stateCount);
  const open = new Uint32Array(stateCount);
  let pathLength = 0;
  let openCount = 0;
  let enteredCount = 0;
  let componentCount = 0;
  const enter = (state: number): void => {
    entered[state] = low[state] = ++enteredCount;
    path[pathLength++] = state;
    open[openCount++] = state;
  };
  for (let root = 0; root < stateCount; root++) {
    if (inside[root] === 1 && entered[root] === 0) enter(root);
    while (pathLength > 0) {
      const state = path[pathLength - 1]!;
      if (nextEdge[state]! < edgeStart[state + 1]!) {
        const edge = nextEdge[state]!++;
        const target = edgeTarget[edge]!;
        if (keep[edgeAction[edge]!] !== 1 || inside[target] !== 1) continue;
        if (entered[target] === 0) enter(target);
        else if (component[target] === -1) low[state] = Math.min(low[state]!, entered[target]!);
        continue;
      }
      pathLength--;
      if (pathLength > 0) low[path[pathLength - 1]!] = Math.min(low[path[pathLength - 1]!]!, low[state]!);
      if (low[state] !== entered[state]) continue;
      do component[open[--openCount]!] = componentCount;
      while (open[openCount] !== state);
      componentCount++;
    }
  }
  return component;
}

/**
 * By component: 1 = each set is taken on an edge within it or disabled in one of its states. A state by itself, without
 * a loop, is none of them: nothing rests there, so some set is enabled, and there is no edge within to take it on.
 */
function fairComponents(
  { stateCount, edgeStart, edgeTarget, edgeAction }: Graph,
  component: Int32Array,
  sets: readonly Uint8Array[],
): Uint8Array {
  const isFair = new Uint8Array(stateCount).fill(1);
  for (const set of sets) {
    const met = new Uint8Array(stateCount);
    for (let state = 0; state < stateCount; state++) {
      const id = component[state]!;
      if (id === -1 || met[id] === 1) continue;
      let enabled = false;
      let taken = false;
      for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]! && !taken; edge++) {
        if (set[edgeAction[edge]!] !== 1) continue;
        enabled = true;
        taken = component[edgeTarget[edge]!] === id;
      }
      if (taken || !enabled) met[id] = 1;
    }
    for (let id = 0; id < stateCount; id++) isFair[id]! &= met[id]!;
  }
  return isFair;
}

/** Round the component of `start` through one witness of each constraint, each time by the shortest way, and back. */
function closedWalk(
  graph: Graph,
  component: Int32Array,
  start: number,
  keep: Uint8Array,
  sets: readonly Uint8Array[],
): readonly Edge[] {
  const { stateCount, edgeStart, edgeTarget, edgeAction } = graph;
  const cameBy = new Int32Array(stateCount);
  const cameFrom = new Uint32Array(stateCount);
  const queue = new Uint32Array(stateCount);
  const walk: number[] = [];
  let at = start;
  /** Adds a shortest path inside the component whose last edge will do. */
  const go = (willDo: (edge: number) => boolean): void => {
    cameBy.fill(-1);
    cameBy[at] = 0;
    queue[0] = at;
    for (let done = 0, end = 1; done < end; done++) {
      const state = queue[done]!;
      for (let edge = edgeStart[state]!; edge < edgeStart[state + 1]!; edge++) {
        const target = edgeTarget[edge]!;
        if (keep[edgeAction[edge]!] !== 1 || component[target] !== component[start]) continue;
        if (willDo(edge)) {
          const path = [edge];
          for (let back = state; back !== at; back = cameFrom[back]!) path.push(cameBy[back]!);
          while (path.length > 0) walk.push(path.pop()!);
          at = target;
          return;
        }
        if (cameBy[target] !== -1) continue;
        cameBy[target] = edge;
        cameFrom[target] = state;
        queue[end++] = target;
      }
    }
    throw new Error(`State ${start} was said to lie in a fair component, and has no fair cycle.`);
  };
  for (const set of sets) {
    const witness = (edge: number): boolean =>
      set[edgeAction[edge]!] === 1 || !isEnabled(graph, edgeTarget[edge]!, set);
    if (isEnabled(graph, start, set) && !walk.some(witness)) go(witness);
  }
  if (at !== start) go((edge) => edgeTarget[edge] === start);
  return walk.map((edge, index) => ({
    state: index === 0 ? start : edgeTarget[walk[index - 1]!]!,
    action: edgeAction[edge]!,
  }));
}
