/**
 * Statements in the forms that inverses are known for, with the names that an inverse needs. What fits none is `other`.
 * Only the head is read: what is not looked at is either copied or judged by the engine.
 */
import type { Token } from "../sql/lexer.ts";
import { tokens } from "../sql/lexer.ts";
import type { Name } from "./cursor.ts";
import { Cursor, folded, unquoted } from "./cursor.ts";
import type { SqliteStatement } from "./statement.ts";
import { readStatement } from "./statement.ts";

type ObjectKind = "table" | "index" | "view" | "trigger";

export type Form =
  | {
      readonly type: "create";
      readonly kind: ObjectKind;
      readonly name: Name;
      /** The table of an index or a trigger. */
      readonly on: Name | null;
      /** Of a virtual table. */
      readonly module: string | null;
      /** CREATE TABLE … AS */
      readonly filled: boolean;
      /** IF NOT EXISTS */
      readonly conditional: boolean;
    }
  | { readonly type: "drop"; readonly kind: ObjectKind; readonly name: Name; readonly conditional: boolean }
  | { readonly type: "rename_table"; readonly table: Name; readonly to: Name }
  | { readonly type: "rename_column"; readonly table: Name; readonly column: Name; readonly to: Name }
  | { readonly type: "add_column" | "drop_column"; readonly table: Name; readonly column: Name }
  | { readonly type: "set_not_null" | "drop_not_null"; readonly table: Name; readonly column: Name }
  | { readonly type: "add_constraint"; readonly table: Name; readonly name: Name | null }
  | { readonly type: "drop_constraint"; readonly table: Name; readonly name: Name }
  | { readonly type: "set_header"; readonly pragma: string; readonly value: string }
  | Insert
  | {
      readonly type: "update";
      readonly table: Name;
      /** What SET assigns to; null: not read. */
      readonly columns: readonly string[] | null;
    }
  | { readonly type: "delete"; readonly table: Name }
  /** It changes nothing that could be taken back. */
  | { readonly type: "reading" | "upkeep" }
  | {
      readonly type: "session";
      /** What it makes for this connection alone. */
      readonly temporary: TemporaryObject | null;
    }
  /** A setting that changes what later statements do to the schema. */
  | { readonly type: "schema_setting"; readonly pragma: string }
  /** It changes a temporary object that is there. */
  | { readonly type: "temporary"; readonly names: readonly string[] }
  /** It writes to SQLite's own table of the schema. */
  | { readonly type: "schema_rows" }
  /** It changes rows, in a way that is not read. */
  | { readonly type: "rows" }
  | { readonly type: "transaction_control" | "elsewhere" | "other" };

/** It hides another object of its name; a trigger acts on its table, which may be any one. */
export interface TemporaryObject {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly triggerOn: string | null;
}

export interface Insert {
  readonly type: "insert";
  readonly table: Name;
  /** No OR and no ON CONFLICT: it inserts all its rows, or fails. */
  readonly plain: boolean;
  /** Null: all of the table, in their order. */
  readonly columns: readonly string[] | null;
  /** The value of each column: its text, or null where it is no literal. Null: the rows are not written out. */
  readonly rows: readonly (readonly (string | null)[])[] | null;
}

const schemaSettings = new Set(["legacy_alter_table", "writable_schema", "schema_version"]);
const schemaTables = new Set(["sqlite_schema", "sqlite_master"]);

export function readForm(sql: string): Form {
  const statement = readStatement(sql);
  const cursor = new Cursor(tokens(sql, "sqlite"));
  if (statement.elsewhere) return { type: "elsewhere" };
  switch (statement.kind) {
    case "transaction_control":
    case "reading":
    case "upkeep":
      return { type: statement.kind };
    case "session":
      return readSession(cursor, statement);
    case "header":
      cursor.word();
      return { type: "set_header", pragma: cursor.name(), value: cursor.rest() };
    case "ddl":
      return ofMain(readVerb(cursor, statement), cursor);
    case "dml": {
      const form = ofMain(readVerb(cursor, statement), cursor);
      return form.type === "other" ? { type: "rows" } : form;
    }
    case "other":
      return { type: "other" };
    default:
      return statement.kind satisfies never;
  }
}

/** The names that the engine looks up, or makes. */
export function namesOf(form: Form): readonly string[] {
  const {
    name = null,
    table = null,
    on = null,
    to = null,
  } = form as { [part in "name" | "table" | "on" | "to"]?: Name | null };
  const renamed = form.type === "rename_table" ? to : null;
  return [name, table, on, renamed].flatMap((found) => found?.name ?? []);
}

function ofMain(form: Form, cursor: Cursor): Form {
  if (cursor.temporary) return { type: "temporary", names: namesOf(form) };
  return "table" in form && schemaTables.has(form.table.name) ? { type: "schema_rows" } : form;
}

function readSession(cursor: Cursor, { foreignKeys }: SqliteStatement): Form {
  const verb = cursor.word();
  if (verb === "create") {
    if (!cursor.accept("temp")) cursor.accept("temporary");
    const made = readCreate(cursor, false);
    const temporary =
      made.type === "create"
        ? { kind: made.kind, name: made.name.name, triggerOn: made.kind === "trigger" ? (made.on?.name ?? null) : null }
        : null;
    return { type: "session", temporary };
  }
  const pragma = verb === "pragma" && foreignKeys === null ? cursor.name() : "";
  return schemaSettings.has(pragma) && !cursor.atEnd
    ? { type: "schema_setting", pragma }
    : { type: "session", temporary: null };
}

function readVerb(cursor: Cursor, statement: Pick<SqliteStatement, "conditional">): Form {
  const { conditional } = statement;
  switch (cursor.word()) {
    case "create":
      return readCreate(cursor, conditional);
    case "drop": {
      const kind = objectKind(cursor.word());
      cursor.acceptAll("if", "exists");
      const name = cursor.named();
      return kind === null || !cursor.atEnd ? { type: "other" } : { type: "drop", kind, name, conditional };
    }
    case "alter":
      return cursor.accept("table") ? readAlter(cursor, cursor.named()) : { type: "other" };
    case "insert":
      return readInsert(cursor);
    case "replace":
      cursor.accept("into");
      return { type: "insert", table: cursor.named(), plain: false, columns: null, rows: null };
    case "update": {
      const or = cursor.accept("or");
      if (or) cursor.word();
      return { type: "update", table: cursor.named(), columns: or ? null : readAssigned(cursor) };
    }
    case "delete":
      cursor.accept("from");
      return { type: "delete", table: cursor.named() };
    case "with":
      return cursor.skipCommonTables() ? readVerb(cursor, statement) : { type: "other" };
    default:
      return { type: "other" };
  }
}

function objectKind(word: string): ObjectKind | null {
  return word === "table" || word === "index" || word === "view" || word === "trigger" ? word : null;
}

function readCreate(cursor: Cursor, conditional: boolean): Form {
  cursor.accept("unique");
  const virtual = cursor.accept("virtual");
  const kind = objectKind(cursor.word());
  if (kind === null) return { type: "other" };
  cursor.acceptAll("if", "not", "exists");
  const name = cursor.named();
  let on: Name | null = null;
  if (kind === "index" || kind === "trigger") {
    cursor.skipTo("on");
    on = cursor.named();
  }
  const module = virtual && cursor.accept("using") ? cursor.name() : null;
  if (virtual && module === null) return { type: "other" };
  return { type: "create", kind, name, on, module, filled: kind === "table" && cursor.accept("as"), conditional };
}

function readAlter(cursor: Cursor, table: Name): Form {
  const form = readAction(cursor, table);
  const open = form.type === "add_column" || form.type === "add_constraint";
  return open || cursor.atEnd ? form : { type: "other" };
}

function readAction(cursor: Cursor, table: Name): Form {
  switch (cursor.word()) {
    case "rename": {
      if (cursor.accept("to")) return { type: "rename_table", table, to: cursor.named() };
      cursor.accept("column");
      const column = cursor.named();
      return cursor.accept("to") ? { type: "rename_column", table, column, to: cursor.named() } : { type: "other" };
    }
    case "add":
      if (cursor.accept("constraint")) return { type: "add_constraint", table, name: cursor.named() };
      if (cursor.accept("check")) return { type: "add_constraint", table, name: null };
      cursor.accept("column");
      return { type: "add_column", table, column: cursor.named() };
    case "drop":
      if (cursor.accept("constraint")) return { type: "drop_constraint", table, name: cursor.named() };
      cursor.accept("column");
      return { type: "drop_column", table, column: cursor.named() };
    case "alter": {
      cursor.accept("column");
      const column = cursor.named();
      if (cursor.acceptAll("set", "not", "null")) return { type: "set_not_null", table, column };
      return cursor.acceptAll("drop", "not", "null") ? { type: "drop_not_null", table, column } : { type: "other" };
    }
    default:
      return { type: "other" };
  }
}

function readInsert(cursor: Cursor): Insert {
  const or = cursor.accept("or");
  if (or) cursor.word();
  cursor.accept("into");
  const table = cursor.named();
  if (cursor.accept("as")) cursor.named();
  const list = cursor.bracketed();
  const columns = list === null ? null : separated(list).map(nameOf);
  if (!cursor.accept("values"))
    return {
      type: "insert",
      table,
      plain: !or && !cursor.holdsAny("conflict"),
      columns: null,
      rows: null,
    };
  const rows: (readonly (string | null)[])[] = [];
  do {
    const row = cursor.bracketed();
    if (row === null) return { type: "insert", table, plain: false, columns: null, rows: null };
    rows.push(separated(row).map(literalOf));
  } while (cursor.acceptPunctuation(","));
  const plain = !or && (cursor.atEnd || cursor.peekWord() === "returning");
  const named = columns?.every((name) => name !== null) ?? true;
  return { type: "insert", table, plain, columns: columns as readonly string[] | null, rows: named ? rows : null };
}

/** The items of a list, split at the commas outside brackets. */
function separated(list: readonly Token[]): readonly (readonly Token[])[] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of list) {
    const mark = token.kind === "punctuation" ? token.text : "";
    if (mark === "(") depth++;
    if (mark === ")") depth--;
    if (mark === "," && depth === 0) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

function nameOf(item: readonly Token[]): string | null {
  const [token] = item;
  return token === undefined || item.length !== 1 ? null : folded(unquoted(token.text));
}

/**
 * Whole numbers and plain strings; null is anything else. Numbers of 19 digits and more can turn into fractions, and two
 * that are written differently could be the same key.
 */
function literalOf(item: readonly Token[]): string | null {
  const [first, second] = item;
  if (first === undefined || item.length > 2) return null;
  if (second !== undefined) return first.text === "-" && isWhole(second) ? `-${second.text}` : null;
  return isWhole(first) || (first.kind === "string" && first.text.startsWith("'")) ? first.text : null;
}

function isWhole({ kind, text }: Token): boolean {
  return kind === "number" && /^\d{1,18}$/.test(text);
}

/** The columns that SET assigns to, or null where they can't be told. */
function readAssigned(cursor: Cursor): readonly string[] | null {
  cursor.skipTo("set");
  const columns: string[] = [];
  do {
    const list = cursor.bracketed();
    const names = list === null ? [cursor.name()] : separated(list).map(nameOf);
    for (const name of names) {
      if (name === null) return null;
      columns.push(name);
    }
    if (!cursor.acceptPunctuation("=")) return null;
    cursor.skipExpression();
  } while (cursor.acceptPunctuation(","));
  // A comma further on belongs to FROM, ORDER BY or RETURNING, and what comes there assigns nothing.
  return columns;
}
