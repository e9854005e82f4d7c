/** The numbers under which `Moves` keeps what a machine answered: one for each reply, event and word. */

/** Where the codes of each kind of reply begin, and those of words. One space for each machine. */
export const code = {
  preparation: 0,
  validation: 8,
  checks: 16,
  observation: 20,
  run: 24,
  comparison: 28,
  words: 32,
  starts: 64,
  evidence: 128,
} as const;

export const words = {
  restart: code.words,
  loss: code.words + 1,
  refused: code.words + 2,
  commitFailed: code.words + 3,
  raise: code.words + 4,
  retryByUp: code.words + 5,
  retry: code.words + 6,
  retryRollback: code.words + 7,
  retryRollbackCorrected: code.words + 8,
  reverted: code.words + 9,
  revertedForced: code.words + 10,
  applied: code.words + 11,
  appliedForced: code.words + 12,
  halt: code.words + 13,
  signal: code.words + 14,
  late: code.words + 15,
} as const;

/** What can be seen of a statement in doubt: the numbers are places in the lists of `successors.ts`. */
export function evidenceCode(outside: boolean, mark: number, picture: number, probe: number, answer: number): number {
  return code.evidence + (outside ? 1 : 0) + 2 * (mark + 3 * (picture + 4 * (probe + 4 * answer)));
}
