import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { SurefootError } from "../error.ts";
import type { Dialect } from "../sql/dialect.ts";
import { pointAt } from "../sql/place.ts";
import { fileError } from "./file-error.ts";
import { isMigrationName, nameForm, parseFileName } from "./file-name.ts";
import type { MigrationFile } from "./migration.ts";
import { readMigration } from "./read-migration.ts";

/** A migration file by its name, unread. */
export interface FolderEntry {
  /** The file name without `.sql`. */
  readonly id: string;
  readonly path: string;
  readonly number: bigint;
}

/**
 * Reads every migration of a folder, in order.
 * @throws USAGE when there is no such folder; MIGRATION_FILE_INVALID for the first file that cannot be used.
 */
export function readFolder(dir: string, dialect: Dialect): MigrationFile[] {
  return listFolder(dir).map(({ path }) => readMigration(path, readText(path), dialect));
}

/**
 * Lists the migrations of a folder without reading them, by their numbers. Files with other endings, dot files and
 * folders are passed over.
 * @throws USAGE when there is no such folder; MIGRATION_FILE_INVALID when names do not fit, or not with each other.
 */
export function listFolder(dir: string): FolderEntry[] {
  const entries: FolderEntry[] = [];
  const prefix = join(dir, sep);
  for (const name of namesIn(dir)) {
    const path = prefix + name;
    const file = parseFileName(name);
    if (file === null) throw fileError(path, firstPoint, `The name does not fit. Name migrations ${nameForm}.`);
    entries.push({ ...file, path });
  }
  // Numbers are unique below; the id decides only which of two equal ones is named first.
  entries.sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : a.id < b.id ? -1 : 1));
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before?.number !== entry.number) continue;
    const why =
      folded(before.id) === folded(entry.id)
        ? "differ only in case, which other file systems cannot tell apart"
        : `have the same number, ${entry.number}, so their order is not said`;
    throw fileError(
      entry.path,
      firstPoint,
      `${before.path} and ${entry.path} ${why}. Give one of them another number.`,
    );
  }
  return entries;
}

/**
 * The text of a migration file as it stands there, a byte order mark included.
 * @throws MIGRATION_FILE_INVALID when it is not UTF-8 or holds a NUL character.
 */
export function readText(path: string): string {
  // What decodes without a replacement character is UTF-8; only what doesn't is looked at byte by byte.
  const quick = readFileSync(path, "utf8");
  if (!quick.includes("\uFFFD") && !quick.includes("\0")) return quick;
  const bytes = readFileSync(path);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw fileError(path, firstPoint, "This is UTF-16. Save the file as UTF-8.");
  const text = decoded(bytes);
  if (text === null) {
    const at = firstUndecodable(bytes);
    throw fileError(
      path,
      at,
      "This is not UTF-8. Save the file as UTF-8; where binary data is meant, write it as X'…'.",
    );
  }
  const nul = text.indexOf("\0");
  if (nul !== -1) {
    throw fileError(
      path,
      pointAt(text, nul),
      "A NUL character stands here, which servers read differently. Take it out.",
    );
  }
  return text;
}

const firstPoint = { line: 1, column: 1 };

/** The names of the SQL files in a folder. */
function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => isMigrationName(entry.name) && (entry.isFile() || !isFolder(join(dir, entry.name))))
      .map(({ name }) => name);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw cause;
    throw new SurefootError(
      "USAGE",
      `There is no folder of migrations at ${dir}. Name the right one, or run \`surefoot init\` to make it.`,
      { place: { file: dir }, next: ["surefoot init"], cause },
    );
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** An id as file systems see it that do not tell capitals, or ways to write an accent, apart. */
function folded(id: string): string {
  return id.normalize("NFC").toLowerCase();
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** The first line that is not UTF-8, and the column of its first bad character. */
function firstUndecodable(bytes: Uint8Array): { readonly line: number; readonly column: number } {
  let start = 0;
  for (let line = 1; ; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline;
    const row = bytes.subarray(start, end);
    if (newline === -1 || decoded(row) === null) {
      const good = new TextDecoder().decode(row).indexOf("\uFFFD");
      return { line, column: good + 1 };
    }
    start = end + 1;
  }
}
