/** One configuration, searched whole, and what properties ask of it. */
import { isSink } from "../state.ts";
import type { Variant } from "../variant.ts";
import { variants } from "../variant.ts";
import type { Action, ActionName } from "./action.ts";
import { actionCount, actionNames, actionOf, classOf, commits, jobMax } from "./action.ts";
import type { Configuration } from "./configuration.ts";
import type { Exploration } from "./explore.ts";
import { explore } from "./explore.ts";
import type { Graph } from "./graph.ts";
import type { Rules } from "./moves.ts";
import { Moves, productionRules } from "./moves.ts";
import type { IsAllowed, Protocol } from "./successors.ts";
import { soundProtocol, Successors } from "./successors.ts";
import { worldSpace } from "./world-space.ts";
import type { Hazard, World } from "./world.ts";
import { emptyWorld, hazards, pack, phase, sortRunners, unpack, wordCount } from "./world.ts";

/** What is explored beside the configuration: the machine's functions and the runner's protocol, as they are or mutated. */
export interface Subject {
  readonly rules: Rules;
  readonly protocol: Protocol;
  readonly variant?: Variant;
}

export const production: Subject = { rules: productionRules, protocol: soundProtocol };

/** Above that the search gives up, and the verdict is `unknown`. 10⁷ states take about 0.5 GB with their edges. */
export const stateCountMax = 10_000_000;

export interface SearchOptions {
  /** Default: `stateCountMax`. */
  readonly countMax?: number;
  /**
   * Search one of all worlds that differ only in which runner is which. Sound for safety; a cycle of such a graph need not
   * be one of the world, so nothing is said of liveness. Default: false.
   */
  readonly symmetry?: boolean;
  /** Search a smaller world, in which nothing else happens. Default: whatever can happen may. */
  readonly isAllowed?: IsAllowed;
}

export class Explored {
  readonly configuration: Configuration;
  readonly moves: Moves;
  readonly successors: Successors;
  readonly exploration: Exploration;
  readonly symmetry: boolean;
  /** How often each edge of the table and each row of the doubt table was taken, by transitions of the world. */
  readonly edgeCounts: ReadonlyMap<string, number>;
  readonly decisionCounts: ReadonlyMap<string, number>;
  /** By state: at rest, durably and for everybody: the journal in a sink, no process, no session. */
  readonly rests: Uint8Array;
  /** By hazard: the state in which it shows first, or -1. */
  private readonly firstHazard = new Int32Array(hazards.length).fill(-1);
  private readonly width: number;
  private readonly scratch: World;

  constructor(configuration: Configuration, subject: Subject = production, options: SearchOptions = {}) {
    const { countMax = stateCountMax, symmetry = false, isAllowed = null } = options;
    this.symmetry = symmetry;
    this.configuration = configuration;
    this.moves = new Moves(configuration, subject.variant ?? variants[configuration.variant], subject.rules);
    this.successors = new Successors(this.moves, subject.protocol, isAllowed);
    this.exploration = explore(worldSpace(this.successors, symmetry), { stateCountMax: countMax, edges: true });
    // Whoever tells a story asks for successors again, and is not to be counted.
    this.edgeCounts = timesOf(this.moves.edgeCounts);
    this.decisionCounts = timesOf(this.moves.decisionCounts);
    this.width = wordCount(configuration.runners);
    this.scratch = emptyWorld(configuration.runners);
    this.rests = new Uint8Array(this.exploration.stateCount);
    for (let state = 0; state < this.exploration.stateCount; state++) {
      const world = this.world(state);
      if (isAtRest(world, this.moves)) this.rests[state] = 1;
      for (let bit = 0; world.hazards !== 0 && bit < hazards.length; bit++)
        if (((world.hazards >>> bit) & 1) === 1 && this.firstHazard[bit] === -1) this.firstHazard[bit] = state;
    }
  }

  /** @throws Error when a bound has ended the search: nothing can then be said about cycles and reachability. */
  get graph(): Graph {
    const { graph } = this.exploration;
    if (graph === null) throw new Error(`${this.configuration.name} was not searched whole.`);
    return graph;
  }

  /** The world of a state. It is overwritten by the next call. */
  world(state: number): World {
    unpack(this.exploration.words, state * this.width, this.scratch);
    return this.scratch;
  }

  /** Is it the world of this state, or with `symmetry` one that differs only in which runner is which? */
  stands(world: World, state: number): boolean {
    const words = new Uint32Array(this.width);
    pack(world, words, 0);
    if (this.symmetry) sortRunners(words, 0, this.configuration.runners);
    return words.every((word, at) => word === this.exploration.words[state * this.width + at]);
  }

  /** The first state in which one of these shows; null: none does. */
  firstOf(names: readonly Hazard[]): { readonly state: number; readonly hazard: Hazard } | null {
    let best: { readonly state: number; readonly hazard: Hazard } | null = null;
    for (const hazard of names) {
      const state = this.firstHazard[hazards.indexOf(hazard)]!;
      if (state >= 0 && (best === null || state < best.state)) best = { state, hazard };
    }
    return best;
  }

  /** How often actions of these names were taken. */
  count(...names: readonly ActionName[]): number {
    let sum = 0;
    for (const name of names) {
      const from = actionNames.indexOf(name) * commits.length * 4 * jobMax;
      for (let id = from; id < from + commits.length * 4 * jobMax; id++) sum += this.exploration.actionCounts[id]!;
    }
    return sum;
  }

  /** By state: whether it is one of those asked for. */
  mark(wanted: (world: World, state: number) => boolean): Uint8Array {
    const marks = new Uint8Array(this.exploration.stateCount);
    for (let state = 0; state < marks.length; state++) if (wanted(this.world(state), state)) marks[state] = 1;
    return marks;
  }
}

function timesOf(counts: ReadonlyMap<string, { readonly times: number }>): ReadonlyMap<string, number> {
  return new Map([...counts].flatMap(([name, { times }]) => (times === 0 ? [] : [[name, times]])));
}

/** By action: whether it is one of those asked for. */
export function actionsWhere(wanted: (action: Action) => boolean): Uint8Array {
  const marks = new Uint8Array(actionCount);
  for (let id = 0; id < actionCount; id++) if (wanted(actionOf(id))) marks[id] = 1;
  return marks;
}

/** What goes on when faults have ceased and people do nothing: progress, and answers however negative. */
export const withoutFaults = actionsWhere((action) => {
  const kind = classOf(action);
  return kind === "progress" || kind === "answer";
});

/** The graph with only the edges of some actions. States keep their numbers. */
export function restricted(graph: Graph, keep: Uint8Array): Graph {
  const edgeStart = new Uint32Array(graph.stateCount + 1);
  let count = 0;
  for (const action of graph.edgeAction) count += keep[action]!;
  const edgeTarget = new Uint32Array(count);
  const edgeAction = new Uint16Array(count);
  let to = 0;
  for (let state = 0; state < graph.stateCount; state++) {
    edgeStart[state] = to;
    for (let edge = graph.edgeStart[state]!; edge < graph.edgeStart[state + 1]!; edge++) {
      if (keep[graph.edgeAction[edge]!] !== 1) continue;
      edgeTarget[to] = graph.edgeTarget[edge]!;
      edgeAction[to++] = graph.edgeAction[edge]!;
    }
  }
  edgeStart[graph.stateCount] = to;
  return { stateCount: graph.stateCount, edgeStart, edgeTarget, edgeAction };
}

/** At rest, durably and for everybody: the journal in a sink, no process, no session. */
export function isAtRest(world: World, moves: Moves): boolean {
  return (
    isSink(moves.states[world.journal]!.state.type) &&
    world.transaction === 0 &&
    world.runners.every((one) => one.phase === phase.off && one.orphan === 0)
  );
}
