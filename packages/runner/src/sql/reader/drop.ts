import { readRoutineType, target } from "./create.ts";
import type { Cursor } from "./cursor.ts";
import type { Name } from "./names.ts";
import { readServerObject } from "./server-object.ts";
import type { ObjectType, Read } from "./statement.ts";

/** From behind DROP. */
export function readDrop(cursor: Cursor): Read {
  const temporary = cursor.accept("TEMPORARY");
  const word = cursor.word();
  switch (word) {
    case "TABLE":
    case "TABLES":
      return { ...readNames(cursor, "table", "drop_table"), temporary };
    case "VIEW":
      return readNames(cursor, "view", "drop_view");
    case "SEQUENCE":
      return { ...readNames(cursor, "sequence", "drop_sequence"), temporary };
    case "INDEX": {
      cursor.at++;
      const conditional = cursor.accept("IF", "EXISTS");
      const name = cursor.identifier();
      cursor.expect("ON");
      const table = cursor.name();
      cursor.skipAll();
      return { kind: "drop_index", table, name, conditional, targets: [target("table", table)] };
    }
    case "TRIGGER": {
      const [trigger, conditional] = readOne(cursor);
      return { kind: "drop_trigger", trigger, conditional, targets: [target("trigger", trigger)] };
    }
    case "EVENT": {
      const [event, conditional] = readOne(cursor);
      return { kind: "drop_event", event, conditional, targets: [target("event", event)] };
    }
    case "PROCEDURE":
    case "FUNCTION":
    case "PACKAGE":
    case "LIBRARY": {
      const type = readRoutineType(cursor);
      cursor.at--;
      const [name, conditional] = readOne(cursor);
      const routine = target(type, name);
      const targets = type === "package" ? [routine, target("package_body", name)] : [routine];
      return { kind: "drop_routine", routine, conditional, targets };
    }
    case "DATABASE":
    case "SCHEMA": {
      const [{ name }, conditional] = readOne(cursor);
      return {
        kind: "drop_database",
        database: name,
        conditional,
        targets: [{ type: "database", database: null, name }],
      };
    }
    case "PREPARE":
      cursor.skipAll();
      return { kind: "session" };
  }
  return readServerObject(cursor);
}

/** The word for the kind of object, IF EXISTS, one name. */
function readOne(cursor: Cursor): readonly [Name, conditional: boolean] {
  cursor.at++;
  const conditional = cursor.accept("IF", "EXISTS");
  return [cursor.name(), conditional];
}

function readNames(cursor: Cursor, type: ObjectType, kind: "drop_table" | "drop_view" | "drop_sequence"): Read {
  cursor.at++;
  const conditional = cursor.accept("IF", "EXISTS");
  const names = cursor.names();
  if (cursor.accept("WAIT")) cursor.skip();
  else cursor.accept("NOWAIT");
  cursor.acceptOne("RESTRICT", "CASCADE");
  return { kind, names, conditional, targets: names.map((name) => target(type, name)) };
}
