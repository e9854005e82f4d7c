import { piecesOf, statementsOf } from "../sql/rows-run.ts";
import type { SqliteHandle } from "./driver.ts";

/** One of the statements of a run failed; the driver's error is the cause. */
export class RunFailed extends Error {
  override readonly name = "RunFailed";
  /** The statement and its offset in the run, in UTF-16 code units. */
  readonly at: { readonly offset: number; readonly sql: string };

  constructor(cause: unknown, at: RunFailed["at"]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.at = at;
  }
}

/**
 * Executes a run of INSERTs piece by piece, so that the driver copies little at once.
 * @throws RunFailed; the rows of the pieces before are left to whoever began the transaction
 */
export function sendRun(db: SqliteHandle, run: string): void {
  for (const piece of piecesOf(run)) {
    db.exec("SAVEPOINT surefoot_rows");
    try {
      db.exec(piece.sql);
    } catch (error) {
      throw located(db, piece, error);
    }
    db.exec("RELEASE surefoot_rows");
  }
}

/** The driver doesn't say which statement it was, so they are tried again one by one. */
function located(db: SqliteHandle, piece: { readonly sql: string; readonly offset: number }, error: unknown): unknown {
  // The engine has ended the transaction: nothing is there to try it on.
  if (!db.inTransaction) return error;
  db.exec("ROLLBACK TO surefoot_rows");
  try {
    for (const { sql, offset } of statementsOf(piece.sql)) {
      try {
        db.exec(sql);
      } catch (again) {
        const statement = sql.trimStart();
        const place = piece.offset + offset + sql.length - statement.length;
        return new RunFailed(again, { offset: place, sql: statement.replace(/;$/, "") });
      }
    }
    return error;
  } finally {
    if (db.inTransaction) db.exec("ROLLBACK TO surefoot_rows; RELEASE surefoot_rows");
  }
}
