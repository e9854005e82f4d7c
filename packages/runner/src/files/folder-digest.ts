/**
 * Names and bytes of a folder's migrations as one hash. A database whose last record carries the hash of the folder as
 * it is now has nothing to do: every one of these files was applied just as it stands.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

interface Named {
  readonly id: string;
}

/** Of the files as they are on disk. Reading them whole into strings first would take twice the time. */
export function digestOnDisk(entries: readonly (Named & { readonly path: string })[]): string {
  const buffer = Buffer.allocUnsafe(1 << 16);
  const hash = createHash("sha256");
  for (const { id, path } of entries) {
    hash.update(`\0${id}\0`);
    const file = openSync(path, "r");
    try {
      for (;;) {
        const count = readSync(file, buffer, 0, buffer.length, null);
        if (count > 0) hash.update(buffer.subarray(0, count));
        if (count < buffer.length) break;
      }
    } finally {
      closeSync(file);
    }
  }
  return hash.digest("hex");
}

/** Of texts that were read, and judged, before. Files hold no NUL character, so nothing is hashed alike. */
export function digestOfTexts(files: readonly (Named & { readonly text: string })[]): string {
  const hash = createHash("sha256");
  for (const { id, text } of files) hash.update(`\0${id}\0`).update(text);
  return hash.digest("hex");
}
