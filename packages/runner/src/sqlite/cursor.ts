import type { Token } from "../sql/lexer.ts";

/** A name of the schema: in lower case without its quotes, and as it may be written in another statement. */
export interface Name {
  readonly name: string;
  readonly written: string;
}

/** What may follow the assignments of an UPDATE. */
const clauses = new Set(["where", "order", "limit", "returning"]);

/** Walks along the tokens of one statement. */
export class Cursor {
  private readonly list: readonly Token[];
  private at = 0;
  /** A name was qualified with a schema that is neither `main` nor `temp`. */
  elsewhere = false;
  /** A name was qualified with `temp`. */
  temporary = false;
  /** A name was qualified with `main`. */
  main = false;

  constructor(list: readonly Token[]) {
    this.list = list;
  }

  get atEnd(): boolean {
    return this.at >= this.list.length;
  }

  peekWord(): string {
    const token = this.list[this.at];
    return token?.kind === "word" ? token.text.toLowerCase() : "";
  }

  isPunctuation(text: string): boolean {
    const token = this.list[this.at];
    return token?.kind === "punctuation" && token.text === text;
  }

  acceptPunctuation(text: string): boolean {
    if (!this.isPunctuation(text)) return false;
    this.at++;
    return true;
  }

  /** Does one of these words stand at the cursor or behind it? */
  holdsAny(...words: readonly string[]): boolean {
    return this.list.slice(this.at).some(({ kind, text }) => kind === "word" && words.includes(text.toLowerCase()));
  }

  /** Goes on to the next comma or clause outside brackets. */
  skipExpression(): void {
    for (let depth = 0, before = ""; !this.atEnd; this.at++) {
      if (this.isPunctuation("(")) depth++;
      if (this.isPunctuation(")")) depth--;
      if (depth > 0) continue;
      const word = this.peekWord();
      // IS DISTINCT FROM is an operator.
      if (this.isPunctuation(",") || clauses.has(word) || (word === "from" && before !== "distinct")) return;
      before = word;
    }
  }

  /** Goes on behind this word, if it comes. */
  skipTo(word: string): boolean {
    while (!this.atEnd) if (this.word() === word) return true;
    return false;
  }

  /** Behind WITH: goes on to the verb. False: it is not written as common table expressions are. */
  skipCommonTables(): boolean {
    if (this.peekWord() === "recursive" && this.wordAfter() !== "as") this.at++;
    do {
      this.named();
      this.bracketed();
      if (!this.accept("as")) return false;
      this.accept("not");
      this.accept("materialized");
      if (this.bracketed() === null) return false;
    } while (this.acceptPunctuation(","));
    return !this.atEnd;
  }

  private wordAfter(): string {
    const token = this.list[this.at + 1];
    return token?.kind === "word" ? token.text.toLowerCase() : "";
  }

  word(): string {
    const word = this.peekWord();
    this.at++;
    return word;
  }

  accept(word: string): boolean {
    if (this.peekWord() !== word) return false;
    this.at++;
    return true;
  }

  acceptAll(...words: readonly string[]): boolean {
    const start = this.at;
    if (words.every((word) => this.accept(word))) return true;
    this.at = start;
    return false;
  }

  /** A name in lower case, its quotes taken off and its schema left out. */
  name(): string {
    return this.named().name;
  }

  /** A name with what it is written as. */
  named(): Name {
    const token = this.list[this.at++];
    if (token === undefined) return { name: "", written: "" };
    if (this.isPunctuation(".")) {
      this.at++;
      const schema = folded(unquoted(token.text));
      if (schema === "temp") this.temporary = true;
      else if (schema === "main") this.main = true;
      else this.elsewhere = true;
      return this.named();
    }
    const plain = unquoted(token.text);
    // SQLite takes 'text' for a name where nothing else fits; with double quotes it is one everywhere.
    return { name: folded(plain), written: token.kind === "string" ? quoted(plain) : token.text };
  }

  /** The tokens up to the bracket that closes the one under the cursor, without both; the cursor goes behind it. */
  bracketed(): readonly Token[] | null {
    if (!this.isPunctuation("(")) return null;
    const from = this.at + 1;
    for (let depth = 0; !this.atEnd; this.at++) {
      if (this.isPunctuation("(")) depth++;
      if (this.isPunctuation(")") && --depth === 0) return this.list.slice(from, this.at++);
    }
    return null;
  }

  rest(): string {
    return this.list
      .slice(this.at)
      .map(({ text }) => text)
      .join("");
  }
}

/** A name without its quotes: `"a""b"` and `[a"b]` both name a"b. */
export function unquoted(name: string): string {
  const first = name[0];
  if (first === "[") return name.slice(1, -1);
  if (first !== '"' && first !== "`" && first !== "'") return name;
  return name.slice(1, -1).replaceAll(first + first, first);
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** In lower case as SQLite compares names: only the letters of ASCII have two cases. */
export function folded(name: string): string {
  // oxlint-disable-next-line no-control-regex -- all of ASCII is meant
  return /^[\u0000-\u007f]*$/.test(name)
    ? name.toLowerCase()
    : name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
