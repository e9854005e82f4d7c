/**
 * Names and bytes of a folder's migrations as one digest. A database whose last record carries the digest of the folder
 * as it is now has nothing to do: every one of these files was applied just as it stands.
 */
import { readFileSync } from "node:fs";

interface Named {
  readonly id: string;
}

/** Of the files as they are on disk. What is not UTF-8 reads as something else than any text that was applied. */
export function digestOnDisk(entries: readonly (Named & { readonly path: string })[]): string {
  const digest = new FolderDigest();
  for (const { id, path } of entries) digest.add(id, readFileSync(path, "utf8"));
  return digest.end();
}

/** Of texts that were read, and judged, before. Files hold no NUL character, so nothing is taken for something else. */
export function digestOfTexts(files: readonly (Named & { readonly text: string })[]): string {
  const digest = new FolderDigest();
  for (const { id, text } of files) digest.add(id, text);
  return digest.end();
}

/** In UTF-16 code units. */
const longLength = 1 << 16;

/**
 * Two FNV-1a hashes of 32 bits with different multipliers, over UTF-16 code units. It spares a look at what is applied and
 * guards nothing against anybody, and node:crypto would take longer to load than such a look takes.
 */
class FolderDigest {
  private one = 0x811c9dc5;
  private other = 0x9747b28c;

  add(id: string, text: string): void {
    this.addText(id);
    this.addUnit(0);
    this.addText(text);
    this.addUnit(0);
  }

  private addText(text: string): void {
    if (text.length > longLength) return this.addLong(text);
    for (let at = 0; at < text.length; at++) this.addUnit(text.charCodeAt(at));
  }

  /** Two code units at once: a dump of many megabytes would take as long as running it. */
  private addLong(text: string): void {
    const buffer = Buffer.alloc(2 * longLength);
    const words = new Int32Array(buffer.buffer, buffer.byteOffset, longLength / 2);
    for (let at = 0; at < text.length; at += longLength) {
      // What is left behind a shorter last part is of the same text.
      buffer.write(text.slice(at, at + longLength), "utf16le");
      let { one, other } = this;
      for (let word = 0; word < words.length; word++) {
        one = Math.imul(one ^ words[word]!, 0x01000193);
        other = Math.imul(other ^ words[word]!, 0x5bd1e995);
      }
      this.one = one;
      this.other = other;
    }
    this.addUnit(text.length);
  }

  private addUnit(unit: number): void {
    this.one = Math.imul(this.one ^ unit, 0x01000193);
    this.other = Math.imul(this.other ^ unit, 0x5bd1e995);
  }

  end(): string {
    return [this.one, this.other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
