/**
 * What a statement would reach outside of the database that it runs in. Asked before anything is tried on a scratch
 * database, which may stand on a server beside others, so it errs on the side of too much.
 */
import type { Token } from "../sql/lexer.ts";
import { tokens } from "../sql/lexer.ts";
import { Cursor } from "../sql/reader/cursor.ts";
import { unquoted } from "../sql/reader/names.ts";
import { readQuery } from "../sql/reader/query.ts";
import { readStatement } from "../sql/reader/read-statement.ts";
import type { Server } from "../sql/reader/server.ts";
import type { Statement } from "../sql/reader/statement.ts";

export interface Surroundings {
  readonly server: Server;
  /** Names of other databases, in lower case. A name that none of them has leads nowhere. */
  readonly databases: ReadonlySet<string>;
  /** Functions of the server's own, which are no SQL, in lower case. */
  readonly loadable: ReadonlySet<string>;
}

/** Everybody may look there, and writing is seen by the statement's targets. */
export const harmlessDatabases: ReadonlySet<string> = new Set(["information_schema", "performance_schema"]);

/** Whose tables are all in the folder of their database. */
const ownEngines: ReadonlySet<string> = new Set(
  "innodb myisam isam aria memory heap archive csv blackhole rocksdb tokudb merge mrg_myisam".split(" "),
);

/** In words; null: nothing. */
export function outsideOf(sql: string, surroundings: Surroundings): string | null {
  const statement = readStatement(sql, surroundings.server);
  const list = codeOf(sql, surroundings.server);
  const database = databaseIn(list, surroundings.databases);
  if (database !== null) return `the database ${database}`;
  if (isWord(list[0], "FLUSH")) return "caches and logs of the server";
  if (isWord(list[0], "SET") && isWord(list[1], "STATEMENT") && list.some(isEngineSetting))
    return standsFor("that is set");
  switch (statement.kind) {
    case "use":
      return `the database ${statement.database}`;
    case "load_data":
      return "a file";
    case "create_table":
      return folderIn(list) ?? placeIn(statement.elements);
    case "alter_table":
      return folderIn(list) ?? placeIn(statement.actions);
    case "set":
      return engineIn(statement);
    case "create_trigger":
    case "create_event":
    case "alter_event":
      return programIn(list, surroundings);
    case "create_routine":
      return statement.routine.type === "function" ? programIn(list, surroundings) : null;
    default:
      return null;
  }
}

/** The same of a view as the server shows it: names of columns stand behind those of tables, not of databases. `own`: the view's. */
export function outsideOfView(sql: string, own: string, server: Server): string | null {
  const list = codeOf(sql, server);
  const read = databasesReadBy(sql, server).find((name) => name !== own);
  if (read !== undefined) return `the database ${read}`;
  const call = list.findIndex((_, at) => isQualifier(list, at) && isText(list[at + 3], "("));
  return call === -1 ? null : `the database ${unquoted(list[call]!.text)}`;
}

/** None as long as all that it reads is in the current database. MariaDB then names that one as well. */
export function databasesReadBy(sql: string, server: Server): readonly string[] {
  return readQuery(new Cursor(codeOf(sql, server))).reads.flatMap(({ database }) => database ?? []);
}

/** Also what this server would pass over: a comment for another version is code there. */
function codeOf(sql: string, { dialect }: Server): readonly Token[] {
  return tokens(sql, dialect).filter(({ kind }) => kind !== "executable_open" && kind !== "executable_close");
}

/** The first name of another database that stands before a dot. */
function databaseIn(list: readonly Token[], databases: ReadonlySet<string>): string | null {
  for (let at = 0; at < list.length; at++) {
    const name = unquoted(list[at]!.text);
    if (isQualifier(list, at) && databases.has(name.toLowerCase())) return name;
  }
  return null;
}

/** `a` in `a.b` and in `a.b.c`, but not `b`. */
export function isQualifier(list: readonly Token[], at: number): boolean {
  const kind = list[at]?.kind;
  const isName = kind === "word" || kind === "quoted_identifier" || kind === "string" || kind === "number";
  return isName && isText(list[at + 1], ".") && !isText(list[at - 1], ".");
}

function isText(token: Token | undefined, text: string): boolean {
  return token?.kind === "punctuation" && token.text === text;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === word;
}

/** Said of DATA DIRECTORY and INDEX DIRECTORY, of a table or of a partition. */
export const aFolder = "a folder of the server that it names";

function folderIn(list: readonly Token[]): string | null {
  const at = list.findIndex((token, index) => isWord(token, "DIRECTORY") && isFolder(list[index - 1]));
  return at === -1 ? null : aFolder;
}

function isFolder(token: Token | undefined): boolean {
  return isWord(token, "DATA") || isWord(token, "INDEX");
}

type Action = Extract<Statement, { kind: "alter_table" }>["actions"][number];

/** Where a table would lie, if not in its database. */
function placeIn(actions: readonly Action[]): string | null {
  for (const action of actions) {
    if (action.type !== "option") continue;
    const { name, value } = action;
    if (name === "TABLESPACE" && !value.toLowerCase().startsWith("innodb_")) return `the tablespace ${value}`;
    if ((name === "ENGINE" || name === "TYPE") && !ownEngines.has(value.toLowerCase())) return standsFor(value);
  }
  return null;
}

function isEngineSetting({ text }: Token): boolean {
  return /storage_engine$/i.test(text);
}

function engineIn({ assignments }: Extract<Statement, { kind: "set" }>): string | null {
  for (const assignment of assignments) {
    if (assignment.scope === "user" || !assignment.name.endsWith("storage_engine")) continue;
    if (assignment.value === null || !ownEngines.has(assignment.value))
      return standsFor(assignment.value ?? "that is set");
  }
  return null;
}

function standsFor(engine: string): string {
  return `what tables of the engine ${engine} stand for`;
}

/** Words with which a program leaves its database, or runs what can't be read. A column of such a name counts as well. */
const leaving: ReadonlySet<string> = new Set(
  "CALL EXECUTE PREPARE GLOBAL PERSIST PERSIST_ONLY OUTFILE DUMPFILE LOAD KILL GRANT REVOKE SHUTDOWN RESET PURGE INSTALL UNINSTALL".split(
    " ",
  ),
);

/** Triggers, functions and events run without being called by a statement that could be looked at. */
function programIn(list: readonly Token[], { loadable }: Surroundings): string | null {
  for (const [at, { kind, text }] of list.entries()) {
    const word = text.toUpperCase();
    if ((kind === "word" && leaving.has(word)) || (kind === "variable" && /^@@(?:global|persist)/i.test(text)))
      return `what its body may do with ${word}`;
    if (isText(list[at + 1], "(") && loadable.has(unquoted(text).toLowerCase())) return `what ${text} does`;
  }
  return null;
}
