import { readAlter } from "./alter.ts";
import { readCreate, target } from "./create.ts";
import { Cursor, Unread } from "./cursor.ts";
import { readDrop } from "./drop.ts";
import { pointAt } from "../place.ts";
import type { Name } from "./names.ts";
import { unquoted } from "./names.ts";
import { readQuery } from "./query.ts";
import { readDelete, readInsert, readLoad, readUpdate } from "./rows.ts";
import type { Server } from "./server.ts";
import { serverTokens } from "./server-tokens.ts";
import { readSet, skipStatementSettings } from "./set.ts";
import type { Read, Statement } from "./statement.ts";

/**
 * Reads a statement of MySQL or MariaDB as the given server would: what it is, and what it names. It reads heads, not
 * expressions. What it can't read it says (`unread`); it never throws.
 */
export function readStatement(sql: string, server: Server): Statement {
  if (sql.length > shortLength) return readNew(sql, server);
  const key = `${server.dialect} ${server.version} ${sql}`;
  const known = read.get(key);
  if (known !== undefined) return known;
  const statement = readNew(sql, server);
  if (read.size === rememberedCount) read.clear();
  read.set(key, statement);
  return statement;
}

/** A statement is read at each of its stations, from being classified to being run; what it says is the same each time. */
const read = new Map<string, Statement>();
const rememberedCount = 32;
/** In code units of UTF-16. */
const shortLength = 10_000;

function readNew(sql: string, server: Server): Statement {
  const { list, unread } = serverTokens(sql, server);
  const trailing = list.at(-1)?.text === ";" && list.at(-1)?.kind === "punctuation";
  const cursor = new Cursor(list, 0, trailing ? list.length - 1 : list.length);
  if (unread !== null) return complete(unreadAt(sql, unread.offset, unread.message), cursor);
  try {
    const found = readVerb(cursor, server);
    const end = list.find(({ text, kind }, at) => text === ";" && kind === "punctuation" && at < cursor.end);
    const whole = hasBody(found) || end === undefined;
    return complete(
      whole ? found : unreadAt(sql, end.start, 'one statement expected, ";" found'),
      new Cursor(list, 0, cursor.end),
    );
  } catch (error) {
    if (!(error instanceof Unread)) throw error;
    return complete(unreadAt(sql, error.offset, error.message), new Cursor(list, 0, cursor.end));
  }
}

function unreadAt(sql: string, offset: number, message: string): Read & { kind: "unread" } {
  const { line, column } = pointAt(sql, offset);
  return { kind: "unread", why: `line ${line}, column ${column}: ${message}` };
}

function complete(read: Read, all: Cursor): Statement {
  return {
    ...(read.reads === undefined || read.calls === undefined ? readQuery(all) : {}),
    targets: [],
    temporary: false,
    conditional: false,
    orReplace: false,
    ...read,
  } as Statement;
}

function hasBody({ kind }: Read): boolean {
  return kind === "create_trigger" || kind === "create_routine" || kind.endsWith("_event") || kind === "program";
}

/** Statements that are known by their first words alone. The first line that fits counts. */
const byVerb: readonly (readonly [words: string, read: Read])[] = [
  ["COMMIT", { kind: "transaction_control", what: "COMMIT" }],
  ["ROLLBACK", { kind: "transaction_control", what: "ROLLBACK" }],
  ["SAVEPOINT", { kind: "transaction_control", what: "SAVEPOINT" }],
  ["RELEASE SAVEPOINT", { kind: "transaction_control", what: "RELEASE SAVEPOINT" }],
  ["START TRANSACTION", { kind: "transaction_control", what: "START TRANSACTION" }],
  ["XA", { kind: "transaction_control", what: "XA" }],
  ["LOCK TABLES", { kind: "table_locks" }],
  ["LOCK TABLE", { kind: "table_locks" }],
  ["UNLOCK TABLES", { kind: "table_locks" }],
  ["UNLOCK TABLE", { kind: "table_locks" }],
  ["LOCK INSTANCE", { kind: "server_lock", what: "LOCK INSTANCE" }],
  ["UNLOCK INSTANCE", { kind: "server_lock", what: "UNLOCK INSTANCE" }],
  ["BACKUP", { kind: "server_lock", what: "BACKUP" }],
  ["PREPARE", { kind: "session" }],
  ["DEALLOCATE PREPARE", { kind: "session" }],
  ["HANDLER", { kind: "session" }],
  ["SIGNAL", { kind: "session" }],
  ["RESIGNAL", { kind: "session" }],
  ["GET", { kind: "session" }],
  ["EXECUTE", { kind: "program", what: "EXECUTE" }],
  ["BINLOG", { kind: "program", what: "BINLOG" }],
  ["IMPORT TABLE", { kind: "program", what: "IMPORT TABLE" }],
  ["OPTIMIZE", { kind: "upkeep" }],
  ["CHECK", { kind: "upkeep" }],
  ["CHECKSUM", { kind: "upkeep" }],
  ["REPAIR", { kind: "upkeep" }],
  ["CACHE INDEX", { kind: "upkeep" }],
  ["RESET QUERY CACHE", { kind: "upkeep" }],
  ["RESET", { kind: "server", what: "settings or logs of the server" }],
  ["GRANT", { kind: "server", what: "users and privileges" }],
  ["REVOKE", { kind: "server", what: "users and privileges" }],
  ["RENAME USER", { kind: "server", what: "users and privileges" }],
  ["INSTALL", { kind: "server", what: "a plugin or component" }],
  ["UNINSTALL", { kind: "server", what: "a plugin or component" }],
  ["PURGE", { kind: "server", what: "replication and its logs" }],
  ["CHANGE", { kind: "server", what: "replication and its logs" }],
  ["START", { kind: "server", what: "replication and its logs" }],
  ["STOP", { kind: "server", what: "replication and its logs" }],
  ["KILL", { kind: "server", what: "sessions of the server" }],
  ["SHUTDOWN", { kind: "server", what: "the server itself" }],
  ["RESTART", { kind: "server", what: "the server itself" }],
  ["CLONE", { kind: "server", what: "the server itself" }],
  ["SHOW", { kind: "reading", into: null }],
  ["HELP", { kind: "reading", into: null }],
  ["DESCRIBE", { kind: "reading", into: null }],
  ["DESC", { kind: "reading", into: null }],
  ["EXPLAIN", { kind: "reading", into: null }],
  ["DO", { kind: "reading", into: null }],
];

/** Words that begin a compound statement outside of stored programs, on MariaDB only. */
const compound = new Set(["IF", "CASE", "LOOP", "REPEAT", "WHILE", "FOR", "DECLARE"]);

function readVerb(cursor: Cursor, server: Server): Read {
  if (cursor.done) throw cursor.unread("something that this server runs");
  if (cursor.isMark("(")) return readSelect(cursor);
  const found = byVerb.find(([words]) => cursor.is(...words.split(" ")));
  if (found !== undefined) {
    cursor.skipAll();
    return found[1];
  }
  const verb = cursor.word();
  switch (verb) {
    case "CREATE":
      cursor.at++;
      return readCreate(cursor);
    case "ALTER":
      cursor.at++;
      return readAlter(cursor);
    case "DROP":
      cursor.at++;
      return whole(readDrop(cursor), cursor);
    case "RENAME":
      cursor.at++;
      return whole(readRename(cursor), cursor);
    case "TRUNCATE": {
      cursor.at++;
      cursor.accept("TABLE");
      const table = cursor.name();
      if (cursor.accept("WAIT")) cursor.skip();
      else cursor.accept("NOWAIT");
      return whole({ kind: "truncate_table", table, targets: [target("table", table)] }, cursor);
    }
    case "INSERT":
    case "REPLACE":
      return readInsert(cursor);
    case "UPDATE":
      cursor.at++;
      return readUpdate(cursor);
    case "DELETE":
      cursor.at++;
      return readDelete(cursor);
    case "LOAD":
      cursor.at++;
      return readLoad(cursor);
    case "SELECT":
    case "VALUES":
    case "TABLE":
      return readSelect(cursor);
    case "WITH":
      return readWith(cursor);
    case "CALL": {
      cursor.at++;
      return { kind: "call", routine: cursor.name() };
    }
    case "SET":
      cursor.at++;
      return server.dialect === "mariadb" && cursor.accept("STATEMENT")
        ? readSetStatement(cursor, server)
        : readSet(cursor);
    case "USE":
      cursor.at++;
      return whole({ kind: "use", database: cursor.identifier() }, cursor);
    case "ANALYZE":
      return readAnalyze(cursor, server);
    case "FLUSH":
      return readFlush(cursor);
    case "BEGIN":
      if (server.dialect === "mariadb" && cursor.is("BEGIN", "NOT", "ATOMIC")) break;
      return { kind: "transaction_control", what: "BEGIN" };
  }
  const label = cursor.isIdentifier() && cursor.isMark(":", 1);
  if (server.dialect === "mariadb" && (compound.has(verb) || verb === "BEGIN" || label)) {
    cursor.skipAll();
    return { kind: "program", what: "a compound statement" };
  }
  throw cursor.unread("a statement");
}

/** Nothing may be left behind what was read. */
function whole(read: Read, cursor: Cursor): Read {
  if (!cursor.done) throw cursor.unread("the end");
  return read;
}

function readRename(cursor: Cursor): Read {
  if (cursor.acceptOne("TABLE", "TABLES") === "") throw cursor.unread("TABLE or USER");
  const conditional = cursor.accept("IF", "EXISTS");
  const renames: { from: Name; to: Name }[] = [];
  do {
    const from = cursor.name();
    if (cursor.accept("WAIT")) cursor.skip();
    else cursor.accept("NOWAIT");
    cursor.expect("TO");
    renames.push({ from, to: cursor.name() });
  } while (cursor.acceptMark(","));
  const targets = renames.flatMap(({ from, to }) => [target("table", from), target("table", to)]);
  return { kind: "rename_table", renames, conditional, targets };
}

function readSelect(cursor: Cursor): Read {
  let into: "file" | "variable" | null = null;
  // INTO stands outside of subqueries, but the whole may be in parentheses: so every word is looked at.
  for (; !cursor.done; cursor.at++) {
    if (!cursor.is("INTO")) continue;
    into = cursor.is("INTO", "OUTFILE") || cursor.is("INTO", "DUMPFILE") ? "file" : "variable";
  }
  return { kind: "reading", into };
}

/** The verb of a statement with common table expressions is the first one outside of their parentheses. */
function readWith(cursor: Cursor): Read {
  const head = ["SELECT", "UPDATE", "DELETE", "VALUES", "TABLE", "INSERT", "REPLACE"];
  const expressions = new Set<string>();
  while (!cursor.done && !head.includes(cursor.word())) {
    // `WITH x AS (…) (SELECT …)`: behind one expression comes a comma or the query.
    const closes = cursor.isMark("(");
    if (cursor.isIdentifier() && (cursor.word(1) === "AS" || cursor.isMark("(", 1)))
      expressions.add(unquoted(cursor.token()!.text).toLowerCase());
    cursor.skip();
    if (closes && cursor.isMark("(")) return readSelect(cursor);
  }
  const verb = cursor.word();
  if (verb === "SELECT" || verb === "VALUES" || verb === "TABLE") return readSelect(cursor);
  if (verb === "INSERT" || verb === "REPLACE") return readInsert(cursor);
  cursor.at++;
  if (verb === "UPDATE") return withoutExpressions(readUpdate(cursor), expressions);
  if (verb === "DELETE") return withoutExpressions(readDelete(cursor), expressions);
  throw cursor.unread("SELECT, UPDATE or DELETE");
}

/** A common table expression that is joined is none of the tables that are written to. */
function withoutExpressions(read: Read, expressions: ReadonlySet<string>): Read {
  if (read.kind !== "update" && read.kind !== "delete") return read;
  const isTable = ({ database, name }: Name): boolean => database !== null || !expressions.has(name.toLowerCase());
  return { ...read, tables: read.tables.filter(isTable), targets: read.targets?.filter(isTable) ?? [] };
}

/** MariaDB's SET STATEMENT is the statement behind FOR, unless it sets what is refused. */
function readSetStatement(cursor: Cursor, server: Server): Read {
  const start = cursor.at;
  const assignments = skipStatementSettings(cursor);
  if (cursor.is("SET", "STATEMENT")) throw cursor.unread("a statement");
  const inner = readVerb(cursor, server);
  if (assignments.some(({ name }) => controlsTransactions.has(name))) return { kind: "set", assignments };
  if (assignments.some(({ name }) => name === "sql_mode"))
    throw new Unread("the sql_mode of the session expected, another one set", cursor.list[start]!.start);
  return inner;
}

/** Variables that take the transaction, or the way it is logged, out of Surefoot's hands. */
export const controlsTransactions: ReadonlySet<string> = new Set(["autocommit", "gtid_next", "sql_log_bin"]);

/** ANALYZE TABLE, or MariaDB's ANALYZE of a statement, which runs it. */
function readAnalyze(cursor: Cursor, server: Server): Read {
  cursor.at++;
  cursor.acceptOne("NO_WRITE_TO_BINLOG", "LOCAL");
  if (cursor.accept("TABLE") || cursor.accept("TABLES")) {
    cursor.skipAll();
    return { kind: "upkeep" };
  }
  if (cursor.accept("FORMAT")) {
    cursor.acceptMark("=");
    cursor.identifier();
  }
  // Behind ANALYZE stands a statement on rows, and no second ANALYZE.
  if (!["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", "VALUES"].includes(cursor.word())) {
    throw cursor.unread("TABLE or a statement on rows");
  }
  return readVerb(cursor, server);
}

function readFlush(cursor: Cursor): Read {
  let locks = false;
  for (; !cursor.done; cursor.at++) if (cursor.is("READ", "LOCK") || cursor.is("FOR", "EXPORT")) locks = true;
  return locks ? { kind: "server_lock", what: "FLUSH TABLES with a lock" } : { kind: "upkeep" };
}
