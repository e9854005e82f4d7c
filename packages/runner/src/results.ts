/** What every call answers with: the objects that `--json` prints last. Fields may be added, never changed. */
import type { Cause, StateType } from "@surefoot/model";
import type { ErrorCode } from "./error.ts";
import type { Verified } from "./verified.ts";

export interface ResultError {
  readonly code: ErrorCode | Uppercase<Cause>;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ResultBase {
  readonly type: "result";
  readonly command: string;
  /** As in the command line: docs/errors.md lists them. */
  readonly exit: number;
  readonly state: StateType | null;
  readonly error: ResultError | null;
  /** Commands that are safe and useful now. */
  readonly next: readonly string[];
}

/** A step that is still in the database, or may be. */
export interface RemainingStep {
  /** Counted from 0, as in the journal. */
  readonly step: number;
  /** Counted from 1, as in messages and for `--decide`. */
  readonly number: number;
  readonly line: number;
  readonly sql: string;
  readonly undo: readonly string[] | null;
  readonly inDoubt: boolean;
}

export interface FailedMigration {
  readonly migration: string;
  readonly cause: Cause;
  readonly message: string | null;
  /** The states that it went through, `idle` first. */
  readonly path: readonly StateType[];
}

export interface UpResult extends ResultBase {
  readonly outcome: "applied" | "nothing" | "rolled_back" | "failed" | "interrupted" | "busy" | "drift";
  readonly run: string;
  readonly applied: readonly string[];
  readonly verified: Verified | null;
  readonly notCovered: readonly string[];
  readonly failed: FailedMigration | null;
  /** With `--atomic`: those that had run in the same transaction and were taken back with the one that failed. */
  readonly alsoRolledBack: readonly string[];
  readonly remaining: readonly RemainingStep[];
}

export interface DownResult extends UpResult {
  readonly reverted: readonly string[];
}

export interface StatusResult extends ResultBase {
  readonly engine: string;
  readonly migration: string | null;
  readonly clean: boolean | null;
  readonly cause: Cause | null;
  readonly applied: readonly {
    readonly id: string;
    readonly how: "executed" | "resolved" | "baseline";
    readonly at: string;
  }[];
  readonly pending: readonly string[];
  readonly remaining: readonly RemainingStep[];
  /** Who holds the lease now. */
  readonly owner: string | null;
  readonly notes: readonly string[];
  readonly drift: readonly string[];
}

export interface PlannedStepResult {
  readonly line: number;
  readonly sql: string;
  readonly class: string;
  readonly why: string;
  readonly undo: {
    readonly from: string;
    /** Empty when there is nothing to run. */
    readonly sql: string;
    /** The steps, from 1, whose undos take this one along. */
    readonly by: readonly number[];
  } | null;
  /** Why there is no undo. */
  readonly noUndo: string | null;
  /** One is looked for just before the step runs. */
  readonly undoLater: boolean;
  readonly destroysData: string | null;
}

export interface PlanResult extends ResultBase {
  readonly migrations: readonly {
    readonly id: string;
    readonly path: string;
    readonly transaction: string;
    readonly steps: readonly PlannedStepResult[];
    /** A failure of any step up to this number (from 1) is rolled back by itself; 0: of none. */
    readonly rollsBackUpTo: number;
    readonly warnings: readonly string[];
    readonly refused: readonly string[];
  }[];
}

export interface HistoryResult extends ResultBase {
  readonly records: readonly object[];
}

export interface ExplainResult extends ResultBase {
  readonly migration: string | null;
  readonly text: string;
  readonly remaining: readonly RemainingStep[];
}

export interface RestResult extends ResultBase {
  readonly migration: string | null;
  readonly outcome: "rest" | "applied" | "rolled_back" | "failed" | "nothing" | "busy" | "interrupted";
  readonly verified: Verified | null;
  readonly remaining: readonly RemainingStep[];
  /** What was looked at, for `resolve`. */
  readonly looked: readonly string[];
}

export interface BaselineResult extends ResultBase {
  readonly recorded: readonly string[];
}

/**
 * `real`: it was tried, and everything was as before. `not_real`: it is promised, and does not lead back. `none`: there is
 * none, and `plan` says so.
 */
type TriedVerdict = "real" | "not_real" | "none";

export interface TriedRollback {
  /** It is taken back after so many of its steps took effect. */
  readonly after: number;
  /** What takes it back: the engine, the undos of the steps, or the `down` section. */
  readonly by: "engine" | "undos" | "down" | null;
  readonly verdict: TriedVerdict;
  /** Why it is not real, or why there is none. */
  readonly message: string | null;
}

export interface TriedMigration {
  readonly id: string;
  readonly path: string;
  /** How many steps it has. */
  readonly steps: number;
  /** Why it was not tried at all; null: it was. */
  readonly notTried: string | null;
  /** False: it does not run on the scratch database, and the message says why. */
  readonly up: { readonly works: boolean; readonly message: string | null } | null;
  /** A failure after each of its steps. */
  readonly rollbacks: readonly TriedRollback[];
  /** Reverting it after it was applied. */
  readonly down: Omit<TriedRollback, "after"> | null;
  readonly notes: readonly string[];
}

export interface VerifyResult extends ResultBase {
  readonly from: "schema" | "nothing";
  /** The server on which it was tried; null: in temporary files, or nowhere. */
  readonly scratch: string | null;
  /** Objects of the schema, as `kind:name`, that are not in the scratch databases. */
  readonly notCopied: readonly { readonly object: string; readonly why: string }[];
  readonly migrations: readonly TriedMigration[];
}
