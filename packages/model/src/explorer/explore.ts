/**
 * Breadth first over every world that can be reached. States are whole packed rows in typed arrays, numbered in the order
 * in which they are met: the array is the queue, the parents give shortest paths, and no state is ever lost to a hash.
 */
import type { Graph } from "./graph.ts";

/** What can be explored: rows of words, and what follows from each. */
export interface Space {
  /** Words of one state. */
  readonly wordCount: number;
  /** The first state. */
  readonly initial: Uint32Array;
  /** Writes each successor of the state at `offset` of `words` into `out`, and calls `emit` with the action's number. */
  expand(words: Uint32Array, offset: number, out: Uint32Array, emit: (action: number) => void): void;
}

export interface ExploreOptions {
  /** The search stops there, or at `slotStateMax`, and its verdict can only be `unknown`. */
  readonly stateCountMax: number;
  /** Keep the edges, which graph properties need. */
  readonly edges: boolean;
  /** Called with each new state; true ends the search, for a violation was found. */
  readonly stop?: (state: number, words: Uint32Array, offset: number) => boolean;
}

export interface Exploration {
  readonly stateCount: number;
  readonly transitionCount: number;
  /** The largest number of steps of a shortest path. */
  readonly depth: number;
  /** False when a bound or `stop` has ended the search. */
  readonly complete: boolean;
  /** The state at which `stop` said so. */
  readonly stoppedAt: number | null;
  /** `stateCount` rows of `wordCount` words. */
  readonly words: Uint32Array;
  /** The state from which each was met first; -1 for the initial one. */
  readonly parent: Int32Array;
  readonly parentAction: Uint16Array;
  /** Null without `edges`, and when the search is not complete. */
  readonly graph: Graph | null;
  /** How often each action was taken. */
  readonly actionCounts: Uint32Array;
  /** What is held for each state at the end of the search, its slots among it, the edges not. In bytes. */
  readonly bytesPerState: number;
}

const actionSpace = 0x10000;

/** A slot has room for the number of so many states. */
const slotStateMax = 0xff_ffff;

export function explore(space: Space, options: ExploreOptions): Exploration {
  const search = new Search(space, options);
  return search.run();
}

class Search {
  private readonly space: Space;
  private readonly options: ExploreOptions;
  private readonly stateCountMax: number;
  private readonly width: number;
  private count = 0;
  /** By piece, so that nothing is copied while the search goes on. They are joined at its end. */
  private readonly words: Uint32Array[] = [];
  private readonly parent: Int32Array[] = [];
  private readonly parentAction: Uint16Array[] = [];
  private readonly starts: Uint32Array[] = [];
  private readonly edgeTarget: Uint32Array[] = [];
  private readonly edgeAction: Uint16Array[] = [];
  private edgeCount = 0;
  /**
   * Number + 1 of a state, and above it 8 bits of its hash, so that most others are told apart without a look at their
   * words; 0 for an empty slot. At most three quarters full.
   */
  private slots = new Int32Array(4096);
  private readonly out: Uint32Array;
  private readonly actionCounts = new Uint32Array(actionSpace);
  private from = 0;
  private stoppedAt: number | null = null;
  private full = false;

  constructor(space: Space, options: ExploreOptions) {
    this.space = space;
    this.options = options;
    this.stateCountMax = Math.min(options.stateCountMax, slotStateMax);
    this.width = space.wordCount;
    this.out = new Uint32Array(this.width);
  }

  run(): Exploration {
    this.out.set(this.space.initial);
    this.from = -1;
    this.add(0);
    let depth = 0;
    let levelEnd = 1;
    const emit = (action: number): void => this.take(action);
    for (let state = 0; state < this.count && this.stoppedAt === null && !this.full; state++) {
      if (state === levelEnd) {
        depth++;
        levelEnd = this.count;
      }
      this.from = state;
      const piece = state >>> pieceBits;
      const at = state & pieceMask;
      if (this.options.edges) this.starts[piece]![at] = this.edgeCount;
      this.space.expand(this.words[piece]!, at * this.width, this.out, emit);
    }
    return this.result(depth);
  }

  private take(action: number): void {
    if (this.full || this.stoppedAt !== null) return;
    const target = this.add(action);
    if (target < 0) return;
    this.actionCounts[action] = this.actionCounts[action]! + 1;
    if (this.options.edges) this.keepEdge(target, action);
    this.edgeCount++;
  }

  /** The number of the state in `out`, which may be new. -1: no room for it. */
  private add(action: number): number {
    const { width, out } = this;
    const mask = this.slots.length - 1;
    const mixed = hash(out, width);
    let slot = mixed & mask;
    for (;;) {
      const found = this.slots[slot]!;
      if (found === 0) break;
      if (found >> numberBits === mixed >> numberBits) {
        const state = (found & slotStateMax) - 1;
        const words = this.words[state >>> pieceBits]!;
        const offset = (state & pieceMask) * width;
        let same = true;
        for (let at = 0; at < width; at++)
          if (words[offset + at] !== out[at]) {
            same = false;
            break;
          }
        if (same) return state;
      }
      slot = (slot + 1) & mask;
    }
    if (this.count >= this.stateCountMax) {
      this.full = true;
      return -1;
    }
    const state = this.count++;
    const piece = state >>> pieceBits;
    const row = state & pieceMask;
    if (row === 0) this.grow();
    const words = this.words[piece]!;
    const offset = row * width;
    for (let at = 0; at < width; at++) words[offset + at] = out[at]!;
    this.parent[piece]![row] = this.from;
    this.parentAction[piece]![row] = action;
    this.slots[slot] = entryOf(mixed, state);
    if (this.count * 4 > this.slots.length * 3) this.rehash();
    if (this.options.stop?.(state, words, offset) === true) this.stoppedAt = state;
    return state;
  }

  private grow(): void {
    this.words.push(new Uint32Array(pieceSize * this.width));
    this.parent.push(new Int32Array(pieceSize));
    this.parentAction.push(new Uint16Array(pieceSize));
    if (this.options.edges) this.starts.push(new Uint32Array(pieceSize));
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    const { width } = this;
    for (let state = 0; state < this.count; state++) {
      const mixed = hashAt(this.words[state >>> pieceBits]!, (state & pieceMask) * width, width);
      let slot = mixed & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entryOf(mixed, state);
    }
    this.slots = slots;
  }

  private keepEdge(target: number, action: number): void {
    const piece = this.edgeCount >>> pieceBits;
    const at = this.edgeCount & pieceMask;
    if (at === 0) {
      this.edgeTarget.push(new Uint32Array(pieceSize));
      this.edgeAction.push(new Uint16Array(pieceSize));
    }
    this.edgeTarget[piece]![at] = target;
    this.edgeAction[piece]![at] = action;
  }

  private result(depth: number): Exploration {
    const { count, width, edgeCount } = this;
    const complete = this.stoppedAt === null && !this.full;
    let graph: Graph | null = null;
    if (complete && this.options.edges) {
      const edgeStart = joined(this.starts, new Uint32Array(count + 1));
      edgeStart[count] = edgeCount;
      graph = {
        stateCount: count,
        edgeStart,
        edgeTarget: joined(this.edgeTarget, new Uint32Array(edgeCount)),
        edgeAction: joined(this.edgeAction, new Uint16Array(edgeCount)),
      };
    }
    const words = joined(this.words, new Uint32Array(count * width));
    const parent = joined(this.parent, new Int32Array(count));
    const parentAction = joined(this.parentAction, new Uint16Array(count));
    const bytes = words.byteLength + parent.byteLength + parentAction.byteLength + this.slots.byteLength;
    return {
      stateCount: count,
      transitionCount: edgeCount,
      depth,
      complete,
      stoppedAt: this.stoppedAt,
      words,
      parent,
      parentAction,
      graph,
      actionCounts: this.actionCounts,
      bytesPerState: bytes / count,
    };
  }
}

const pieceBits = 14;
const pieceSize = 1 << pieceBits;
const pieceMask = pieceSize - 1;

/** Empties the pieces into one array, so that hardly more than the array is ever held. */
function joined<T extends Uint32Array | Int32Array | Uint16Array>(pieces: T[], all: T): T {
  let from = 0;
  for (let piece = pieces.shift(); piece !== undefined && from < all.length; piece = pieces.shift()) {
    const rest = all.length - from;
    all.set(rest < piece.length ? piece.subarray(0, rest) : piece, from);
    from += piece.length;
  }
  return all;
}

/** So many bits of a slot are the state's number. */
const numberBits = 24;

function entryOf(mixed: number, state: number): number {
  return ((mixed >> numberBits) << numberBits) | (state + 1);
}

function hash(words: Uint32Array, width: number): number {
  return hashAt(words, 0, width);
}

/** Mixes every word in; a state is compared in full, so a poor mix costs time and nothing else. */
function hashAt(words: Uint32Array, offset: number, width: number): number {
  let mixed = 0x9e3779b9;
  for (let at = 0; at < width; at++) {
    mixed = Math.imul(mixed ^ words[offset + at]!, 0x85ebca6b);
    mixed ^= mixed >>> 15;
  }
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
