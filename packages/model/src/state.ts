import type { Cause } from "./cause.ts";

/** Where a migration stands. The first and the last are the sinks; everything else is in motion. */
export const stateTypes = [
  "idle",
  "preparing",
  "validating_pre",
  "migrating",
  "validating_post",
  "completing",
  "rolling_back",
  "failed",
] as const;

export type StateType = (typeof stateTypes)[number];
export type Direction = "up" | "down";

/** Which migration is under way. `interruptionCount`: how often a restart has found it unfinished in a row. */
export interface Subject {
  readonly migration: string;
  readonly direction: Direction;
  readonly interruptionCount: number;
}

/** Steps are taken in order, so those that took effect are a prefix of the plan: 0 … `reached` - 1. */
export interface Progress {
  readonly reached: number;
  /** Of those, the steps that changed nothing (`IF NOT EXISTS` on what was there). They are never undone. */
  readonly unchanged: readonly number[];
}

/**
 * How far the way back has got. By `steps`, the undo of step `left` - 1 is next, and `part` of its statements are done.
 * By `down`, the section's statements run in order, and `done` of them have. By `engine`, the database takes the steps
 * back itself, last one first, because their transaction is still open.
 */
export interface WayBack extends Progress {
  readonly route: "steps" | "down" | "engine";
  readonly left: number;
  readonly part: number;
  readonly done: number;
  /** A statement whose end is not known: step `reached` on its way up, or the next undo. */
  readonly doubt: "up" | "undo" | null;
  readonly cause: Cause;
}

export interface Idle {
  readonly type: "idle";
  /** Kept over a rollback, so that a migration which kills its runner again and again is noticed. */
  readonly interrupted: { readonly migration: string; readonly count: number } | null;
}
export interface Preparing extends Subject {
  readonly type: "preparing";
}
export interface ValidatingPre extends Subject {
  readonly type: "validating_pre";
}
/** `inDoubt`: step `reached` was sent, and its end is not journalled. */
export interface Migrating extends Subject, Progress {
  readonly type: "migrating";
  readonly inDoubt: boolean;
}
export interface ValidatingPost extends Subject, Progress {
  readonly type: "validating_post";
}
export interface Completing extends Subject {
  readonly type: "completing";
  readonly how: "executed" | "resolved";
}
export interface RollingBack extends Subject, WayBack {
  readonly type: "rolling_back";
}
/** Only an operator's event leaves it. `wayBack` is null exactly when the failure is clean: nothing was executed. */
export interface Failed extends Subject {
  readonly type: "failed";
  readonly cause: Cause;
  readonly wayBack: WayBack | null;
}

/** What the journal tells: all that a restart knows. */
export type State = Idle | Preparing | ValidatingPre | Migrating | ValidatingPost | Completing | RollingBack | Failed;

export const atStart: Idle = { type: "idle", interrupted: null };

export function isSink(type: StateType): type is "idle" | "failed" {
  return type === "idle" || type === "failed";
}
