import type { Token } from "../lexer.ts";
import type { Name } from "./names.ts";
import { unquoted } from "./names.ts";

/** Something that the reader does not know. It is caught by `readStatement`, and nowhere else. */
export class Unread extends Error {
  override readonly name = "Unread";
  /** Where in the statement. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Walks over the tokens of one statement. Words are compared in capitals; what is in quotes is never a keyword. */
export class Cursor {
  readonly list: readonly Token[];
  at: number;
  readonly end: number;

  constructor(list: readonly Token[], at = 0, end = list.length) {
    this.list = list;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  token(ahead = 0): Token | undefined {
    return this.at + ahead < this.end ? this.list[this.at + ahead] : undefined;
  }

  /** The word here in capitals; empty when it is none. */
  word(ahead = 0): string {
    const token = this.token(ahead);
    return token?.kind === "word" ? token.text.toUpperCase() : "";
  }

  is(...words: readonly string[]): boolean {
    return words.every((word, ahead) => this.word(ahead) === word);
  }

  accept(...words: readonly string[]): boolean {
    if (!this.is(...words)) return false;
    this.at += words.length;
    return true;
  }

  /** Takes the first of the words that stands here; empty when none does. */
  acceptOne(...words: readonly string[]): string {
    const word = this.word();
    if (!words.includes(word)) return "";
    this.at++;
    return word;
  }

  expect(...words: readonly string[]): void {
    if (!this.accept(...words)) throw this.unread(words.join(" "));
  }

  isMark(mark: string, ahead = 0): boolean {
    const token = this.token(ahead);
    return token?.kind === "punctuation" && token.text === mark;
  }

  acceptMark(mark: string): boolean {
    if (!this.isMark(mark)) return false;
    this.at++;
    return true;
  }

  /** The error that says what was looked for, and what stands here instead. */
  unread(wanted: string): Unread {
    const token = this.token();
    if (token === undefined) {
      const last = this.list[Math.min(this.at, this.end) - 1];
      return new Unread(`${wanted} expected, nothing left`, last?.end ?? 0);
    }
    return new Unread(`${wanted} expected, "${token.text.slice(0, 40)}" found`, token.start);
  }

  isIdentifier(ahead = 0): boolean {
    const kind = this.token(ahead)?.kind;
    return kind === "word" || kind === "quoted_identifier";
  }

  identifier(): string {
    if (!this.isIdentifier()) throw this.unread("a name");
    return unquoted(this.list[this.at++]!.text);
  }

  name(): Name {
    const first = this.identifier();
    return this.acceptMark(".") ? { database: first, name: this.identifier() } : { database: null, name: first };
  }

  names(): Name[] {
    const found = [this.name()];
    while (this.acceptMark(",")) found.push(this.name());
    return found;
  }

  /** Moves behind the parenthesis that closes the one here, and returns a cursor over what stands in between. */
  parentheses(): Cursor {
    if (!this.isMark("(")) throw this.unread("(");
    const start = this.at + 1;
    for (let depth = 0; !this.done; this.at++) {
      if (this.isMark("(")) depth++;
      else if (this.isMark(")") && --depth === 0) {
        this.at++;
        return new Cursor(this.list, start, this.at - 1);
      }
    }
    throw this.unread(")");
  }

  /** Moves behind one token, or behind everything in a pair of parentheses. */
  skip(): void {
    if (this.isMark("(")) this.parentheses();
    else this.at++;
  }

  skipAll(): void {
    this.at = this.end;
  }

  /** Cursors over the parts between commas, those inside parentheses not counted. */
  parts(): Cursor[] {
    const parts: Cursor[] = [];
    for (let start = this.at; ; start = this.at) {
      while (!this.done && !this.isMark(",")) this.skip();
      parts.push(new Cursor(this.list, start, this.at));
      if (!this.acceptMark(",")) return parts;
    }
  }

  /** The text of the tokens from an index to here, with single spaces. */
  textFrom(start: number): string {
    return this.list
      .slice(start, this.at)
      .map(({ text }) => text)
      .join(" ");
  }
}
