import { Digest, digest } from "../digest.ts";
import type { Dialect } from "./dialect.ts";
import { Lexer } from "./lexer.ts";

/**
 * A digest of the tokens of these statements, empty when there are none. Comments, white space and the kind of line ends inside a token
 * don't count; executable comments do, and words count as written.
 *
 * What is hashed: each token as its length and its characters, one byte each if all are ASCII, else a length with its top bit
 * set and UTF-16 code units, low byte first; and at the end of each statement a length that no token has. So no two lists
 * of tokens are hashed alike.
 */
export function checksum(statements: readonly Part[], dialect: Dialect): string {
  if (statements.length === 0) return "";
  const writer = new Writer();
  for (const part of statements) {
    write(writer, part, dialect);
    writer.length(endOfStatement);
  }
  return writer.digest();
}

/** A statement; or a run of INSERTs, which is not copied out of its file: `sql` begins at `offset` of `text`. */
export type Part = { readonly sql: string } | { readonly sql: string; readonly text: string; readonly offset: number };

function write(writer: Writer, part: Part, dialect: Dialect): void {
  const isRun = "text" in part;
  const text = isRun ? part.text : part.sql;
  const lexer = new Lexer(text, dialect);
  if (isRun) lexer.end = part.offset;
  const end = lexer.end + part.sql.length;
  while (lexer.next() && lexer.start < end) {
    // It makes no difference that the statements of a run are one step.
    if (isRun && lexer.kind === "punctuation" && text.charCodeAt(lexer.start) === 59) writer.length(endOfStatement);
    else if (lexer.kind !== "line_comment" && lexer.kind !== "block_comment")
      writer.token(text, lexer.start, lexer.end);
  }
}

const endOfStatement = 0xffff_ffff;
/** Hashing is synchronous, so one buffer serves every call. */
const shared = new Uint8Array(1 << 16);

/** Collects bytes for the hash: one call for each token would cost more than the hashing. */
class Writer {
  private whole: Digest | null = null;
  private bytes: Uint8Array = shared;
  private used = 0;

  token(text: string, start: number, end: number): void {
    this.reserve(4 + 2 * (end - start));
    const { bytes } = this;
    const from = this.used + 4;
    let to = from;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code > 127) return this.wide(text, start, end);
      if (code === 13 && text.charCodeAt(at + 1) === 10) continue;
      bytes[to++] = code;
    }
    this.writeLength(this.used, to - from);
    this.used = to;
  }

  private wide(text: string, start: number, end: number): void {
    const { bytes } = this;
    const from = this.used + 4;
    let to = from;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === 13 && text.charCodeAt(at + 1) === 10) continue;
      bytes[to++] = code & 0xff;
      bytes[to++] = code >> 8;
    }
    this.writeLength(this.used, (0x8000_0000 | ((to - from) / 2)) >>> 0);
    this.used = to;
  }

  length(value: number): void {
    this.reserve(4);
    this.writeLength(this.used, value);
    this.used += 4;
  }

  digest(): string {
    // Most migrations fit the buffer, and hashing that at once costs half.
    if (this.whole === null) return digest(this.bytes.subarray(0, this.used));
    this.flush();
    return this.whole.end();
  }

  private writeLength(at: number, value: number): void {
    for (let byte = 0; byte < 4; byte++) this.bytes[at + byte] = (value >>> (8 * byte)) & 0xff;
  }

  private reserve(size: number): void {
    if (this.used + size > this.bytes.length) this.flush();
    if (size > this.bytes.length) this.bytes = new Uint8Array(size);
  }

  private flush(): void {
    this.whole ??= new Digest();
    this.whole.add(this.bytes.subarray(0, this.used));
    this.used = 0;
  }
}
