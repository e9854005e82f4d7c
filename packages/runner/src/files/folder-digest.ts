/**
 * Names and texts of a folder's migrations as one digest. A database whose last record carries the digest of the folder
 * as it is now has nothing to do: every one of these files was applied just as it stands.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { isMigrationName } from "./file-name.ts";

/** Of the files as they are on disk, unjudged; null where something can't be read as a file. */
export function digestOnDisk(dir: string): string | null {
  try {
    const digest = new FolderDigest();
    const prefix = join(dir, sep);
    for (const name of readdirSync(dir).filter(isMigrationName).sort())
      digest.add(name, readFileSync(prefix + name, "utf8"));
    return digest.end();
  } catch {
    return null;
  }
}

/** Of texts that were read, and judged, before. Files hold no NUL character, so nothing is taken for something else. */
export function digestOfTexts(files: readonly { readonly name: string; readonly text: string }[]): string {
  const digest = new FolderDigest();
  for (const { name, text } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) digest.add(name, text);
  return digest.end();
}

/** In bytes; four of them are one word. */
const bufferLength = 1 << 16;
/** In code units of UTF-16, which take at most three bytes in UTF-8. */
const pieceLength = bufferLength >> 3;

/**
 * Two hashes of 32 bits over words of four bytes, in the manner of MurmurHash3. It spares a look at what is applied and
 * guards nothing against anybody, and node:crypto would take longer to load than such a look takes.
 */
class FolderDigest {
  private one = 0x811c9dc5;
  private other = 0x9747b28c;
  private readonly bytes = Buffer.alloc(bufferLength);
  private readonly words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, bufferLength / 4);
  /** How many bytes wait in the buffer. */
  private filled = 0;

  add(name: string, text: string): void {
    this.addPiece(name);
    this.addPiece("\0");
    for (let at = 0, end = 0; at < text.length; at = end) {
      end = endOfPiece(text, at);
      this.addPiece(text.slice(at, end));
    }
    this.addPiece("\0");
  }

  private addPiece(text: string): void {
    if (bufferLength - this.filled < 3 * text.length) this.mix();
    this.filled += this.bytes.write(text, this.filled, "utf8");
  }

  /** Takes whole words in; what is left of one waits for its other bytes. In one loop, because it runs before it is compiled. */
  private mix(): void {
    const { words } = this;
    const count = this.filled >> 2;
    let { one, other } = this;
    for (let at = 0; at < count; at++) {
      const word = words[at]!;
      let mixed = Math.imul(word, 0xcc9e2d51);
      one = Math.imul(one ^ ((mixed << 15) | (mixed >>> 17)), 0x1b873593);
      one = (Math.imul((one << 13) | (one >>> 19), 5) + 0xe6546b64) | 0;
      mixed = Math.imul(word, 0x239b961b);
      other = Math.imul(other ^ ((mixed << 16) | (mixed >>> 16)), 0xab0e9789);
      other = (Math.imul((other << 11) | (other >>> 21), 5) + 0x561ccd1b) | 0;
    }
    this.one = one;
    this.other = other;
    this.bytes.copyWithin(0, count * 4, this.filled);
    this.filled -= count * 4;
  }

  end(): string {
    // The buffer may be full, and what pads the last word needs room.
    this.mix();
    const length = this.filled;
    this.bytes.fill(0, length, length + 8);
    this.filled = length + 8;
    this.mix();
    return [this.one, this.other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/** The halves of one character stay together: each alone would be written as the sign for none. */
function endOfPiece(text: string, at: number): number {
  const end = at + pieceLength;
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end;
}
