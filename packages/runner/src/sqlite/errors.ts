import { SurefootError } from "../error.ts";

/** The result code that better-sqlite3 puts on its errors, such as SQLITE_BUSY; empty for any other error. */
export function sqliteCode(error: unknown): string {
  const code = error instanceof Error ? (error as { readonly code?: unknown }).code : undefined;
  return typeof code === "string" && code.startsWith("SQLITE_") ? code : "";
}

export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error));
}

/**
 * Turns the driver's error into ours. `doing` reads on from "while": "opening it".
 * Codes: https://sqlite.org/rescode.html
 */
export function sqliteError(error: unknown, path: string, doing: string): SurefootError {
  if (error instanceof SurefootError) return error;
  const code = sqliteCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const told = (what: string): string => `${path}: ${what} (while ${doing}; SQLite says: ${message}).`;

  if (code.startsWith("SQLITE_FULL"))
    return new SurefootError(
      "DATABASE_FULL",
      `${told("the disk is full, and nothing more was written")} Make room, then run \`surefoot up\` again.`,
      { cause: error, next: ["surefoot up"] },
    );
  if (code.startsWith("SQLITE_READONLY"))
    return new SurefootError(
      "DATABASE_READ_ONLY",
      code === "SQLITE_READONLY_ROLLBACK"
        ? `${told("an interrupted transaction must be rolled back first, and that needs to write")} Run \`surefoot up\` or \`surefoot recover\`.`
        : `${told("the file or its folder can't be written")} Check its permissions; nothing was changed.`,
      { cause: error, next: ["surefoot status"] },
    );
  if (code.startsWith("SQLITE_NOTADB") || code.startsWith("SQLITE_CORRUPT"))
    return new SurefootError(
      "DATABASE_UNUSABLE",
      `${told(code.startsWith("SQLITE_NOTADB") ? "this is no SQLite database, or its header is damaged" : "the database file is damaged")} ` +
        "Nothing was changed. Restore it from a backup.",
      { cause: error },
    );
  if (code.startsWith("SQLITE_CANTOPEN"))
    return new SurefootError(
      "DATABASE_UNUSABLE",
      `${told("the file can't be opened")} Check the path, its folder and their permissions.`,
      { cause: error },
    );
  if (isBusy(error))
    return new SurefootError(
      "JOURNAL_UNWRITABLE",
      `${told("another connection kept the database locked")} Nothing was changed. Close it, or run again later.`,
      { cause: error, next: ["surefoot up"] },
    );
  if (code.startsWith("SQLITE_IOERR"))
    return new SurefootError("DATABASE_LOST", told("the file system answered with an error"), {
      cause: error,
      next: ["surefoot up"],
    });
  return new SurefootError("UNEXPECTED", told(message), { cause: error });
}
