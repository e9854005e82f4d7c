import { Digest, digest } from "../digest.ts";
import type { Dialect } from "./dialect.ts";
import { Lexer } from "./lexer.ts";

/**
 * A digest of the tokens of these statements, empty when there are none. Comments, white space and the kind of line ends inside a token
 * don't count; executable comments do, and words count as written.
 *
 * What is hashed: each token as its length and its UTF-16 code units, low byte first, and a length that no token has
 * at the end of each statement. So no two lists of tokens are hashed alike.
 */
export function checksum(statements: readonly { readonly sql: string }[], dialect: Dialect): string {
  if (statements.length === 0) return "";
  const writer = new Writer();
  for (const { sql } of statements) {
    const lexer = new Lexer(sql, dialect);
    while (lexer.next()) {
      if (lexer.kind !== "line_comment" && lexer.kind !== "block_comment") writer.token(sql, lexer.start, lexer.end);
    }
    writer.length(endOfStatement);
  }
  return writer.digest();
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
    const lengthAt = this.used;
    this.used += 4;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === 13 && text.charCodeAt(at + 1) === 10) continue;
      this.bytes[this.used++] = code & 0xff;
      this.bytes[this.used++] = code >> 8;
    }
    this.writeLength(lengthAt, (this.used - lengthAt - 4) / 2);
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
