import type { Dialect } from "./dialect.ts";
import type { Lexer } from "./lexer.ts";

/**
 * A semicolon ends a statement, but not inside the body of a trigger, procedure, function, event or package. Where a
 * body begins and ends cannot be told from BEGIN and END alone: BEGIN also starts a transaction, IF and REPEAT are
 * also functions, CASE is also an expression, and BEGIN and END are legal names of columns. What tells them apart is
 * whether a statement may begin at the word. So this follows where statements begin, and nothing else of the grammar.
 */

type BlockType =
  | "begin"
  | "declare"
  | "package"
  | "if"
  | "loop"
  | "while"
  | "for"
  | "repeat"
  | "until"
  | "case"
  | "case_expression";

/** A block that waits for its END; `offset` is that of the word that opened it. */
export interface OpenBlock {
  readonly type: BlockType;
  readonly offset: number;
}

/**
 * How much of a statement was read: nothing · what can have no body · SET, or SET STATEMENT up to FOR · one word that may be a label · BEGIN outside a
 * body · up to the kind of object · up to EACH ROW · up to DO · up to the parameters · what stands between the
 * parameters and the body · a function's RETURN · the body.
 */
type Phase =
  | "first"
  | "plain"
  | "set"
  | "label"
  | "begin"
  | "create"
  | "alter"
  | "trigger"
  | "event"
  | "routine"
  | "procedure"
  | "function"
  | "returning"
  | "body";

const openers: ReadonlyMap<string, BlockType> = new Map([
  ["BEGIN", "begin"],
  ["IF", "if"],
  ["CASE", "case"],
  ["LOOP", "loop"],
  ["WHILE", "while"],
  ["FOR", "for"],
  ["REPEAT", "repeat"],
]);

const beforeObject = new Set(["OR", "REPLACE", "AGGREGATE", "DEFINER", "TEMP", "TEMPORARY"]);

/** What may stand between the parameters of a procedure and its body. */
const characteristics = new Set(
  "COMMENT LANGUAGE SQL NOT DETERMINISTIC CONTAINS NO READS MODIFIES DATA SECURITY DEFINER INVOKER USING".split(" "),
);

/** Behind these, `BEGIN` in the head of a SQLite trigger is a name. */
const beforeName = new Set(["TRIGGER", "EXISTS", "ON", "OF", ",", "."]);

/** SQLite's EXPLAIN QUERY PLAN, before the statement that is explained. */
const beforeExplained = new Set(["EXPLAIN", "QUERY", "PLAN"]);

const handlerConditions = new Set(["SQLSTATE", "VALUE", "SQLWARNING", "SQLEXCEPTION", "NOT", "FOUND"]);

/** Follows one statement token by token and tells whether the next one still belongs to a body. */
export class BodyTracker {
  private readonly dialect: Dialect;
  private phase: Phase = "first";
  private readonly blocks: OpenBlock[] = [];
  /** Whether a statement may begin at the next token. */
  private atStart = false;
  /** The last token, in capitals; empty when it was neither a word nor a punctuation mark. */
  private previous = "";
  /** The next token is a name, whatever it looks like. */
  private skipNext = false;
  private parentheses = 0;
  private beginOffset = 0;
  private routine: "procedure" | "function" = "procedure";
  private handler: "none" | "declare" | "handler" | "conditions" = "none";
  /** Inside a package, between the word PROCEDURE or FUNCTION and the body. */
  private inSubprogram = false;
  /** The last token was a word at which a statement may begin: a colon makes it a label. */
  private mayBeLabel = false;
  /** Inside `<<label>>`, as Oracle's mode writes it. */
  private inAngles = false;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  /** The innermost block that is open, or null outside of bodies. */
  get open(): OpenBlock | null {
    return this.blocks.at(-1) ?? null;
  }

  /** Makes ready for the first token of a statement. */
  reset(): void {
    this.phase = "first";
    this.blocks.length = 0;
    this.atStart = false;
    this.previous = "";
    this.skipNext = false;
    this.parentheses = 0;
    this.handler = "none";
    this.inSubprogram = false;
    this.mayBeLabel = false;
    this.inAngles = false;
  }

  /** Takes the lexer's current token, which must be code. */
  feed(lexer: Lexer): void {
    if (this.phase === "plain") return;
    if (this.skipNext) {
      this.skipNext = false;
      this.previous = "";
    } else if (lexer.kind === "word") {
      const word = lexer.text.slice(lexer.start, lexer.end).toUpperCase();
      this.word(word, lexer.start);
      this.previous = word;
    } else if (lexer.kind === "punctuation") {
      const mark = lexer.text[lexer.start]!;
      this.mark(mark, lexer.text[lexer.end] ?? "");
      this.previous = mark;
    } else {
      this.literal();
      this.previous = "";
    }
  }

  private word(word: string, offset: number): void {
    switch (this.phase) {
      case "plain":
        return;
      case "first":
        return this.firstWord(word, offset);
      case "label":
        this.phase = "plain";
        return;
      case "set":
        // MariaDB's SET STATEMENT variable = value, … FOR another statement.
        if (this.previous === "SET" && word !== "STATEMENT") this.phase = "plain";
        else if (word === "FOR" && this.parentheses === 0) this.phase = "first";
        return;
      case "begin":
        // Only BEGIN NOT ATOMIC is a block: BEGIN alone and BEGIN WORK start a transaction.
        if (word !== "NOT") this.phase = "plain";
        else this.enterBody("begin", this.beginOffset);
        return;
      case "create":
      case "alter":
        return this.object(word, offset);
      case "trigger":
        if (this.dialect !== "sqlite") {
          if (word === "ROW" && this.previous === "EACH") this.enterBody();
        } else if (word === "BEGIN" && !beforeName.has(this.previous)) this.enterBody("begin", offset);
        return;
      case "event":
        if (word === "DO") this.enterBody();
        return;
      case "routine":
        if (this.parentheses === 0) this.declarations(word, offset);
        return;
      case "procedure":
        if (this.parentheses > 0 || this.declarations(word, offset)) return;
        if (word === "LANGUAGE") this.skipNext = true;
        else if (!characteristics.has(word) && word !== "AS") {
          this.enterBody();
          this.bodyWord(word, offset);
        }
        return;
      case "function":
        if (this.parentheses > 0 || this.declarations(word, offset)) return;
        if (word === "RETURN") this.phase = "returning";
        else if (openers.has(word)) {
          this.enterBody();
          this.bodyWord(word, offset);
        }
        return;
      case "returning":
        // Oracle's mode names the type with RETURN: FUNCTION f RETURN INT AS BEGIN …
        if (word === "AS" && this.parentheses === 0) this.declarations(word, offset);
        return;
      case "body":
        return this.dialect === "sqlite" ? this.sqliteBodyWord(word) : this.bodyWord(word, offset);
      default:
        return assertNever(this.phase);
    }
  }

  private firstWord(word: string, offset: number): void {
    this.phase = "plain";
    if (word === "CREATE") this.phase = "create";
    else if (this.dialect === "sqlite") {
      if (beforeExplained.has(word)) this.phase = "first";
    } else if (word === "ALTER") this.phase = "alter";
    else if (this.dialect === "mysql") return;
    else if (word === "SET") this.phase = "set";
    // MariaDB takes compound statements outside of stored programs as well.
    else if (word === "BEGIN") {
      this.phase = "begin";
      this.beginOffset = offset;
    } else if (word === "DECLARE") this.enterBody("declare", offset);
    else if (openers.has(word)) {
      this.enterBody();
      this.bodyWord(word, offset);
    } else this.phase = "label";
  }

  /** Between CREATE or ALTER and the kind of object. */
  private object(word: string, offset: number): void {
    if (this.previous === "." || beforeObject.has(word)) return;
    const { phase, dialect } = this;
    this.phase = "plain";
    if (phase === "alter") {
      if (word === "EVENT") this.phase = "event";
    } else if (word === "TRIGGER") this.phase = "trigger";
    else if (dialect === "sqlite") return;
    else if (word === "EVENT") this.phase = "event";
    else if (word === "PROCEDURE" || word === "FUNCTION") {
      this.phase = "routine";
      this.routine = word === "PROCEDURE" ? "procedure" : "function";
    } else if (word === "PACKAGE" && dialect === "mariadb") {
      this.enterBody("package", offset);
      this.atStart = false;
    }
  }

  /** In Oracle's mode, AS or IS opens the declarations that stand before BEGIN. */
  private declarations(word: string, offset: number): boolean {
    if (this.dialect !== "mariadb" || (word !== "AS" && word !== "IS")) return false;
    this.enterBody("declare", offset);
    return true;
  }

  /** In SQLite only statements stand in a body, and none begins with END. */
  private sqliteBodyWord(word: string): void {
    if (word === "END" && this.atStart) this.blocks.pop();
    this.atStart = false;
  }

  private bodyWord(word: string, offset: number): void {
    const wasStart = this.atStart;
    const top = this.open?.type;
    if (this.previous === ".") {
      this.atStart = false;
      return;
    }
    if (this.handler === "conditions") {
      const condition = handlerConditions.has(word) || this.previous === "FOR" || this.previous === ",";
      if (condition) return;
      this.handler = "none";
    }
    this.atStart = false;
    this.mayBeLabel = wasStart;
    switch (word) {
      case "BEGIN":
        if (wasStart && (top === "declare" || top === "package")) this.blocks.pop();
        else if (!wasStart && !this.inSubprogram) return;
        this.push("begin", offset);
        this.inSubprogram = false;
        this.atStart = true;
        return;
      case "NOT":
      case "ATOMIC":
        this.atStart = wasStart && (this.previous === "BEGIN" || this.previous === "NOT");
        return;
      case "IF":
      case "WHILE":
      case "FOR":
        if (wasStart) this.push(word === "IF" ? "if" : word === "FOR" ? "for" : "while", offset);
        else if (word === "FOR" && this.handler === "handler") {
          this.handler = "conditions";
          this.atStart = true;
        }
        return;
      case "LOOP":
        if (wasStart) this.push("loop", offset);
        // Oracle's mode: WHILE … LOOP and FOR … LOOP. Behind END it only names what ended.
        this.atStart = this.previous !== "END" && (wasStart || top === "while" || top === "for");
        return;
      case "REPEAT":
        if (wasStart) this.push("repeat", offset);
        this.atStart = wasStart;
        return;
      case "UNTIL":
        if (wasStart && top === "repeat") {
          this.blocks.pop();
          this.push("until", offset);
        }
        return;
      case "CASE":
        if (this.previous !== "END") this.push(wasStart ? "case" : "case_expression", offset);
        return;
      case "END":
        // Elsewhere END is a name.
        if (wasStart || top === "case_expression" || top === "until") this.blocks.pop();
        return;
      case "THEN":
      case "ELSE":
        this.atStart = top !== "case_expression";
        return;
      case "DO":
        this.atStart = !wasStart && (top === "while" || top === "for");
        return;
      case "DECLARE":
        if (wasStart) this.handler = "declare";
        return;
      case "HANDLER":
        if (this.handler === "declare") this.handler = "handler";
        return;
      case "FOLLOWS":
      case "PRECEDES":
        // FOR EACH ROW FOLLOWS other_trigger: the body comes behind the name.
        if (wasStart && top === undefined) {
          this.skipNext = true;
          this.atStart = true;
        }
        return;
      case "PROCEDURE":
      case "FUNCTION":
        if (top === "package") this.inSubprogram = true;
        return;
      case "AS":
      case "IS":
        if (top !== "package") return;
        if (this.inSubprogram) this.push("declare", offset);
        this.inSubprogram = false;
        this.atStart = true;
        return;
    }
  }

  private mark(mark: string, next: string): void {
    switch (this.phase) {
      case "first":
        this.phase = "plain";
        if (this.dialect !== "mariadb" || mark !== "<" || next !== "<") return;
        this.enterBody();
        this.inAngles = true;
        return;
      case "label":
        this.phase = "plain";
        if (mark === ":" && next !== "=") this.enterBody();
        return;
      case "begin":
        this.phase = "plain";
        return;
      case "create":
      case "alter":
        // DEFINER = user @ host
        this.skipNext = mark === "=" || mark === "@";
        return;
      case "set":
      case "routine":
      case "procedure":
      case "function":
      case "returning":
        if (mark === "(") this.parentheses++;
        else if (mark === ")" && --this.parentheses === 0 && this.phase === "routine") this.phase = this.routine;
        return;
      case "body":
        return this.bodyMark(mark, next);
      case "plain":
      case "trigger":
      case "event":
        return;
      default:
        return assertNever(this.phase);
    }
  }

  private bodyMark(mark: string, next: string): void {
    const wasStart = this.atStart;
    const { mayBeLabel } = this;
    this.atStart = this.handler === "conditions";
    this.mayBeLabel = false;
    if (mark === ";") {
      if (this.blocks.length === 0) return this.reset();
      this.atStart = true;
      this.handler = "none";
      this.inSubprogram = false;
    } else if (mark === ":" && next !== "=" && mayBeLabel) {
      this.atStart = true;
    } else if (mark === "<" && wasStart) {
      this.inAngles = true;
    } else if (mark === ">" && this.inAngles && next !== ">") {
      this.inAngles = false;
      this.atStart = true;
    }
  }

  /** A string, a number, a quoted name or a variable. */
  private literal(): void {
    if (this.phase === "first" || this.phase === "begin" || this.phase === "label") this.phase = "plain";
    else if (this.phase === "body") {
      // A label may be quoted: `again`: LOOP.
      this.mayBeLabel = this.atStart && this.handler !== "conditions";
      this.atStart = this.handler === "conditions";
    }
  }

  /** The rest is a body: a block of its own, or a single statement that begins at the next token. */
  private enterBody(type?: BlockType, offset = 0): void {
    this.phase = "body";
    this.atStart = true;
    if (type !== undefined) this.push(type, offset);
  }

  private push(type: BlockType, offset: number): void {
    this.blocks.push({ type, offset });
  }
}

function assertNever(value: never): never {
  throw new Error(`This phase should not exist: ${JSON.stringify(value)}`);
}
