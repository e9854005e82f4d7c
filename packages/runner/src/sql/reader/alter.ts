import { readActions } from "./alter-table.ts";
import { readRoutineType, skipHead, target } from "./create.ts";
import type { Cursor } from "./cursor.ts";
import { readServerObject } from "./server-object.ts";
import type { Read } from "./statement.ts";

/** From behind ALTER. */
export function readAlter(cursor: Cursor): Read {
  cursor.acceptOne("ONLINE", "OFFLINE");
  const ignore = cursor.accept("IGNORE");
  skipHead(cursor);
  switch (cursor.word()) {
    case "TABLE": {
      cursor.at++;
      const conditional = cursor.accept("IF", "EXISTS");
      const table = cursor.name();
      const actions = readActions(cursor);
      const others = actions.flatMap((action) =>
        action.type === "rename_table"
          ? [action.to]
          : action.type === "exchange_partition" || action.type === "convert_partition"
            ? [action.table]
            : [],
      );
      return {
        kind: "alter_table",
        table,
        actions,
        ignore,
        conditional,
        targets: [table, ...others].map((name) => target("table", name)),
      };
    }
    case "VIEW": {
      cursor.at++;
      const conditional = cursor.accept("IF", "EXISTS");
      const view = cursor.name();
      return { kind: "alter_view", view, conditional, targets: [target("view", view)] };
    }
    case "PROCEDURE":
    case "FUNCTION":
    case "LIBRARY": {
      const type = readRoutineType(cursor);
      const routine = target(type, cursor.name());
      return { kind: "alter_routine", routine, targets: [routine] };
    }
    case "EVENT":
      cursor.at++;
      return readAlterEvent(cursor);
    case "SEQUENCE": {
      cursor.at++;
      const conditional = cursor.accept("IF", "EXISTS");
      const sequence = cursor.name();
      return { kind: "alter_sequence", sequence, conditional, targets: [target("sequence", sequence)] };
    }
    case "DATABASE":
    case "SCHEMA": {
      cursor.at++;
      const current = cursor.done || atDatabaseOption(cursor);
      const database = current ? null : cursor.identifier();
      const targets = database === null ? [] : [{ type: "database", database: null, name: database } as const];
      return { kind: "alter_database", database, targets };
    }
  }
  return readServerObject(cursor);
}

/** `ALTER DATABASE CHARACTER SET …` changes the current database, whose name is left out. */
function atDatabaseOption(cursor: Cursor): boolean {
  const option = ["DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "ENCRYPTION", "READ", "COMMENT"].includes(
    cursor.word(),
  );
  // A database may be called `comment`: then an option follows behind it.
  return (
    option &&
    (cursor.token(1)?.kind !== "word" ||
      !["CHARACTER", "CHARSET", "COLLATE"].includes(cursor.word(1)) ||
      cursor.is("DEFAULT"))
  );
}

function readAlterEvent(cursor: Cursor): Read {
  const event = cursor.name();
  const start = cursor.at;
  let renameTo = null;
  while (!cursor.done && !cursor.is("DO")) {
    if (cursor.accept("RENAME", "TO")) renameTo = cursor.name();
    else cursor.skip();
  }
  const onlyRenames = renameTo !== null && cursor.done && cursor.list[start]?.text.toUpperCase() === "RENAME";
  const names = renameTo === null ? [event] : [event, renameTo];
  const alone = onlyRenames && cursor.at - start === (renameTo?.database === null ? 3 : 5);
  cursor.skipAll();
  return {
    kind: "alter_event",
    event,
    renameTo,
    onlyRenames: alone,
    targets: names.map((name) => target("event", name)),
    reads: [],
  };
}
