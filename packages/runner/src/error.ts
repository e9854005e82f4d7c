/**
 * Every code that Surefoot can answer with, and the exit code that the command line gives it. Codes are public and
 * stable; docs/errors.md has a paragraph for each, and a test holds the two together.
 */
export const exitCodeOf = {
  /** Something that Surefoot does not recognise went wrong; the driver's own error is the `cause`. */
  UNEXPECTED: 1,
  /** A broken invariant: a bug of Surefoot's. It stops before it makes anything worse. */
  INVARIANT_BROKEN: 1,
  USAGE: 2,
  CONFIG_INVALID: 2,
  MIGRATION_FILE_INVALID: 2,
  DEPENDENCY_CYCLE: 2,
  DATABASE_MISSING: 2,
  DATABASE_UNUSABLE: 2,
  DATABASE_READ_ONLY: 2,
  ENGINE_UNSUPPORTED: 2,
  JOURNAL_CORRUPT: 2,
  JOURNAL_TOO_NEW: 2,
  NOT_APPLICABLE: 2,
  CONFIRMATION_NEEDED: 2,
  VERIFY_FAILED: 3,
  REPLAY_FAILED: 3,
  OPERATOR_NEEDED: 4,
  CLAIM_REFUSED: 4,
  LEASE_HELD: 5,
  INTERRUPTED: 130,
  DRIFT: 6,
  DATABASE_LOST: 8,
  DATABASE_FULL: 8,
  JOURNAL_UNWRITABLE: 8,
  FENCED: 8,
} as const;

export type ErrorCode = keyof typeof exitCodeOf;

/** Where in a file the reader's eye should go. `line` and `column` count from 1; a column is a UTF-16 code unit. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * The one class of errors that Surefoot throws. The message says what happened, why, and what to do next; `code` is
 * for programs; `next` names the commands that are safe now; the driver's error, if there is one, is the `cause`.
 */
export class SurefootError extends Error {
  override readonly name = "SurefootError";
  readonly code: ErrorCode;
  readonly place: Place | null;
  readonly next: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    more: { readonly place?: Place; readonly next?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.place = more.place ?? null;
    this.next = more.next ?? [];
  }

  get exitCode(): number {
    return exitCodeOf[this.code];
  }
}
