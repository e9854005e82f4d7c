/**
 * What tells texts apart that are kept for comparing: the first 128 bits of SHA-256, in hex. A journal holds several for
 * each migration, and nobody gains by two of their own texts that look alike.
 */
export function digest(data: string | Uint8Array): string {
  if (typeof data === "string" && data.length > pieceLength) return digestOfLong(data);
  return shortened(crypto().hash("sha256", data));
}

/** Without a second copy of the whole. */
function digestOfLong(text: string): string {
  const whole = new Digest();
  for (let at = 0; at < text.length;) {
    // A pair of surrogates stands for one character of UTF-8.
    const next = at + pieceLength;
    const end = isHighSurrogate(text.charCodeAt(next - 1)) ? next + 1 : next;
    whole.add(text.slice(at, end));
    at = end;
  }
  return whole.end();
}

/** In UTF-16 code units. */
const pieceLength = 1 << 16;

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** The same of data that comes piece by piece. */
export class Digest {
  private readonly hash = crypto().createHash("sha256");

  add(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  end(): string {
    return shortened(this.hash.digest("hex"));
  }
}

function shortened(hex: string): string {
  return hex.slice(0, 32);
}

let loaded: ReturnType<typeof load> | null = null;

/** Loaded when something is hashed: a start with nothing to do would spend a tenth of its time on it. */
function crypto() {
  return (loaded ??= load());
}

function load() {
  return process.getBuiltinModule("node:crypto");
}
