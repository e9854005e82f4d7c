import type { Event } from "./event.ts";

/** A way of running one statement of the plan: a step on its way up, or a part of an undo. */
export type Way = "up" | "undo";

/**
 * Everything that the machine may ask a runner to do. One effect is outstanding at a time; its reply is judged by
 * `judge`, which answers with the next event. `raise` asks for nothing: its event follows at once.
 */
export type Effect =
  /** Read history and files, find what is missing, classify each step, take the snapshot. */
  | { readonly type: "prepare" }
  /** Doctrine, refused statements, and the `pre` checks. Changes nothing. */
  | { readonly type: "validate_pre" }
  /** The `post` checks. Changes nothing. */
  | { readonly type: "validate_post" }
  /**
   * Look, before a statement is sent: who sends it, what its objects are now, whether it would destroy what others
   * wrote. `compare`: first hold every object of the plan against what the journal implies.
   */
  | {
      readonly type: "observe";
      readonly way: Way;
      readonly step: number;
      readonly part: number;
      readonly compare: boolean;
    }
  /** Run one statement, or let the engine take a step back whose transaction is still open. */
  | {
      readonly type: "run";
      readonly way: Way;
      readonly step: number;
      readonly part: number;
      readonly by: "statement" | "engine";
    }
  /** Make sure that no orphan can still act, compare, and gather the evidence on a statement in doubt. */
  | { readonly type: "decide"; readonly way: Way; readonly step: number; readonly part: number }
  /** Compare with the snapshot. `compare`: nothing was undone since a restart, so a difference is somebody else's. */
  | { readonly type: "verify"; readonly compare: boolean }
  | { readonly type: "raise"; readonly event: Event };

export type EffectType = Effect["type"];
