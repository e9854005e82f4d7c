import type { AlterAction } from "./alter-action.ts";
import { Cursor } from "./cursor.ts";
import type { Name } from "./names.ts";
import { readServerObject } from "./server-object.ts";
import type { ObjectType, Read, Target } from "./statement.ts";
import { readElement, readIfNotExists, readIndex } from "./table-element.ts";
import { readOption } from "./table-option.ts";

/** From behind CREATE. */
export function readCreate(cursor: Cursor): Read {
  const orReplace = cursor.accept("OR", "REPLACE");
  const temporary = cursor.accept("TEMPORARY");
  skipHead(cursor);
  const read = { ...readObject(cursor), temporary, orReplace };
  return read;
}

export function target(type: ObjectType, name: Name): Target {
  return { type, ...name };
}

/** ALGORITHM = … DEFINER = … SQL SECURITY …, which stand between CREATE or ALTER and the kind of object. */
export function skipHead(cursor: Cursor): void {
  for (;;) {
    if (cursor.accept("ALGORITHM")) {
      cursor.acceptMark("=");
      cursor.identifier();
    } else if (cursor.accept("DEFINER")) {
      if (!cursor.acceptMark("=")) throw cursor.unread("=");
      readUser(cursor);
    } else if (cursor.accept("SQL", "SECURITY")) cursor.identifier();
    else return;
  }
}

/** `user@host`, `'user'@'host'`, CURRENT_USER, CURRENT_USER(), CURRENT_ROLE. */
function readUser(cursor: Cursor): void {
  cursor.at++;
  if (cursor.isMark("(")) cursor.parentheses();
  const token = cursor.token();
  if (token?.kind === "variable") cursor.at++;
  else if (cursor.acceptMark("@")) cursor.at++;
}

function readObject(cursor: Cursor): Read {
  const word = cursor.word();
  switch (word) {
    case "TABLE":
      cursor.at++;
      return readCreateTable(cursor);
    case "SPATIAL":
      if (cursor.is("SPATIAL", "REFERENCE")) break;
      return readCreateIndex(cursor);
    case "UNIQUE":
    case "FULLTEXT":
    case "VECTOR":
    case "INDEX":
      return readCreateIndex(cursor);
    case "VIEW": {
      cursor.at++;
      const conditional = readIfNotExists(cursor);
      const view = cursor.name();
      return { kind: "create_view", view, conditional, targets: [target("view", view)] };
    }
    case "TRIGGER":
      cursor.at++;
      return readCreateTrigger(cursor);
    case "AGGREGATE":
    case "FUNCTION":
    case "PROCEDURE":
    case "PACKAGE":
    case "LIBRARY":
      return readCreateRoutine(cursor);
    case "EVENT":
      cursor.at++;
      return readCreateEvent(cursor);
    case "SEQUENCE": {
      cursor.at++;
      const conditional = readIfNotExists(cursor);
      const sequence = cursor.name();
      return { kind: "create_sequence", sequence, conditional, targets: [target("sequence", sequence)] };
    }
    case "DATABASE":
    case "SCHEMA": {
      cursor.at++;
      const conditional = readIfNotExists(cursor);
      const database = cursor.identifier();
      return {
        kind: "create_database",
        database,
        conditional,
        targets: [{ type: "database", database: null, name: database }],
      };
    }
  }
  return readServerObject(cursor);
}

function readCreateTable(cursor: Cursor): Read {
  const conditional = readIfNotExists(cursor);
  const table = cursor.name();
  const common = { kind: "create_table", table, conditional, targets: [target("table", table)] } as const;
  const like = readLike(cursor);
  if (like !== null) {
    return { ...common, elements: [], like, select: false, engine: null, partitioned: false, reads: [like] };
  }
  const elements: AlterAction[] = [];
  if (cursor.isMark("(") && !beginsQuery(cursor)) {
    for (const part of cursor.parentheses().parts()) {
      elements.push(readElement(part));
      if (!part.done) throw part.unread(", or )");
    }
  }
  let engine: string | null = null;
  let partitioned = false;
  while (!cursor.done && !atQuery(cursor)) {
    cursor.acceptMark(",");
    if (cursor.accept("PARTITION", "BY")) {
      partitioned = true;
      // What stands in parentheses here are expressions and partitions, unless a query begins in them.
      while (!cursor.done && !(cursor.isMark("(") ? beginsQuery(cursor) : atQuery(cursor))) cursor.skip();
      break;
    }
    const option = readOption(cursor);
    elements.push(option);
    if (option.type === "option" && option.name === "ENGINE") engine = option.value;
  }
  return { ...common, elements, like: null, select: !cursor.done, engine, partitioned };
}

function readLike(cursor: Cursor): Name | null {
  if (cursor.accept("LIKE")) return cursor.name();
  if (!cursor.isMark("(") || cursor.word(1) !== "LIKE") return null;
  const inside = cursor.parentheses();
  inside.accept("LIKE");
  return inside.name();
}

/** `CREATE TABLE t (SELECT …)`: the parentheses hold a query, not columns. */
function beginsQuery(cursor: Cursor): boolean {
  let ahead = 1;
  while (cursor.isMark("(", ahead)) ahead++;
  return ["SELECT", "WITH"].includes(cursor.word(ahead));
}

function atQuery(cursor: Cursor): boolean {
  return (
    ["SELECT", "AS", "IGNORE", "REPLACE", "TABLE", "VALUES"].includes(cursor.word()) ||
    (cursor.is("WITH") && !cursor.is("WITH", "SYSTEM")) ||
    cursor.isMark("(")
  );
}

function readCreateIndex(cursor: Cursor): Read {
  const special = cursor.acceptOne("UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR");
  cursor.expect("INDEX");
  const ifNotExists = readIfNotExists(cursor);
  const name = cursor.identifier();
  if (cursor.accept("USING") || cursor.accept("TYPE")) cursor.identifier();
  cursor.expect("ON");
  const table = cursor.name();
  const types = { UNIQUE: "unique", FULLTEXT: "fulltext", SPATIAL: "spatial", VECTOR: "vector", "": "index" } as const;
  const index = { ...readIndex(cursor, types[special as keyof typeof types], name), ifNotExists };
  cursor.skipAll();
  return { kind: "create_index", table, index, conditional: ifNotExists, targets: [target("table", table)] };
}

function readCreateTrigger(cursor: Cursor): Read {
  const conditional = readIfNotExists(cursor);
  const trigger = cursor.name();
  if (cursor.acceptOne("BEFORE", "AFTER") === "") throw cursor.unread("BEFORE or AFTER");
  while (!cursor.done && !cursor.is("ON")) cursor.skip();
  cursor.expect("ON");
  const table = cursor.name();
  cursor.expect("FOR", "EACH", "ROW");
  const ordered = cursor.is("FOLLOWS") || cursor.is("PRECEDES");
  // A trigger is found in the database of its table, whatever stands before its own name.
  const database = table.database ?? trigger.database;
  cursor.skipAll();
  return {
    kind: "create_trigger",
    trigger: { database, name: trigger.name },
    table,
    ordered,
    conditional,
    targets: [target("trigger", { database, name: trigger.name })],
    reads: [],
  };
}

function readCreateRoutine(cursor: Cursor): Read {
  const aggregate = cursor.accept("AGGREGATE");
  const type = readRoutineType(cursor);
  const conditional = readIfNotExists(cursor);
  const name = cursor.name();
  if (type === "function" && (cursor.is("RETURNS") || cursor.is("SONAME"))) {
    const rest = new Cursor(cursor.list, cursor.at, cursor.end);
    while (!rest.done && !rest.is("SONAME")) rest.skip();
    if (!rest.done) return { kind: "server", what: "a loadable function", conditional };
  }
  if (aggregate && type !== "function") throw cursor.unread("FUNCTION");
  const routine = target(type, name);
  return { kind: "create_routine", routine, conditional, targets: [routine], reads: [] };
}

export function readRoutineType(cursor: Cursor): ObjectType {
  const word = cursor.acceptOne("PROCEDURE", "FUNCTION", "PACKAGE", "LIBRARY");
  if (word === "PACKAGE") return cursor.accept("BODY") ? "package_body" : "package";
  if (word === "") throw cursor.unread("PROCEDURE or FUNCTION");
  return word.toLowerCase() as ObjectType;
}

function readCreateEvent(cursor: Cursor): Read {
  const conditional = readIfNotExists(cursor);
  const event = cursor.name();
  cursor.expect("ON", "SCHEDULE");
  let ends = cursor.is("AT");
  let preserved = false;
  while (!cursor.done && !cursor.is("DO")) {
    if (cursor.is("COMPLETION", "PRESERVE")) preserved = true;
    if (cursor.is("ENDS")) ends = true;
    cursor.skip();
  }
  cursor.expect("DO");
  return {
    kind: "create_event",
    event,
    vanishes: ends && !preserved,
    conditional,
    targets: [target("event", event)],
    reads: [],
  };
}
