import type { Dialect } from "./dialect.ts";

/**
 * `executable_open` and `executable_close` are the marks around the content of executable comments, which is code: for
 * `/*!50000 DROP TABLE t *\/` the tokens are `/*!50000`, `DROP`, `TABLE`, `t`, `*\/`. One for a version that no server
 * of the dialect takes for its own is a block comment. `delimiter` occurs only while a custom delimiter is set. Every other operator is one `punctuation` for each of its characters.
 */
export type TokenKind =
  | "word"
  | "number"
  | "string"
  | "quoted_identifier"
  | "variable"
  | "punctuation"
  | "delimiter"
  | "line_comment"
  | "block_comment"
  | "executable_open"
  | "executable_close";

/** A token with its text. Offsets are UTF-16 code units; `executable`: it stands inside an executable comment. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly executable: boolean;
  readonly unterminated: boolean;
}

/** The code of a text as tokens: comments are left out, the marks of executable comments are not. */
export function tokens(sql: string, dialect: Dialect): Token[] {
  const lexer = new Lexer(sql, dialect);
  const found: Token[] = [];
  while (lexer.next()) {
    if (lexer.kind === "line_comment" || lexer.kind === "block_comment") continue;
    const { kind, start, end, unterminated } = lexer;
    found.push({ kind, text: sql.slice(start, end), start, end, executable: lexer.executable, unterminated });
  }
  return found;
}

const SPACE = 1;
const DIGIT = 2;
const WORD = 3;

/** What each ASCII character may begin; 0 is punctuation. Everything beyond ASCII belongs to words, as in the servers. */
const classOf = new Uint8Array(128);
for (const space of "\t\n\v\f\r ") classOf[space.charCodeAt(0)] = SPACE;
for (let code = 48; code <= 57; code++) classOf[code] = DIGIT;
for (let code = 65; code <= 90; code++) classOf[code] = classOf[code + 32] = WORD;
classOf[36] = classOf[95] = WORD; // $ and _

/** Migration markers that tools write directly behind `--`, where MySQL itself would see two minus signs. */
const marker = /--(?:migrate:|\+(?:goose|migrate)\s|liquibase\s+formatted|changeset\s+\S+:)/iy;
const dollarTag = /\$\w*\$/y;

/**
 * Reads SQL token by token without allocating: `next()` moves to the next token and fills the fields. It follows the
 * servers' default modes; NO_BACKSLASH_ESCAPES and ANSI_QUOTES, under which a backslash and a double quote mean
 * something else in MySQL and MariaDB, are not known here.
 */
export class Lexer {
  readonly text: string;
  readonly dialect: Dialect;
  kind: TokenKind = "punctuation";
  start = 0;
  end = 0;
  /** The token runs to the end of the text because what closes it is missing. */
  unterminated = false;
  /** Whether an executable comment is open around the current token; its marks count as inside. They don't nest. */
  executable = false;
  /** Where the open executable comment begins. */
  executableStart = 0;
  /** A custom delimiter, as set by the client's DELIMITER; it ends even a word. Empty: none is set. */
  delimiter = "";
  /** Whether `--migrate:` and the markers of other tools are comments in MySQL too, without a space after `--`. */
  markers = false;

  private readonly sqlite: boolean;
  private closing = false;

  constructor(text: string, dialect: Dialect) {
    this.text = text;
    this.dialect = dialect;
    this.sqlite = dialect === "sqlite";
  }

  /** Moves to the next token. False at the end of the text. */
  next(): boolean {
    const { text } = this;
    const { length } = text;
    if (this.closing) {
      this.closing = false;
      this.executable = false;
    }

    let at = this.end;
    let code = 0;
    let kindOfCode = 0;
    for (; at < length; at++) {
      code = text.charCodeAt(at);
      kindOfCode = code < 128 ? classOf[code]! : WORD;
      if (kindOfCode !== SPACE) break;
    }
    const touches = at === this.end;
    this.unterminated = false;
    if (at >= length) {
      this.start = this.end = length;
      return false;
    }
    if (this.delimiter !== "" && text.startsWith(this.delimiter, at)) {
      return this.token("delimiter", at, at + this.delimiter.length);
    }
    if (kindOfCode === WORD) return this.word(at, code);
    if (kindOfCode === DIGIT) return this.number(at);
    return this.symbol(at, code, touches);
  }

  /** Whether the current token is this keyword, given in capitals. */
  is(keyword: string): boolean {
    if (this.kind !== "word" || this.end - this.start !== keyword.length) return false;
    for (let index = 0; index < keyword.length; index++) {
      // Clearing bit 5 makes an ASCII letter a capital.
      if ((this.text.charCodeAt(this.start + index) & ~32) !== keyword.charCodeAt(index)) return false;
    }
    return true;
  }

  private token(kind: TokenKind, start: number, end: number): true {
    this.kind = kind;
    this.start = start;
    this.end = end;
    return true;
  }

  private word(start: number, first: number): true {
    const { text } = this;
    if (first === 36 && this.dialect === "mysql" && this.is("AS")) {
      const end = this.dollarQuotedEnd(start);
      if (end !== -1) return this.token("string", start, end);
    }
    const end = this.untilDelimiter(start, this.wordEnd(start + 1));
    // x'41', b'1' and N'…' are one literal: with a space in between they mean something else.
    if (end === start + 1 && text.charCodeAt(end) === 39 && isLiteralPrefix(first, this.sqlite)) {
      const stringEnd = this.quotedEnd(end, 39, !this.sqlite && (first | 32) === 110);
      return this.token("string", start, stringEnd);
    }
    return this.token(first === 36 && this.sqlite ? "variable" : "word", start, end);
  }

  private wordEnd(from: number): number {
    const { text } = this;
    const { length } = text;
    let at = from;
    for (; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code < 128 && classOf[code]! < DIGIT) break;
    }
    return at;
  }

  /** A custom delimiter ends a word or a number that it stands in: `END$$`. */
  private untilDelimiter(start: number, end: number): number {
    if (this.delimiter === "") return end;
    for (let at = start + 1; at < end; at++) {
      if (this.text.startsWith(this.delimiter, at)) return at;
    }
    return end;
  }

  private number(start: number): true {
    const { text } = this;
    let at = this.digitsEnd(start);
    if (text.charCodeAt(at) === 46 && text.charCodeAt(at + 1) !== 46) at = this.digitsEnd(at + 1);
    if ((text.charCodeAt(at) | 32) === 101) {
      const sign = text.charCodeAt(at + 1);
      const digits = sign === 43 || sign === 45 ? at + 2 : at + 1;
      if (classOf[text.charCodeAt(digits)] === DIGIT) at = this.digitsEnd(digits);
    }
    const end = this.wordEnd(at);
    // MySQL takes names that begin with digits (`2024_orders`); hexadecimal, binary and SQLite's 1_000 are numbers.
    const name = end > at && !this.sqlite && !/^0[xb]/i.test(text.slice(start, start + 2));
    return this.token(name ? "word" : "number", start, this.untilDelimiter(start, end));
  }

  private digitsEnd(from: number): number {
    let at = from;
    while (classOf[this.text.charCodeAt(at)] === DIGIT) at++;
    return at;
  }

  private symbol(at: number, code: number, touches: boolean): true {
    const { text, sqlite } = this;
    const next = text.charCodeAt(at + 1);
    switch (code) {
      case 39: // '
        return this.token("string", at, this.quotedEnd(at, code, !sqlite));
      case 34: // "
        return this.token(sqlite ? "quoted_identifier" : "string", at, this.quotedEnd(at, code, !sqlite));
      case 96: // `
        return this.token("quoted_identifier", at, this.quotedEnd(at, code, false));
      case 91: // [
        return sqlite ? this.token("quoted_identifier", at, this.bracketEnd(at)) : this.punctuation(at);
      case 45: // -
        return next === 45 && this.isLineComment(at) ? this.lineComment(at) : this.punctuation(at);
      case 35: // #
        return sqlite ? this.punctuation(at) : this.lineComment(at);
      case 47: // /
        return next === 42 ? this.blockComment(at) : this.punctuation(at);
      case 42: // *
        if (next !== 47 || !this.executable) return this.punctuation(at);
        this.closing = true;
        return this.token("executable_close", at, at + 2);
      case 46: // .
        // `.5` is a number, but not in `t.5`.
        return !touches && classOf[next] === DIGIT ? this.number(at) : this.punctuation(at);
      case 64: // @
        return this.variable(at, next === 64 ? at + 2 : at + 1);
      case 58: // :
      case 63: // ?
        return sqlite ? this.variable(at, at + 1) : this.punctuation(at);
      default:
        return this.punctuation(at);
    }
  }

  private punctuation(at: number): true {
    return this.token("punctuation", at, at + 1);
  }

  private variable(start: number, name: number): true {
    const code = this.text.charCodeAt(name);
    if (!this.sqlite && (code === 39 || code === 34 || code === 96)) {
      return this.token("variable", start, this.quotedEnd(name, code, code !== 96));
    }
    const end = this.untilDelimiter(start, this.wordEnd(name));
    const alone = end === start + 1 && this.text.charCodeAt(start) !== 63;
    return this.token(alone ? "punctuation" : "variable", start, end);
  }

  /** The end of a quoted token; a doubled quote is one quote of its content. */
  private quotedEnd(start: number, quote: number, backslash: boolean): number {
    const { text } = this;
    const { length } = text;
    if (!backslash) return this.quotedEndOf(start, String.fromCharCode(quote));
    for (let at = start + 1; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        if (text.charCodeAt(at + 1) !== quote) return at + 1;
        at++;
      } else if (code === 92) at++;
    }
    this.unterminated = true;
    return length;
  }

  /** Where nothing but the quote counts, it is searched for, which is quicker than looking at each character. */
  private quotedEndOf(start: number, quote: string): number {
    const { text } = this;
    for (let at = text.indexOf(quote, start + 1); at !== -1; at = text.indexOf(quote, at + 2))
      if (text[at + 1] !== quote) return at + 1;
    this.unterminated = true;
    return text.length;
  }

  private bracketEnd(start: number): number {
    const close = this.text.indexOf("]", start);
    this.unterminated = close === -1;
    return close === -1 ? this.text.length : close + 1;
  }

  /** MySQL 9 writes the body of a JavaScript routine as `AS $$ … $$` or `AS $tag$ … $tag$`. */
  private dollarQuotedEnd(start: number): number {
    dollarTag.lastIndex = start;
    const tag = dollarTag.exec(this.text)?.[0];
    if (tag === undefined) return -1;
    const close = this.text.indexOf(tag, start + tag.length);
    this.unterminated = close === -1;
    return close === -1 ? this.text.length : close + tag.length;
  }

  private isLineComment(at: number): boolean {
    if (this.sqlite) return true;
    // MySQL wants white space or a control character behind `--`; charCodeAt is NaN at the end of the text.
    const code = this.text.charCodeAt(at + 2);
    if (!(code > 32) || code === 127) return true;
    marker.lastIndex = at;
    return this.markers && marker.test(this.text);
  }

  /** Makes a line comment of the current token and all that follows it on its line. */
  toLineEnd(): void {
    this.lineComment(this.start);
  }

  private lineComment(start: number): true {
    const newline = this.text.indexOf("\n", start);
    return this.token("line_comment", start, newline === -1 ? this.text.length : newline);
  }

  private blockComment(start: number): true {
    const { text } = this;
    if (!this.sqlite) {
      const mark = executableMark(text, start, this.dialect);
      if (mark > 0) {
        if (!this.executable) this.executableStart = start;
        this.executable = true;
        return this.token("executable_open", start, start + mark);
      }
      if (mark < 0) return this.skippedComment(start);
    }
    const close = text.indexOf("*/", start + 2);
    // SQLite takes a comment that is never closed as one to the end of the text.
    this.unterminated = close === -1 && !this.sqlite;
    return this.token("block_comment", start, close === -1 ? text.length : close + 2);
  }

  /** In an executable comment that is not for this server, comments nest once. */
  private skippedComment(start: number): true {
    const { text } = this;
    let from = start + 2;
    for (;;) {
      const close = text.indexOf("*/", from);
      const inner = text.indexOf("/*", from);
      if (close === -1) {
        this.unterminated = true;
        return this.token("block_comment", start, text.length);
      }
      if (inner === -1 || inner > close) return this.token("block_comment", start, close + 2);
      const innerClose = text.indexOf("*/", inner + 2);
      from = innerClose === -1 ? text.length : innerClose + 2;
    }
  }
}

function isLiteralPrefix(code: number, sqlite: boolean): boolean {
  const letter = code | 32;
  return letter === 120 || (!sqlite && (letter === 98 || letter === 110));
}

/**
 * The length of the mark that opens an executable comment (`/*!`, `/*!50000`, in MariaDB also `/*M!100100`), 0 for a
 * plain comment, and -1 for one whose version the servers of this dialect pass over. Which server it will be is not
 * known here, so what a newer one may execute counts as code.
 */
function executableMark(text: string, start: number, dialect: Dialect): number {
  const mariadb = dialect === "mariadb";
  const own = mariadb && text.startsWith("M!", start + 2);
  const length = text.startsWith("!", start + 2) ? 3 : own ? 4 : 0;
  if (length === 0) return 0;
  const from = start + length;
  let digits = 0;
  while (digits < 6 && classOf[text.charCodeAt(from + digits)] === DIGIT) digits++;
  if (digits < 5) return length;
  // MySQL takes a sixth digit for one of the version only before white space.
  if (!mariadb && digits === 6 && classOf[text.charCodeAt(from + 6)] !== SPACE) digits = 5;
  const version = Number(text.slice(from, from + digits));
  return isPassedOver(version, dialect, own) ? -1 : length + digits;
}

/**
 * Versions from 50700 to 99999 are MySQL's, and MariaDB executes them only in comments of its own; from 100000 on they
 * are MariaDB's. 99999 and 999999 stand for never. Observed on MySQL 9.7 and MariaDB 10.11.
 */
function isPassedOver(version: number, dialect: Dialect, own: boolean): boolean {
  if (dialect === "mysql") return version >= 99_999;
  return version === 999_999 || (!own && version >= 50_700 && version <= 99_999);
}
