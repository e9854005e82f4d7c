import { basename } from "node:path";

export interface FileName {
  /** The name without `.sql`. */
  readonly id: string;
  readonly number: bigint;
}

export const nameForm = "NUMBER_name.sql, as in 0001_users.sql, without spaces";

const form = /^(\d+)_\S+$/;

/** Is it one of the files that make up a folder of migrations? An ending in capitals counts, so that none is silently left out. */
export function isMigrationName(name: string): boolean {
  return name.toLowerCase().endsWith(".sql") && !name.startsWith(".");
}

/** The number in a migration's id, or null when it is no id. */
export function numberOf(id: string): bigint | null {
  const digits = form.exec(id)?.[1];
  return digits === undefined ? null : BigInt(digits);
}

/** Reads the path of a migration file; null when its name does not fit. */
export function parseFilePath(path: string): FileName | null {
  return parseFileName(basename(path));
}

/** Reads the name of a migration file, `NUMBER_name.sql`; null when it does not fit. */
export function parseFileName(name: string): FileName | null {
  if (!name.endsWith(".sql")) return null;
  const id = name.slice(0, -".sql".length);
  const number = numberOf(id);
  return number === null ? null : { id, number };
}
