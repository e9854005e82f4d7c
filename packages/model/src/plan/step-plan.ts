/** What an engine promises of one statement. */
export type StepClass = "transactional" | "atomic" | "opaque";

/**
 * `migration`: all steps and their records commit together. `step`: each step commits with its record. `none`: each
 * statement commits by itself.
 */
export type TransactionMode = "migration" | "step" | "none";

/**
 * What becomes of a migration that is interrupted between `migrating` and `validating_post`. `stop` undoes nothing by
 * itself, after a failed step or check neither.
 */
export type RecoveryPolicy = "rollback" | "resume" | "stop";

export interface PlannedStatement {
  readonly class: StepClass;
}

export interface PlannedStep extends PlannedStatement {
  /** The statements of its undo, in the order in which they run; null when there is none. */
  readonly undo: readonly PlannedStatement[] | null;
  /** It destroys rows that were there before, so that no undo brings everything back. */
  readonly lossy: boolean;
}

/** What the machine knows of a migration: numbers and classes. Texts and names stay beside it, by step number. */
export interface Plan {
  readonly transaction: TransactionMode;
  readonly recovery: RecoveryPolicy;
  readonly steps: readonly PlannedStep[];
  /** The `down` section; null when there is none. */
  readonly down: readonly PlannedStatement[] | null;
}

export const emptyPlan: Plan = { transaction: "migration", recovery: "rollback", steps: [], down: null };
