/**
 * Reads a SQLite statement as far as the runner needs: what it is, what it touches, whether it can run in a
 * transaction, what it destroys. What it can't read it calls `other`, the most careful kind.
 */
import type { Token } from "../sql/lexer.ts";
import { tokens } from "../sql/lexer.ts";

type StatementKind =
  /** CREATE, ALTER, DROP of tables, indexes, views and triggers. */
  | "ddl"
  /** INSERT, UPDATE, DELETE, REPLACE. */
  | "dml"
  /** SELECT, VALUES, EXPLAIN. */
  | "reading"
  /** BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE. */
  | "transaction_control"
  /** Settings and objects of this connection only. */
  | "session"
  /** Settings stored in the file's header, which take part in transactions. */
  | "header"
  /** VACUUM and the like: not in a transaction, no effect on schema or rows. */
  | "upkeep"
  | "other";

export interface SqliteStatement {
  readonly kind: StatementKind;
  /** `kind:name` in lower case: what the statement creates, alters, drops or writes to. */
  readonly objects: readonly string[];
  /** SQLite refuses it inside a transaction, or ignores it there. */
  readonly outsideTransaction: boolean;
  readonly drops: { readonly kind: "table" | "index" | "view" | "trigger"; readonly name: string } | null;
  readonly dropsColumn: { readonly table: string; readonly column: string } | null;
  /** `PRAGMA foreign_keys = …` */
  readonly foreignKeys: "on" | "off" | null;
  /** IF EXISTS or IF NOT EXISTS: it may change nothing. */
  readonly conditional: boolean;
  /** What it makes, as `kind:name`; null as well for IF NOT EXISTS, which may find it there. */
  readonly creates: string | null;
  /** A table or column that begins empty with this statement: `table:t` or `column:t.c`. */
  readonly makes: string | null;
  /** What it makes in the connection's own schema, as `kind:name`. */
  readonly temporary: string | null;
  /** It names an object of another database file. */
  readonly elsewhere: boolean;
  /** It names a table of Surefoot's own. */
  readonly touchesJournal: boolean;
  /** The table that `CREATE TABLE … AS SELECT` fills. */
  readonly fills: string | null;
  readonly deletesRows: boolean;
}

const transactionWords = new Set(["begin", "commit", "end", "rollback", "savepoint", "release"]);
/** Kept in the file, and seen in the picture. */
const headerPragmas = new Set(["user_version", "application_id", "journal_mode"]);
/** Kept in the file, and neither schema nor rows. */
const layoutPragmas = new Set(["auto_vacuum", "page_size", "encoding", "incremental_vacuum", "wal_checkpoint"]);
/** In a transaction SQLite ignores them or answers with an error. Source: measured, docs/databases.md. */
const outsidePragmas = new Set([
  "journal_mode",
  "foreign_keys",
  "synchronous",
  "wal_checkpoint",
  "auto_vacuum",
  "page_size",
  "encoding",
  "incremental_vacuum",
]);

const plain: SqliteStatement = {
  kind: "other",
  objects: [],
  outsideTransaction: false,
  drops: null,
  dropsColumn: null,
  foreignKeys: null,
  conditional: false,
  creates: null,
  makes: null,
  temporary: null,
  elsewhere: false,
  touchesJournal: false,
  fills: null,
  deletesRows: false,
};

/** Surefoot's own objects; a migration may not name them, and fingerprints leave them out. */
export const ownNames: ReadonlySet<string> = new Set([
  "surefoot_journal",
  "surefoot_journal_applied",
  "surefoot_lease",
]);

/** A statement is asked about several times on its way: when it is classed, before it is sent, and when it runs. */
const known = new Map<string, SqliteStatement>();
const knownCountMax = 2_000;
const knownLengthMax = 2_000;

export function readStatement(sql: string): SqliteStatement {
  const found = known.get(sql);
  if (found !== undefined) return found;
  const statement = readAfresh(sql);
  if (sql.length > knownLengthMax) return statement;
  if (known.size >= knownCountMax) known.clear();
  known.set(sql, statement);
  return statement;
}

function readAfresh(sql: string): SqliteStatement {
  const list = tokens(sql, "sqlite");
  const cursor = new Cursor(list);
  const statement = read(cursor);
  const named =
    /surefoot_/i.test(sql) &&
    list.some(
      ({ kind, text }) =>
        (kind === "word" || kind === "quoted_identifier" || kind === "string") &&
        ownNames.has(unquoted(text).toLowerCase()),
    );
  return { ...statement, elsewhere: cursor.elsewhere, touchesJournal: named && statement.kind !== "reading" };
}

function read(cursor: Cursor): SqliteStatement {
  const verb = cursor.word();
  if (transactionWords.has(verb)) return { ...plain, kind: "transaction_control" };
  switch (verb) {
    case "create":
      return readCreate(cursor);
    case "drop":
      return readDrop(cursor);
    case "alter":
      return readAlter(cursor);
    case "insert":
    case "replace": {
      const overwrites = verb === "replace" || cursor.acceptAll("or", "replace");
      if (verb === "insert" && !overwrites && cursor.accept("or")) cursor.word();
      cursor.accept("into");
      return { ...plain, kind: "dml", objects: [table(cursor.name())], deletesRows: overwrites };
    }
    case "update": {
      if (cursor.accept("or")) cursor.word();
      return { ...plain, kind: "dml", objects: [table(cursor.name())], deletesRows: true };
    }
    case "delete": {
      cursor.accept("from");
      return { ...plain, kind: "dml", objects: [table(cursor.name())], deletesRows: true };
    }
    case "with":
      return readWith(cursor);
    case "select":
    case "values":
    case "explain":
      return { ...plain, kind: "reading" };
    case "pragma":
      return readPragma(cursor);
    case "vacuum":
      return { ...plain, kind: "upkeep", outsideTransaction: true };
    case "analyze":
    case "reindex":
      return { ...plain, kind: "upkeep" };
    case "attach":
    case "detach":
      return { ...plain, kind: "session", outsideTransaction: true };
    default:
      return plain;
  }
}

function readCreate(cursor: Cursor): SqliteStatement {
  const temporary = cursor.accept("temp") || cursor.accept("temporary");
  cursor.accept("unique");
  cursor.accept("virtual");
  const kind = cursor.word();
  if (kind !== "table" && kind !== "index" && kind !== "view" && kind !== "trigger") return plain;
  const mayExist = cursor.acceptAll("if", "not", "exists");
  const name = cursor.name();
  if (temporary || cursor.temporary) return { ...plain, kind: "session", temporary: `${kind}:${name}` };
  const objects = [`${kind}:${name}`];
  if (kind === "index" && cursor.accept("on")) objects.push(table(cursor.name()));
  const fills = kind === "table" && cursor.accept("as") ? name : null;
  const made = `${kind}:${name}`;
  return {
    ...plain,
    kind: "ddl",
    objects,
    conditional: mayExist,
    creates: mayExist ? null : made,
    makes: kind === "table" && !mayExist ? made : null,
    fills,
  };
}

function readDrop(cursor: Cursor): SqliteStatement {
  const kind = cursor.word();
  if (kind !== "table" && kind !== "index" && kind !== "view" && kind !== "trigger") return plain;
  const conditional = cursor.acceptAll("if", "exists");
  const name = cursor.name();
  return { ...plain, kind: "ddl", objects: [`${kind}:${name}`], conditional, drops: { kind, name } };
}

function readAlter(cursor: Cursor): SqliteStatement {
  if (!cursor.accept("table")) return plain;
  const name = cursor.name();
  const objects = [table(name)];
  if (cursor.acceptAll("rename", "to")) objects.push(table(cursor.name()));
  if (cursor.accept("add")) {
    if (cursor.accept("constraint") || cursor.accept("check")) return { ...plain, kind: "ddl", objects };
    cursor.accept("column");
    return { ...plain, kind: "ddl", objects, makes: `column:${name}.${cursor.name()}` };
  }
  if (!cursor.accept("drop")) return { ...plain, kind: "ddl", objects };
  if (cursor.accept("constraint")) return { ...plain, kind: "ddl", objects };
  cursor.accept("column");
  return { ...plain, kind: "ddl", objects, dropsColumn: { table: name, column: cursor.name() } };
}

/** The verb of a statement with common table expressions is the first one outside their parentheses. */
function readWith(cursor: Cursor): SqliteStatement {
  for (let depth = 0; !cursor.atEnd; cursor.skip()) {
    if (cursor.isPunctuation("(")) depth++;
    if (cursor.isPunctuation(")")) depth--;
    if (depth > 0) continue;
    const verb = cursor.peekWord();
    if (verb === "select" || verb === "values") return { ...plain, kind: "reading" };
    if (verb === "insert" || verb === "replace" || verb === "update" || verb === "delete") {
      cursor.skip();
      if (cursor.accept("or")) cursor.word();
      if (!cursor.accept("into")) cursor.accept("from");
      const objects = [table(cursor.name())];
      return { ...plain, kind: "dml", objects, deletesRows: verb !== "insert" };
    }
  }
  return plain;
}

function readPragma(cursor: Cursor): SqliteStatement {
  const name = cursor.name();
  const value = cursor
    .rest()
    .replace(/^[\s=(]+|[\s)]+$/g, "")
    .toLowerCase();
  if (name === "foreign_keys") {
    const on = ["1", "on", "true", "yes"].includes(value);
    return {
      ...plain,
      kind: "session",
      outsideTransaction: true,
      foreignKeys: value === "" ? null : on ? "on" : "off",
    };
  }
  const outsideTransaction = outsidePragmas.has(name);
  if (headerPragmas.has(name))
    return value === ""
      ? { ...plain, kind: "reading" }
      : { ...plain, kind: "header", objects: [`pragma:${name}`], outsideTransaction };
  return { ...plain, kind: layoutPragmas.has(name) ? "upkeep" : "session", outsideTransaction };
}

function table(name: string): string {
  return `table:${name}`;
}

class Cursor {
  private readonly list: readonly Token[];
  private at = 0;
  /** A name was qualified with a schema that is neither `main` nor `temp`. */
  elsewhere = false;
  /** A name was qualified with `temp`. */
  temporary = false;

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
    return this.list[this.at]?.text === text;
  }

  skip(): void {
    this.at++;
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
    const token = this.list[this.at++];
    if (token === undefined) return "";
    if (this.isPunctuation(".")) {
      this.at++;
      const schema = unquoted(token.text).toLowerCase();
      if (schema === "temp") this.temporary = true;
      else if (schema !== "main") this.elsewhere = true;
      return this.name();
    }
    return unquoted(token.text).toLowerCase();
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
