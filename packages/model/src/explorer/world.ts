/**
 * Everything that a migration depends on, at one moment: the journal, the database, the sessions, the runners. A world is
 * a handful of small numbers, so that exactly one row of 32-bit words stands for it: `pack` and `unpack` lose nothing, and
 * an audit compares them for every world that is reached.
 */
import { cellMax } from "./moves.ts";

/** What a runner is to the outside. */
export const phase = {
  /** No process. Also a process that waits for the lease: neither changes anything. */
  off: 0,
  /** It has a session and the lease, and has not read the journal yet. */
  leased: 1,
  /** A process without a session. What it had in memory counts no more; it takes the lease again or gives up. */
  cut_off: 2,
  /** It has read the journal and drives the machine. */
  live: 3,
} as const;

/** How a process comes to read the journal. */
export const arrival = { started: 0, reconnected: 1, refused: 2 } as const;

/** The statement of a session, as its server sees it. */
export const progress = {
  none: 0,
  running: 1,
  applied: 2,
  unchanged: 3,
  failed: 4,
  /** The session is idle, its client is gone, and the server has not noticed. */
  dangling: 5,
} as const;

/** A cell's value: what is there of one step's effect. */
export const cell = { before: 0, after: 1, partial: 2, half_undone: 3 } as const;

export interface RunnerWorld {
  phase: number;
  arrival: number;
  /** Number of the machine that it has in memory; 0 unless live. */
  machine: number;
  /** Nobody else has written the journal since it was read. */
  current: number;
  /** Its session lives, and the lease is gone all the same. */
  leaseLost: number;
  /** The operator's word on a step in doubt came with its command. */
  word: number;
  /** Its session, or the one that it left behind. */
  progress: number;
  /** Which statement the session left behind is running; only for an orphan. */
  statement: number;
  /** The session's client is gone. */
  orphan: number;
  /** Ghosts, written by the world and read by properties alone: this attempt was refused; its post-checks hold. */
  refused: number;
  checked: number;
}

export interface World {
  /** Number of the state that is durable. */
  journal: number;
  /** Which migrations are applied, by bit. */
  applied: number;
  /** The dependency that was not there at first has come. */
  arrived: number;
  /** Somebody has changed an object that the steps name, in a way that is none of theirs. */
  drift: number;
  /** Effects stand as a person has made or unmade them, since the journal was written last. */
  byHand: number;
  /** The file has been corrected: every undo is given. */
  corrected: number;
  /** Whose transaction is open: 0 nobody's, 1 … the runners'. */
  transaction: number;
  rowsGone: number;
  rowsGoneInside: number;
  /** What went wrong, by bit; see `hazards`. A ghost: the world writes it, and only properties read it. */
  hazards: number;
  /** Those of the open transaction. */
  hazardsInside: number;
  /** What each cell holds for everybody, and for the open transaction. */
  readonly cells: number[];
  readonly inside: number[];
  readonly runners: RunnerWorld[];
}

/** What must never happen, as the database side notices it. Each is the business of one property. */
export const hazards = [
  // These are a statement's: in an open transaction they count once it is committed.
  "twice",
  "out_of_order",
  "executed_although_refused",
  "unannounced",
  "hands_work_undone",
  "snapshot_damaged",
  // These are a record's, or the server's.
  "two_in_flight",
  "false_applied",
  "false_rollback",
  "false_clean",
  "journal_lies",
  "stale_writer",
  "dependency_broken",
  "needless_human",
] as const;
export type Hazard = (typeof hazards)[number];

export function emptyWorld(runners: number): World {
  const none = () => Array.from({ length: cellMax }, () => 0);
  return {
    journal: 0,
    applied: 0,
    arrived: 0,
    drift: 0,
    byHand: 0,
    corrected: 0,
    transaction: 0,
    rowsGone: 0,
    rowsGoneInside: 0,
    hazards: 0,
    hazardsInside: 0,
    cells: none(),
    inside: none(),
    runners: Array.from({ length: runners }, () => ({
      phase: 0,
      arrival: 0,
      machine: 0,
      current: 0,
      leaseLost: 0,
      word: 0,
      progress: 0,
      statement: 0,
      orphan: 0,
      refused: 0,
      checked: 0,
    })),
  };
}

export function copyWorld(from: World, to: World): void {
  to.journal = from.journal;
  to.applied = from.applied;
  to.arrived = from.arrived;
  to.drift = from.drift;
  to.byHand = from.byHand;
  to.corrected = from.corrected;
  to.transaction = from.transaction;
  to.rowsGone = from.rowsGone;
  to.rowsGoneInside = from.rowsGoneInside;
  to.hazards = from.hazards;
  to.hazardsInside = from.hazardsInside;
  for (let at = 0; at < cellMax; at++) {
    to.cells[at] = from.cells[at]!;
    to.inside[at] = from.inside[at]!;
  }
  for (let at = 0; at < from.runners.length; at++) {
    const one = from.runners[at]!;
    const other = to.runners[at]!;
    other.phase = one.phase;
    other.arrival = one.arrival;
    other.machine = one.machine;
    other.current = one.current;
    other.leaseLost = one.leaseLost;
    other.word = one.word;
    other.progress = one.progress;
    other.statement = one.statement;
    other.orphan = one.orphan;
    other.refused = one.refused;
    other.checked = one.checked;
  }
}

/** Where in the first word it stands whose transaction is open. */
const ownerShift = 20;

export function wordCount(runners: number): number {
  return 2 + runners;
}

/** Writes the world as `wordCount` words, beginning at `offset`. */
export function pack(world: World, words: Uint32Array, offset: number): void {
  const { cells, inside } = world;
  words[offset] =
    world.journal |
    (world.applied << 14) |
    (world.arrived << 16) |
    (world.drift << 17) |
    (world.byHand << 18) |
    (world.corrected << 19) |
    (world.transaction << ownerShift) |
    (world.rowsGone << 22) |
    (world.rowsGoneInside << 23) |
    // The last hazards do not fit beside the others.
    ((world.hazards >>> 12) << 24) |
    (world.hazardsInside << 26);
  words[offset + 1] =
    cells[0]! |
    (cells[1]! << 2) |
    (cells[2]! << 4) |
    (cells[3]! << 6) |
    (cells[4]! << 8) |
    (inside[0]! << 10) |
    (inside[1]! << 12) |
    (inside[2]! << 14) |
    (inside[3]! << 16) |
    (inside[4]! << 18) |
    ((world.hazards & 0xfff) << 20);
  for (let at = 0; at < world.runners.length; at++) {
    const one = world.runners[at]!;
    words[offset + 2 + at] =
      one.machine |
      (one.phase << 14) |
      (one.arrival << 16) |
      (one.current << 18) |
      (one.leaseLost << 19) |
      (one.word << 20) |
      (one.progress << 21) |
      (one.orphan << 24) |
      (one.refused << 25) |
      (one.checked << 26) |
      (one.statement << 27);
  }
}

/** Reads what `pack` wrote. */
export function unpack(words: Uint32Array, offset: number, world: World): void {
  const first = words[offset]!;
  const second = words[offset + 1]!;
  const { cells, inside } = world;
  world.journal = first & 0x3fff;
  world.applied = (first >>> 14) & 3;
  world.arrived = (first >>> 16) & 1;
  world.drift = (first >>> 17) & 1;
  world.byHand = (first >>> 18) & 1;
  world.corrected = (first >>> 19) & 1;
  world.transaction = (first >>> ownerShift) & 3;
  world.rowsGone = (first >>> 22) & 1;
  world.rowsGoneInside = (first >>> 23) & 1;
  for (let at = 0; at < cellMax; at++) {
    cells[at] = (second >>> (2 * at)) & 3;
    inside[at] = (second >>> (10 + 2 * at)) & 3;
  }
  world.hazards = (second >>> 20) | (((first >>> 24) & 3) << 12);
  world.hazardsInside = first >>> 26;
  for (let at = 0; at < world.runners.length; at++) {
    const word = words[offset + 2 + at]!;
    const one = world.runners[at]!;
    one.machine = word & 0x3fff;
    one.phase = (word >>> 14) & 3;
    one.arrival = (word >>> 16) & 3;
    one.current = (word >>> 18) & 1;
    one.leaseLost = (word >>> 19) & 1;
    one.word = (word >>> 20) & 1;
    one.progress = (word >>> 21) & 7;
    one.orphan = (word >>> 24) & 1;
    one.refused = (word >>> 25) & 1;
    one.checked = (word >>> 26) & 1;
    one.statement = word >>> 27;
  }
}

/**
 * Puts the runners of a packed world in one order, whichever of them came first: two worlds that differ in nothing but the
 * runners' names become one. Whose the open transaction is goes along with its runner.
 */
export function sortRunners(words: Uint32Array, offset: number, runners: number): void {
  for (let end = runners - 1; end > 0; end--)
    for (let at = 0; at < end; at++) if (comesAfter(words, offset, at, at + 1)) swapRunners(words, offset, at, at + 1);
}

function comesAfter(words: Uint32Array, offset: number, one: number, other: number): boolean {
  const [first, second] = [words[offset + 2 + one]!, words[offset + 2 + other]!];
  // Of two that are alike the one with the open transaction stands first.
  return first === second ? ownerOf(words, offset) === other + 1 : first < second;
}

function swapRunners(words: Uint32Array, offset: number, one: number, other: number): void {
  const kept = words[offset + 2 + one]!;
  words[offset + 2 + one] = words[offset + 2 + other]!;
  words[offset + 2 + other] = kept;
  const owner = ownerOf(words, offset);
  if (owner === one + 1) setOwner(words, offset, other + 1);
  else if (owner === other + 1) setOwner(words, offset, one + 1);
}

function ownerOf(words: Uint32Array, offset: number): number {
  return (words[offset]! >>> ownerShift) & 3;
}

function setOwner(words: Uint32Array, offset: number, owner: number): void {
  words[offset] = (words[offset]! & ~(3 << ownerShift)) | (owner << ownerShift);
}
