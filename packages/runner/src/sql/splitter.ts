import { SurefootError } from "../error.ts";
import type { SourceStatement } from "../files/migration.ts";
import { BodyTracker } from "./body.ts";
import type { OpenBlock } from "./body.ts";
import type { Dialect } from "./dialect.ts";
import { Lexer } from "./lexer.ts";
import type { TokenKind } from "./lexer.ts";
import { ByteCounter, LineCounter, pointAt } from "./place.ts";
import type { Point } from "./place.ts";
import { rowsRunAt } from "./rows-run.ts";

/** A comment between statements or inside an unfinished one, with its marks. Those inside of bodies are not told. */
export interface SourceComment extends Point {
  readonly kind: "line_comment" | "block_comment";
  readonly text: string;
  /** Where the statement begins that this comment stands in, or null between statements. */
  readonly inside: Point | null;
}

/** `ended` is false when the text ended before a delimiter came. */
export type SplitEvent =
  | { readonly type: "statement"; readonly statement: SourceStatement; readonly ended: boolean }
  | { readonly type: "comment"; readonly comment: SourceComment }
  | { readonly type: "problem"; readonly point: Point; readonly message: string };

/** A statement with its place in the UTF-8 form of the text, a byte order mark included. */
export interface Piece extends SourceStatement {
  readonly byteOffset: number;
}

/**
 * The statements of a text. A piece that holds only comments is none; a lone executable comment is one.
 * @throws MIGRATION_FILE_INVALID when a string, a comment or a body is not closed, or DELIMITER is misused.
 */
export function split(text: string, dialect: Dialect): Piece[] {
  const splitter = new Splitter(text, dialect);
  const bytes = new ByteCounter(text);
  const statements: Piece[] = [];
  for (let event = splitter.next(); event !== null; event = splitter.next()) {
    if (event.type === "statement") {
      const { sql, offset, line, column } = event.statement;
      statements.push({ sql, offset, byteOffset: bytes.offsetOf(offset), line, column });
    } else if (event.type === "problem") {
      const { line, column } = event.point;
      throw new SurefootError("MIGRATION_FILE_INVALID", `line ${line}, column ${column}: ${event.message}`);
    }
  }
  return statements;
}

/**
 * Splits a text in one pass, event by event, so that the reader of a file can act on a comment before the rest is
 * read. DELIMITER is obeyed as the command-line clients of MySQL and MariaDB do, where a statement may begin. A
 * semicolon inside an executable comment ends nothing: the server gets such a comment whole.
 */
export class Splitter {
  private readonly text: string;
  private readonly dialect: Dialect;
  private readonly lexer: Lexer;
  private readonly lines: LineCounter;
  private readonly body: BodyTracker;
  /** The first character of the statement that is being read, or null between statements. */
  private begin: Point | null = null;
  /** The end of its last token so far. */
  private end = 0;
  /** No run of rows begins before this offset. */
  private noRunBefore = 0;
  /** The first NUL byte that matters and may not have been passed yet, or -1. */
  private nul: number;

  constructor(text: string, dialect: Dialect) {
    this.text = text;
    this.dialect = dialect;
    this.lexer = new Lexer(text, dialect);
    this.lexer.markers = true;
    this.lexer.end = text.startsWith("\uFEFF") ? 1 : 0;
    this.lines = new LineCounter(text);
    this.body = new BodyTracker(dialect);
    this.nul = dialect === "sqlite" ? text.indexOf("\0") : -1;
  }

  /** The next event, or null at the end of the text. After a problem nothing that follows can be trusted. */
  next(): SplitEvent | null {
    const { lexer, body } = this;
    while (lexer.next()) {
      if (lexer.unterminated) return this.problem(lexer.start, unclosed(lexer.kind));
      switch (lexer.kind) {
        case "line_comment":
        case "block_comment":
          if (!lexer.executable && body.open === null) return this.comment();
          continue;
        case "executable_open":
        case "executable_close":
          this.extend();
          continue;
        case "delimiter":
          if (lexer.executable) this.extend();
          else if (this.begin === null) body.reset();
          else return this.finish(true);
          continue;
        case "punctuation":
          if (this.text.charCodeAt(lexer.start) === 59) {
            if (this.begin === null) continue;
            if (this.endsHere()) return this.finish(true);
          } else if (this.begin === null && this.isDashes()) {
            lexer.toLineEnd();
            return this.comment();
          }
          break;
        case "word":
          if (this.begin === null && this.dialect !== "sqlite" && lexer.is("DELIMITER")) {
            const problem = this.changeDelimiter();
            if (problem !== null) return problem;
            continue;
          }
          break;
        case "number":
        case "string":
        case "quoted_identifier":
        case "variable":
          break;
      }
      body.feed(lexer);
      this.extend();
    }
    return this.atEndOfText();
  }

  /**
   * The run of INSERTs that begins here, as one text without its last delimiter; null when there is none. SQLite takes
   * several statements in one call.
   */
  takeRun(): (SourceStatement & { readonly count: number }) | null {
    const { lexer, text } = this;
    const isBetween = this.begin === null && lexer.delimiter === "" && lexer.end >= this.noRunBefore;
    if (this.dialect !== "sqlite" || !isBetween) return null;
    const run = rowsRunAt(text, lexer.end);
    if (run.start === null) {
      this.noRunBefore = run.end;
      return null;
    }
    lexer.end = run.end;
    return { sql: text.slice(run.start, run.end - 1), ...this.lines.pointAt(run.start), count: run.count };
  }

  /**
   * Ends the statement that is being read, as the section directives do, and goes back to `;` as the delimiter.
   * Returns the statement, or null when none was begun.
   */
  cut(): SourceStatement | null {
    this.lexer.delimiter = "";
    return this.begin === null ? null : this.take(this.begin);
  }

  /**
   * Whether `--` stands here without white space behind it. Where a statement may begin, the clients of MySQL and
   * MariaDB take that for a comment as well: `--- like this`.
   */
  private isDashes(): boolean {
    return this.dialect !== "sqlite" && this.text.startsWith("--", this.lexer.start);
  }

  /** Whether a semicolon ends the statement here. */
  private endsHere(): boolean {
    return this.lexer.delimiter === "" && !this.lexer.executable && this.body.open === null;
  }

  private extend(): void {
    if (this.begin === null) this.begin = this.lines.pointAt(this.lexer.start);
    this.end = this.lexer.end;
  }

  private finish(ended: boolean): SplitEvent | null {
    if (this.begin === null) return null;
    return this.strayNul(this.end) ?? { type: "statement", statement: this.take(this.begin), ended };
  }

  private take(begin: Point): SourceStatement {
    this.begin = null;
    this.body.reset();
    return { sql: this.text.slice(begin.offset, this.end), ...begin };
  }

  private comment(): SplitEvent {
    const { start, end } = this.lexer;
    const kind = this.lexer.kind === "line_comment" ? "line_comment" : "block_comment";
    const stray = this.strayNul(start);
    if (stray !== null) return stray;
    const point = this.lines.pointAt(start);
    return { type: "comment", comment: { kind, text: this.text.slice(start, end), inside: this.begin, ...point } };
  }

  /** SQLite reads a statement up to a NUL byte and silently drops the rest of it. */
  private strayNul(end: number): SplitEvent | null {
    if (this.nul === -1 || this.begin === null) return null;
    this.nul = this.text.indexOf("\0", this.begin.offset);
    if (this.nul === -1 || this.nul >= end) return null;
    return this.problem(
      this.nul,
      "A NUL byte stands here, and SQLite would drop what follows it in the statement. Take it out.",
    );
  }

  private problem(offset: number, message: string): SplitEvent {
    return { type: "problem", point: pointAt(this.text, offset), message };
  }

  private atEndOfText(): SplitEvent | null {
    const { lexer, body } = this;
    if (lexer.executable) return this.problem(lexer.executableStart, unclosed("executable_open"));
    if (body.open !== null) return this.problem(body.open.offset, unclosedBlock(body.open));
    return this.finish(false);
  }

  /** Obeys `DELIMITER $$`: the delimiter is the next word on the line, or what stands there in quotes. */
  private changeDelimiter(): SplitEvent | null {
    const { lexer, text } = this;
    const newline = text.indexOf("\n", lexer.end);
    const lineEnd = newline === -1 ? text.length : newline;
    const line = text.slice(lexer.end, lineEnd);
    const [, blank = "", argument = "", rest = ""] = /^(\s*)('[^']*'|"[^"]*"|`[^`]*`|\S*)\s*(.*)$/s.exec(line) ?? [];
    const delimiter = /^['"`]./.test(argument) ? argument.slice(1, -1) : argument;
    if (blank === "" || delimiter === "" || delimiter.includes("\\")) {
      return this.problem(lexer.start, "DELIMITER needs the new delimiter behind it, as in `DELIMITER $$`.");
    }
    if (rest !== "" && !/^(?:--(?:\s|$)|#|\/\*(?![!M]).*\*\/\s*$)/.test(rest)) {
      const what = `Behind \`DELIMITER ${delimiter}\` stands more text, which the clients of MySQL and MariaDB skip.`;
      return this.problem(
        lexer.end + line.indexOf(rest, blank.length + argument.length),
        `${what} Put it on a line of its own.`,
      );
    }
    lexer.delimiter = delimiter === ";" ? "" : delimiter;
    lexer.end = lineEnd;
    return null;
  }
}

function unclosed(kind: TokenKind): string {
  const wanted: Partial<Record<TokenKind, string>> = {
    string: "The string that begins here is never closed: its closing quote is missing.",
    variable: "The quoted name that begins here is never closed: its closing quote is missing.",
    quoted_identifier: "The quoted name that begins here is never closed: its closing quote is missing.",
    block_comment: "The comment that begins here is never closed: `*/` is missing.",
    executable_open: "The executable comment that begins here is never closed: `*/` is missing.",
  };
  return wanted[kind] ?? "What begins here is never closed.";
}

function unclosedBlock({ type }: OpenBlock): string {
  const word =
    { until: "REPEAT", case_expression: "CASE", declare: "declaration" }[type as string] ?? type.toUpperCase();
  return `The body is not finished: the ${word} here has no END. Close it, as in \`END;\`; until then everything below belongs to the body, directives included.`;
}
