/**
 * Reads a SQLite statement as far as the runner needs: what it is, what it touches, whether it can run in a
 * transaction, what it destroys. What it can't read it calls `other`, the most careful kind.
 */
import { firstOfRun } from "../sql/rows-run.ts";
import { tokens } from "../sql/lexer.ts";
import { Cursor, folded, unquoted } from "./cursor.ts";

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
  /** It drops a table, in whatever file; with foreign keys on, SQLite then deletes its rows one by one. */
  readonly dropsTable: boolean;
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
  /** What has another name afterwards: `table:t` or `column:t.c`. */
  readonly renames: string | null;
  /** The table that a change of schema or rows is about: for an index or a trigger, the one that it is on. */
  readonly target: string | null;
  /** A temporary object of the same name is not meant: the name is qualified, or a table or view is made. */
  readonly inMain: boolean;
  /** It names an object of another database file. */
  readonly elsewhere: boolean;
  /** It opens, closes or writes another file. */
  readonly opensFile: boolean;
  /** It names a table of Surefoot's own. */
  readonly touchesJournal: boolean;
  /** The table that `CREATE TABLE … AS SELECT` fills. */
  readonly fills: string | null;
  /** A query makes the rows that it writes, so its text doesn't tell how many they are. */
  readonly fromQuery: boolean;
  readonly deletesRows: boolean;
  /** It can fail because of rows that are there: UNIQUE, NOT NULL, CHECK. */
  readonly constrains: boolean;
}

const transactionWords = new Set(["begin", "commit", "end", "rollback", "savepoint", "release"]);
/** Kept in the file, and seen in the picture. */
const headerPragmas = new Set(["user_version", "application_id", "journal_mode"]);
/** Kept in the file, and neither schema nor rows. */
const layoutPragmas = new Set(["auto_vacuum", "page_size", "encoding", "incremental_vacuum", "wal_checkpoint"]);
/** What may follow common table expressions. */
const withVerbs = new Set(["select", "values", "insert", "replace", "update", "delete"]);
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
  dropsTable: false,
  dropsColumn: null,
  foreignKeys: null,
  conditional: false,
  creates: null,
  makes: null,
  temporary: null,
  target: null,
  inMain: false,
  renames: null,
  elsewhere: false,
  opensFile: false,
  touchesJournal: false,
  fills: null,
  fromQuery: false,
  deletesRows: false,
  constrains: false,
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

/** Of a run of INSERTs it says what is so of each of them. */
export function readStatement(whole: string): SqliteStatement {
  const sql = firstOfRun(whole) ?? whole;
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
        (kind === "word" || kind === "quoted_identifier" || kind === "string") && ownNames.has(folded(unquoted(text))),
    );
  const touchesJournal = named && statement.kind !== "reading";
  if (cursor.elsewhere) return { ...withoutNames(statement), elsewhere: true, touchesJournal };
  return {
    ...statement,
    target: statement.target ?? tableIn(statement.objects),
    inMain: statement.inMain || cursor.main,
    touchesJournal,
  };
}

/** What is in another file has none of the names of this one. */
function withoutNames(statement: SqliteStatement): SqliteStatement {
  const { kind, outsideTransaction, conditional, dropsTable, dropsColumn, deletesRows } = statement;
  const destroys = deletesRows || dropsTable || dropsColumn !== null;
  return { ...plain, kind, outsideTransaction, conditional, dropsTable, deletesRows: destroys };
}

function tableIn(objects: readonly string[]): string | null {
  const [found] = objects.flatMap((object) => (object.startsWith("table:") ? [object.slice(6)] : []));
  return found ?? null;
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
      const objects = [table(cursor.name())];
      return { ...plain, kind: "dml", objects, deletesRows: overwrites, fromQuery: cursor.holdsAny("select") };
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
      return cursor.skipCommonTables() && withVerbs.has(cursor.peekWord()) ? read(cursor) : plain;
    case "select":
    case "values":
    case "explain":
      return { ...plain, kind: "reading" };
    case "pragma":
      return readPragma(cursor);
    case "vacuum":
      return { ...plain, kind: "upkeep", outsideTransaction: true, opensFile: cursor.holdsAny("into") };
    case "analyze":
    case "reindex":
      return { ...plain, kind: "upkeep" };
    case "attach":
    case "detach":
      return { ...plain, kind: "session", outsideTransaction: true, opensFile: true };
    default:
      return plain;
  }
}

function readCreate(cursor: Cursor): SqliteStatement {
  const temporary = cursor.accept("temp") || cursor.accept("temporary");
  const constrains = cursor.accept("unique");
  cursor.accept("virtual");
  const kind = cursor.word();
  if (kind !== "table" && kind !== "index" && kind !== "view" && kind !== "trigger") return plain;
  const mayExist = cursor.acceptAll("if", "not", "exists");
  const name = cursor.name();
  if (temporary || cursor.temporary) return { ...plain, kind: "session", temporary: `${kind}:${name}` };
  const objects = [`${kind}:${name}`];
  const inMain = kind === "table" || kind === "view";
  let target: string | null = null;
  if (kind === "trigger" && cursor.skipTo("on")) target = cursor.name();
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
    target,
    inMain,
    fills,
    constrains,
  };
}

function readDrop(cursor: Cursor): SqliteStatement {
  const kind = cursor.word();
  if (kind !== "table" && kind !== "index" && kind !== "view" && kind !== "trigger") return plain;
  const conditional = cursor.acceptAll("if", "exists");
  const name = cursor.name();
  return {
    ...plain,
    kind: "ddl",
    objects: [`${kind}:${name}`],
    conditional,
    drops: { kind, name },
    dropsTable: kind === "table",
  };
}

function readAlter(cursor: Cursor): SqliteStatement {
  if (!cursor.accept("table")) return plain;
  const name = cursor.name();
  const objects = [table(name)];
  if (cursor.acceptAll("rename", "to")) {
    // A new spelling of a name is the same object.
    const both = [...new Set([...objects, table(cursor.name())])];
    return { ...plain, kind: "ddl", objects: both, renames: table(name) };
  }
  if (cursor.accept("rename")) {
    cursor.accept("column");
    return { ...plain, kind: "ddl", objects, renames: `column:${name}.${cursor.name()}` };
  }
  if (cursor.accept("add")) {
    if (cursor.accept("constraint") || cursor.accept("check"))
      return { ...plain, kind: "ddl", objects, constrains: true };
    cursor.accept("column");
    return { ...plain, kind: "ddl", objects, makes: `column:${name}.${cursor.name()}` };
  }
  // ALTER COLUMN: it may set NOT NULL.
  if (!cursor.accept("drop")) return { ...plain, kind: "ddl", objects, constrains: true };
  if (cursor.accept("constraint")) return { ...plain, kind: "ddl", objects };
  cursor.accept("column");
  return { ...plain, kind: "ddl", objects, dropsColumn: { table: name, column: cursor.name() } };
}

function readPragma(cursor: Cursor): SqliteStatement {
  const name = cursor.name();
  const value = cursor
    .rest()
    .replace(/^[\s=(]+|[\s)]+$/g, "")
    .toLowerCase();
  const acts = name === "incremental_vacuum" || name === "wal_checkpoint";
  const outsideTransaction = outsidePragmas.has(name) || layoutPragmas.has(name);
  if (value === "" && !acts && (outsideTransaction || headerPragmas.has(name))) return { ...plain, kind: "reading" };
  if (name === "foreign_keys") {
    const on = ["1", "on", "true", "yes"].includes(value);
    return {
      ...plain,
      kind: "session",
      outsideTransaction: true,
      foreignKeys: on ? "on" : "off",
    };
  }
  if (headerPragmas.has(name)) return { ...plain, kind: "header", objects: [`pragma:${name}`], outsideTransaction };
  return { ...plain, kind: layoutPragmas.has(name) ? "upkeep" : "session", outsideTransaction };
}

function table(name: string): string {
  return `table:${name}`;
}
