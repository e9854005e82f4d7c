import type { Cause } from "./cause.ts";
import type { Direction } from "./state.ts";

/** The statement on the way back that is meant: statement `part` of the undo of `step`, or number `step` of `down`. */
export interface UndoPlace {
  readonly step: number;
  readonly part: number;
}

/**
 * Everything that can happen to a migration. Each one that is accepted becomes one record of the journal, so an event
 * carries only what the machine needs; what people need (messages, fingerprints) travels beside it in the record.
 */
export type Event =
  | { readonly type: "start"; readonly migration: string; readonly direction: Direction }
  | { readonly type: "prepared" }
  | { readonly type: "dependency_missing" }
  | { readonly type: "preparation_failed"; readonly cause: Cause }
  /** A restart found the migration unfinished, or a living runner was asked to stop. */
  | { readonly type: "interrupted"; readonly by: "restart" | "signal" }
  | { readonly type: "connection_lost" }
  | { readonly type: "precheck_passed" }
  | { readonly type: "doctrine_violated"; readonly cause: Cause }
  | { readonly type: "precheck_failed"; readonly cause: Cause }
  /** The write-ahead record of a step. */
  | { readonly type: "step_sent"; readonly step: number }
  | { readonly type: "step_applied"; readonly step: number; readonly changed: boolean }
  /** A doubt was decided by evidence, or by an operator's word. */
  | {
      readonly type: "step_decided";
      readonly way: "up" | "undo";
      readonly step: number;
      readonly part: number;
      readonly applied: boolean;
      /** False: it took effect and changed nothing, so nothing of it is to be undone. */
      readonly changed: boolean;
    }
  | { readonly type: "all_applied" }
  /** `unknown`: an opaque step answered with an error, which may have come after a part of its effect. */
  | { readonly type: "step_failed"; readonly step: number; readonly unknown: boolean }
  | { readonly type: "postcheck_passed" }
  | { readonly type: "postcheck_failed"; readonly cause: Cause }
  | { readonly type: "recorded" }
  | ({ readonly type: "undo_sent" } & UndoPlace)
  | ({ readonly type: "step_undone"; readonly by: "statement" | "engine" } & UndoPlace)
  | { readonly type: "rollback_verified" }
  | ({ readonly type: "undo_failed"; readonly cause: Cause; readonly unknown: boolean } & UndoPlace)
  | { readonly type: "no_rollback"; readonly step: number }
  | { readonly type: "rollback_unverified"; readonly cause: Cause }
  | { readonly type: "undecidable"; readonly cause: Cause }
  | { readonly type: "halted" }
  /** `up` retries a clean failure by itself; only the operator's own `retry` forgets the interruptions before it. */
  | { readonly type: "retry"; readonly by: "up" | "operator" }
  | { readonly type: "resolve_reverted"; readonly forced: boolean }
  | { readonly type: "resolve_applied"; readonly forced: boolean }
  | { readonly type: "retry_rollback" };

export type EventType = Event["type"];

/** In the order of a migration's life. */
export const eventTypes = [
  "start",
  "prepared",
  "dependency_missing",
  "preparation_failed",
  "interrupted",
  "connection_lost",
  "precheck_passed",
  "doctrine_violated",
  "precheck_failed",
  "step_sent",
  "step_applied",
  "step_decided",
  "all_applied",
  "step_failed",
  "postcheck_passed",
  "postcheck_failed",
  "recorded",
  "undo_sent",
  "step_undone",
  "rollback_verified",
  "undo_failed",
  "no_rollback",
  "rollback_unverified",
  "undecidable",
  "halted",
  "retry",
  "resolve_reverted",
  "resolve_applied",
  "retry_rollback",
] as const satisfies readonly EventType[];
