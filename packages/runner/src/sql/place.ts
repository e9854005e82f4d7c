/** A point in a text. Line and column count from 1; offset and column are UTF-16 code units. */
export interface Point {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Finds the lines of offsets that never go back, so that a whole text costs one scan. */
export class LineCounter {
  private readonly text: string;
  private line = 1;
  private lineStart = 0;
  private nextNewline: number;

  constructor(text: string) {
    this.text = text;
    this.nextNewline = text.indexOf("\n");
  }

  pointAt(offset: number): Point {
    while (this.nextNewline !== -1 && this.nextNewline < offset) {
      this.line++;
      this.lineStart = this.nextNewline + 1;
      this.nextNewline = this.text.indexOf("\n", this.lineStart);
    }
    return { offset, line: this.line, column: offset - this.lineStart + 1 };
  }
}

/** Finds the places of offsets that never go back in the UTF-8 form of a text. */
export class ByteCounter {
  private readonly text: string;
  private offset = 0;
  private bytes = 0;

  constructor(text: string) {
    this.text = text;
  }

  offsetOf(offset: number): number {
    this.bytes += Buffer.byteLength(this.text.slice(this.offset, offset));
    this.offset = offset;
    return this.bytes;
  }
}

/** The point of one offset, from a scan of its own: for messages. */
export function pointAt(text: string, offset: number): Point {
  return new LineCounter(text).pointAt(offset);
}

/** Where a point of an inner text stands in the text around it, when the inner one begins at `base`. */
export function shifted<T extends Point>(inner: T, base: Point): T {
  return {
    ...inner,
    offset: base.offset + inner.offset,
    line: base.line + inner.line - 1,
    column: inner.line === 1 ? base.column + inner.column - 1 : inner.column,
  };
}
