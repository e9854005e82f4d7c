/**
 * What a runner may hear next, by name, and under which code the machine's answer is kept. A choice is what the exported
 * model keeps between "this happens" and "so it ends"; where a runner or its server decides without the machine there is none.
 */
import { code, words } from "../explorer/codes.ts";

export interface Choice {
  readonly name: string;
  readonly code: number;
}

/** Nothing is being chosen: what every visible state says. */
export const noChoice = 0;

const fixed: readonly Choice[] = [
  // In the order of `arrival`: how the runner has come to read the journal.
  { name: "ARRIVE_STARTED", code: words.restart },
  { name: "ARRIVE_RECONNECTED", code: words.loss },
  { name: "ARRIVE_REFUSED", code: words.refused },
  { name: "RAISE", code: words.raise },
  { name: "PREPARED", code: code.preparation },
  { name: "PREPARED_CORRECTED", code: code.preparation + 4 },
  { name: "DEPENDENCY_MISSING", code: code.preparation + 1 },
  { name: "NEWER_APPLIED", code: code.preparation + 2 },
  { name: "DEPENDENTS_APPLIED", code: code.preparation + 3 },
  { name: "DOCTRINE_VIOLATED", code: code.validation + 1 },
  { name: "STATEMENT_REFUSED", code: code.validation + 2 },
  { name: "PRECHECK_FALSE", code: code.validation + 3 },
  { name: "PRECHECK_ERROR", code: code.validation + 4 },
  { name: "PRECHECKS_PASS", code: code.validation },
  { name: "POSTCHECKS_PASS", code: code.checks },
  { name: "POSTCHECK_FALSE", code: code.checks + 1 },
  { name: "POSTCHECK_ERROR", code: code.checks + 2 },
  { name: "OBSERVE", code: code.observation },
  { name: "OBSERVE_CHANGED", code: code.observation + 1 },
  { name: "UNDO_WOULD_DESTROY", code: code.observation + 2 },
  { name: "RECEIVE_APPLIED", code: code.run },
  { name: "RECEIVE_UNCHANGED", code: code.run + 1 },
  { name: "RECEIVE_FAILED", code: code.run + 2 },
  { name: "ENGINE_TAKES_BACK", code: code.run },
  { name: "VERIFY_UNEQUAL", code: code.comparison },
  { name: "VERIFY_EQUAL", code: code.comparison + 1 },
  { name: "VERIFY_UNEQUAL_CHANGED", code: code.comparison + 2 },
  { name: "VERIFY_EQUAL_CHANGED", code: code.comparison + 3 },
  { name: "RETRY_BY_UP", code: words.retryByUp },
  { name: "RETRY", code: words.retry },
  { name: "RETRY_ROLLBACK", code: words.retryRollback },
  { name: "RETRY_ROLLBACK_CORRECTED", code: words.retryRollbackCorrected },
  { name: "RETRY_ROLLBACK_DECIDED", code: words.retryRollback },
  { name: "RETRY_ROLLBACK_DECIDED_CORRECTED", code: words.retryRollbackCorrected },
  { name: "RESOLVE_REVERTED", code: words.reverted },
  { name: "RESOLVE_REVERTED_FORCED", code: words.revertedForced },
  { name: "RESOLVE_APPLIED", code: words.applied },
  { name: "RESOLVE_APPLIED_FORCED", code: words.appliedForced },
  { name: "HALT", code: words.halt },
  { name: "SIGNAL", code: words.signal },
  { name: "LATE_REPLY", code: words.late },
  // Never chosen: where the machine stands again when the engine has refused its commit.
  { name: "COMMIT_FAILED", code: words.commitFailed },
];

/** The machine hears nothing; what it has in memory is written a little earlier than it must be. */
export const flushEarly = "FLUSH_EARLY";

/** Every choice of a configuration; its number is its place, counted from 1. */
export function choicesOf(jobCount: number, evidenceCodes: readonly number[]): readonly Choice[] {
  return [
    ...fixed,
    { name: flushEarly, code: -1 },
    ...Array.from({ length: jobCount }, (_, job) => ({ name: `START_${job}`, code: code.starts + job })),
    ...evidenceCodes.map((evidence) => ({ name: `DECIDE_${evidence - code.evidence}`, code: evidence })),
  ];
}
