/** What an error of mysql2 or of a server means. Numbers count, not names: the driver names MariaDB's by MySQL's table. */
import { SurefootError } from "../error.ts";
import { errnoOf } from "./driver.ts";
import { PoolExhausted } from "./pool.ts";

/** The server, or the way to it, is gone: whether the statement took effect is not known. */
const lostNumbers: ReadonlySet<number> = new Set([1053, 1927, 2006, 2013, 3169, 4031]);
const lostCodes: ReadonlySet<string> = new Set([
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_SEQUENCE_TIMEOUT",
  "PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR",
  "ECONNRESET",
  "ECONNREFUSED",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** A lock wait that ended, a deadlock: surely not applied, and another attempt may succeed. */
const retryableNumbers: ReadonlySet<number> = new Set([1205, 1213]);

const deniedNumbers: ReadonlySet<number> = new Set([1044, 1045, 1142, 1143, 1227, 1370, 1698]);
const readOnlyNumbers: ReadonlySet<number> = new Set([1290, 1792, 1836]);

export function isLost(error: unknown): boolean {
  const errno = errnoOf(error);
  if (errno !== null) return lostNumbers.has(errno);
  if (error instanceof SurefootError) return error.code === "DATABASE_LOST";
  const { code, message, errno: system } = error as { readonly [field: string]: unknown };
  if (typeof code === "string" && lostCodes.has(code)) return true;
  // While TLS begins, the driver puts a code of its own before that of the system, whose numbers are negative, and before
  // that of Node for an end of the stream, which has none.
  if (code === "HANDSHAKE_SSL_ERROR")
    return (typeof system === "number" && system < 0) || /socket disconnected before secure/.test(String(message));
  return /closed state|Connection lost/.test(String(message));
}

export function isRetryable(error: unknown): boolean {
  return retryableNumbers.has(errnoOf(error) ?? 0);
}

/** "Query execution was interrupted": KILL, or a server that is going down. */
export const interruptedNumber = 1317;

export function isInterrupted(error: unknown): boolean {
  return errnoOf(error) === interruptedNumber;
}

/** The same key twice. */
export function isDuplicate(error: unknown): boolean {
  return errnoOf(error) === 1062;
}

/** Turns an error into ours. `doing` reads on from "while": "reading the journal". */
export function mysqlError(error: unknown, name: string, doing: string): SurefootError {
  if (error instanceof SurefootError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PoolExhausted)
    return new SurefootError("DATABASE_LOST", `${name}: ${message}`, { cause: error, next: ["surefoot up"] });
  const errno = errnoOf(error) ?? 0;
  const told = (what: string): string => `${name}: ${what} (while ${doing}; the answer was: ${message}).`;
  if (isLost(error))
    return new SurefootError("DATABASE_LOST", told("the server does not answer"), {
      cause: error,
      next: ["surefoot up", "surefoot status"],
    });
  // What is asked here is never ended by the runner itself.
  if (isInterrupted(error))
    return new SurefootError("DATABASE_LOST", told("the server has ended a question of Surefoot's own"), {
      cause: error,
      next: ["surefoot up", "surefoot status"],
    });
  if (errno === 1049)
    return new SurefootError(
      "DATABASE_MISSING",
      `${told("there is no such database on the server")} Make it there first, or check the URL.`,
      { cause: error },
    );
  if (deniedNumbers.has(errno))
    return new SurefootError(
      "DATABASE_UNUSABLE",
      `${told("the server denies it to this user")} docs/privileges.md lists what Surefoot needs. Nothing was changed.`,
      { cause: error },
    );
  if (readOnlyNumbers.has(errno))
    return new SurefootError("DATABASE_READ_ONLY", `${told("the server is read-only")} Nothing was changed.`, {
      cause: error,
      next: ["surefoot status"],
    });
  if (isRetryable(error))
    return new SurefootError(
      "JOURNAL_UNWRITABLE",
      `${told("somebody else kept what it needs locked")} Nothing was changed. Run again later.`,
      { cause: error, next: ["surefoot up"] },
    );
  return new SurefootError("UNEXPECTED", told(message), { cause: error });
}
