/** Why a migration is in `failed`, or why it is being rolled back. Public: journal, JSON and docs use these words. */
export const causes = [
  // Clean: nothing was executed.
  "dependency_missing",
  "dependents_applied",
  "out_of_order",
  "crash_loop",
  "undo_missing",
  "unreadable",
  "doctrine",
  "transaction_control",
  "precheck_false",
  "precheck_error",
  "interrupted",
  "connection_lost",
  // Why a rollback began.
  "step_error",
  "postcheck_false",
  "postcheck_error",
  "commit_failed",
  // Unclean: a person is needed.
  "undo_error",
  "undo_destroys_data",
  "no_undo",
  "fingerprint_differs",
  "rows_lost",
  "changed_outside",
  "no_evidence",
  "halted",
] as const;

export type Cause = (typeof causes)[number];
