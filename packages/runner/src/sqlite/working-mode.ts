/**
 * How SQLite keeps a journal of its own while Surefoot works on a file, and how the file is left.
 *
 * A file that is there has readers, so it stays in the mode that it is in; a rollback journal is kept until the end and
 * only blanked, because making and deleting one for each migration costs one sync of the folder in four. A file that
 * Surefoot itself has made has no readers yet, so it is filled in WAL mode, where a commit is as durable and costs one
 * sync instead of four or five, and is turned back at the end. What a killed process leaves is a file in WAL mode, which
 * every SQLite can read, beside a note that says so; the next start goes on and turns it back. A log keeps its room on the
 * disk after a rollback, so filling ends before the first statement that can write more than its text is long.
 * Source: https://sqlite.org/pragma.html#pragma_journal_mode, https://sqlite.org/wal.html; measured with `bench`.
 */
import type { SqliteHandle } from "./driver.ts";
import { sqliteCode } from "./errors.ts";
import type { SqliteStatement } from "./statement.ts";

/** The note that outlives a killed process. */
export interface FillingNote {
  /** The file was new, and no migration has asked for a mode of its own. */
  readonly filling: boolean;
  setFilling(filling: boolean): void;
}

/** More text than this in one transaction is written twice, to the log and to the file, and gains nothing. */
const smallLength = 100_000;

/** Going there and back costs as much as so many transactions. */
const fewCount = 3;

/** How long the end waits for a moment without readers, in milliseconds. */
const endWaitMs = 500;

export class WorkingMode {
  private readonly db: SqliteHandle;
  private readonly note: FillingNote;
  private entered: "no" | "persist" | "wal" = "no";
  private transactionCount = 0;

  constructor(db: SqliteHandle, note: FillingNote) {
    this.db = db;
    this.note = note;
  }

  /** Before a transaction begins. */
  enter(): void {
    if (this.db.inTransaction || this.entered === "wal") return;
    this.transactionCount++;
    if (this.note.filling && this.transactionCount > fewCount && this.toWal()) return;
    if (this.entered !== "no") return;
    this.entered = "persist";
    if (this.mode() === "delete") this.db.pragma("journal_mode = PERSIST");
  }

  /** Before statements that could notice the mode, or may write so much that a log of it would cost room and time. */
  suit(statements: readonly SqliteStatement[], length: number): void {
    if (!this.note.filling || this.db.inTransaction) return;
    if (length <= smallLength && !statements.some(endsFilling)) return;
    if (this.leave()) this.note.setFilling(false);
  }

  /** Leaves the file as it was found. False: somebody else is reading at the moment, so that the next start does it. */
  leave(): boolean {
    if (!this.db.open || this.db.inTransaction) return false;
    try {
      const mode = this.mode();
      const ours = mode === "persist" ? this.entered === "persist" : mode === "wal" && this.note.filling;
      if (ours) this.db.pragma("journal_mode = DELETE");
      this.entered = "no";
      return true;
    } catch (error) {
      if (sqliteCode(error) === "") throw error;
      return false;
    }
  }

  /** Before the connection is closed for good. */
  end(): void {
    // Whoever has come to read meanwhile may stay long.
    if (this.db.open && this.note.filling) this.db.pragma(`busy_timeout = ${endWaitMs}`);
    if (this.leave()) this.note.setFilling(false);
  }

  /** The mode that the file is in for everybody else. */
  kept(): string {
    return this.note.filling ? "delete" : this.mode();
  }

  /** False on a file system without shared memory, which has no WAL mode. */
  private toWal(): boolean {
    try {
      if (this.entered === "persist") this.leave();
      if (this.db.pragma("journal_mode = WAL", { simple: true }) === "wal") this.entered = "wal";
    } catch (error) {
      if (sqliteCode(error) === "") throw error;
    }
    if (this.entered !== "wal") this.note.setFilling(false);
    return this.entered === "wal";
  }

  private mode(): string {
    return String(this.db.pragma("journal_mode", { simple: true }));
  }
}

/** From here on it is not certain that what the file holds, and so any change of it, is as small as the text of its migrations. */
function endsFilling({ kind, foreignKeys, fills, fromQuery }: SqliteStatement): boolean {
  if (fills !== null || fromQuery) return true;
  return kind !== "ddl" && kind !== "dml" && kind !== "reading" && foreignKeys === null;
}
