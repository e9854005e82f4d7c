import { target } from "./create.ts";
import { Cursor } from "./cursor.ts";
import type { Name } from "./names.ts";
import type { Literal, Read } from "./statement.ts";

/** INSERT and REPLACE, from the verb. */
export function readInsert(cursor: Cursor): Read {
  const replaces = cursor.word() === "REPLACE";
  cursor.at++;
  cursor.acceptOne("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY");
  const ignore = cursor.accept("IGNORE");
  cursor.accept("INTO");
  const table = cursor.name();
  if (cursor.accept("PARTITION")) cursor.parentheses();
  const columns = readColumns(cursor);
  const rows = readRows(cursor);
  let overwrites = replaces;
  for (; !cursor.done; cursor.skip()) if (cursor.is("ON", "DUPLICATE", "KEY")) overwrites = true;
  const given = rows?.type === "set" ? rows.columns : columns;
  return {
    kind: "insert",
    table,
    overwrites,
    ignore,
    columns: given,
    rows: rows?.rows ?? null,
    targets: [target("table", table)],
  };
}

function readColumns(cursor: Cursor): readonly string[] | null {
  if (!cursor.isMark("(") || ["SELECT", "WITH", "TABLE", "VALUES"].includes(cursor.word(1)) || cursor.isMark("(", 1))
    return null;
  const inside = cursor.parentheses();
  // A column may be written as `t.a` or `db.t.a`.
  return inside.done
    ? []
    : inside.parts().map((part) => {
        let name = part.identifier();
        while (part.acceptMark(".")) name = part.identifier();
        return name;
      });
}

type Rows =
  | { readonly type: "values"; readonly rows: readonly (readonly Literal[])[] }
  | { readonly type: "set"; readonly columns: readonly string[]; readonly rows: readonly (readonly Literal[])[] };

function readRows(cursor: Cursor): Rows | null {
  if (cursor.accept("SET")) {
    const columns: string[] = [];
    const values: Literal[] = [];
    const start = cursor.at;
    while (!cursor.done && !cursor.is("ON", "DUPLICATE") && !cursor.is("RETURNING") && !cursor.is("AS")) cursor.skip();
    for (const part of new Cursor(cursor.list, start, cursor.at).parts()) {
      let name = part.identifier();
      while (part.acceptMark(".")) name = part.identifier();
      if (!part.acceptMark("=")) throw part.unread("=");
      columns.push(name);
      values.push(readLiteral(part));
    }
    return { type: "set", columns, rows: [values] };
  }
  if (cursor.acceptOne("VALUES", "VALUE") === "") return null;
  const rows: (readonly Literal[])[] = [];
  do {
    cursor.accept("ROW");
    const inside = cursor.parentheses();
    rows.push(inside.done ? [] : inside.parts().map(readLiteral));
  } while (cursor.acceptMark(","));
  return { type: "values", rows };
}

/** The whole of an expression, when it is one literal. */
function readLiteral(part: Cursor): Literal {
  const sign = part.acceptMark("-") ? "-" : "";
  const token = part.token();
  if (token === undefined || part.token(1) !== undefined) return null;
  if (token.kind === "number") return { type: "number", text: sign + token.text };
  if (sign !== "") return null;
  if (token.kind === "string") return { type: "string", text: token.text };
  if (part.is("NULL")) return { type: "null" };
  return part.is("DEFAULT") ? { type: "default" } : null;
}

/** From behind UPDATE: the tables up to SET. Which of several is changed is not told apart. */
export function readUpdate(cursor: Cursor): Read {
  cursor.accept("LOW_PRIORITY");
  cursor.accept("IGNORE");
  const start = cursor.at;
  while (!cursor.done && !cursor.is("SET")) cursor.skip();
  const tables = readTableReferences(new Cursor(cursor.list, start, cursor.at));
  cursor.expect("SET");
  return { kind: "update", tables, targets: tables.map((name) => target("table", name)) };
}

/** From behind DELETE: `FROM t …`, `a, b FROM …`, `FROM a, b USING …`. */
export function readDelete(cursor: Cursor): Read {
  while (cursor.acceptOne("LOW_PRIORITY", "QUICK", "IGNORE", "HISTORY") !== "");
  const start = cursor.at;
  const end = clauseEnd(cursor, "WHERE", "ORDER", "LIMIT", "RETURNING");
  const clause = new Cursor(cursor.list, start, end);
  const using = new Cursor(cursor.list, start, end);
  while (!using.done && !using.is("USING")) using.skip();
  let tables: readonly Name[];
  if (clause.accept("FROM") && using.done) {
    tables = readTableReferences(clause);
    // Behind DELETE FROM stands one table; MySQL also takes an alias.
    tables = tables.slice(0, 1);
  } else {
    // Aliases may stand for the tables that lose rows, so all that are joined count.
    const from = new Cursor(cursor.list, start, end);
    const word = using.done ? "FROM" : "USING";
    while (!from.done && !from.is(word)) from.skip();
    from.expect(word);
    tables = readTableReferences(from);
  }
  return { kind: "delete", tables, targets: tables.map((name) => target("table", name)) };
}

function clauseEnd(cursor: Cursor, ...words: readonly string[]): number {
  const ahead = new Cursor(cursor.list, cursor.at, cursor.end);
  while (!ahead.done && !words.includes(ahead.word())) ahead.skip();
  return ahead.at;
}

/** Deeper than anybody nests joins, and far from the end of the stack. */
const depthMax = 50;

/** `a JOIN b ON …, (c, d AS x)`: every table that is named, those in subqueries left out. */
function readTableReferences(clause: Cursor, depth = 0): Name[] {
  if (depth > depthMax) throw clause.unread("fewer parentheses");
  const tables: Name[] = [];
  let expectsTable = true;
  while (!clause.done) {
    if (expectsTable && clause.isMark("(")) {
      const inside = clause.parentheses();
      if (!["SELECT", "WITH", "VALUES", "TABLE"].includes(inside.word())) {
        tables.push(...readTableReferences(inside, depth + 1));
      }
      expectsTable = false;
    } else if (expectsTable && clause.accept("LATERAL")) continue;
    else if (expectsTable && clause.isIdentifier() && !clause.is("JSON_TABLE")) {
      tables.push(clause.name());
      expectsTable = false;
    } else {
      if (clause.isMark(",") || clause.is("JOIN") || clause.is("STRAIGHT_JOIN")) expectsTable = true;
      else expectsTable = false;
      clause.skip();
    }
  }
  if (tables.length === 0) throw clause.unread("a table");
  return tables;
}

/** From behind LOAD. */
export function readLoad(cursor: Cursor): Read {
  if (cursor.accept("INDEX", "INTO", "CACHE")) {
    cursor.skipAll();
    return { kind: "upkeep" };
  }
  if (cursor.acceptOne("DATA", "XML") === "") throw cursor.unread("DATA, XML or INDEX");
  let replaces = false;
  while (!cursor.done && !cursor.is("INTO", "TABLE")) {
    if (cursor.is("REPLACE")) replaces = true;
    cursor.skip();
  }
  cursor.expect("INTO", "TABLE");
  const table = cursor.name();
  return { kind: "load_data", table, replaces, targets: [target("table", table)] };
}
