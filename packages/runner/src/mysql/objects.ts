import type { Name } from "../sql/reader/names.ts";
import type { ObjectType, Statement, Target } from "../sql/reader/statement.ts";
import { isCaseless } from "./caseless.ts";
import { writtenTables } from "./class-rule.ts";
import type { Known } from "./known.ts";

/**
 * Every object that a statement creates, changes or drops, as `kind:name`: those that it names, and those that the
 * server changes along with them. Temporary tables are none.
 */
export function objectsOf(statement: Statement, known: Known): readonly string[] {
  if (statement.temporary) return [];
  const found = new Set<string>();
  const add = (type: ObjectType, name: Name): void => {
    if (type === "table" && known.isTemporary(name) && statement.kind !== "create_table") return;
    const shown = known.shown(name);
    found.add(`${type}:${isCaseless(type, known.server.dialect) ? shown.toLowerCase() : shown}`);
  };
  switch (statement.kind) {
    case "insert":
    case "update":
    case "delete":
    case "load_data": {
      const written = writtenTables(statement, known) ?? statement.targets;
      for (const name of written) add("table", name);
      // Deleted and changed keys take rows of other tables along.
      if (statement.kind === "insert" ? statement.overwrites : statement.kind !== "load_data" || statement.replaces) {
        for (const name of written) for (const child of known.referencing(name)) add("table", child);
      }
      return [...found];
    }
    case "drop_table":
      for (const name of statement.names) {
        add(typeOf({ type: "table", ...name }, known), name);
        addTriggers(name, known, add);
      }
      return [...found];
    case "rename_table":
      addRenames(statement.renames, known, add);
      return [...found];
    case "create_trigger":
    case "drop_trigger": {
      add("trigger", statement.trigger);
      // The others of the table may get another place.
      const table = statement.kind === "create_trigger" ? statement.table : known.tableOfTrigger(statement.trigger);
      if (table !== null) addTriggers(table, known, add);
      return [...found];
    }
    case "create_sequence":
      add("sequence", statement.sequence);
      // One that was made by half when the server died may be a table to it.
      add("table", statement.sequence);
      return [...found];
    case "alter_database":
      return [`database:${statement.database ?? known.full({ database: null, name: "" }).database}`];
    case "alter_table": {
      for (const target of statement.targets) add(typeOf(target, known), target);
      const names = statement.actions.some(
        (action) =>
          action.type === "rename_column" || (action.type === "modify_column" && action.from !== action.column.name),
      );
      const to = statement.actions.find((action) => action.type === "rename_table");
      if (to !== undefined) addRenames([{ from: statement.table, to: to.to }], known, add);
      else if (names) for (const child of known.referencing(statement.table)) add("table", child);
      return [...found];
    }
    default:
      for (const target of statement.targets)
        add(typeOf(target, known), target.type === "database" ? databaseOf(target) : target);
      return [...found];
  }
}

type Add = (type: ObjectType, name: Name) => void;

function typeOf(target: Target, known: Known): ObjectType {
  return target.type === "table" && known.entry(target)?.type === "sequence" ? "sequence" : target.type;
}

function databaseOf({ name }: Target): Name {
  return { database: null, name };
}

/**
 * A renamed table takes its triggers along, and the foreign keys that point to it are rewritten; those that wait for a
 * table of its new name get one.
 */
function addRenames(renames: readonly { readonly from: Name; readonly to: Name }[], known: Known, add: Add): void {
  /** What has each name by now, under its old one. */
  const origins = new Map<string, Name>();
  for (const { from, to } of renames) {
    const origin = origins.get(known.shown(from)) ?? from;
    origins.set(known.shown(to), origin);
    const entry = known.entry(origin);
    const type = entry?.type === "view" || entry?.type === "sequence" ? entry.type : "table";
    add(type, from);
    add(type, to);
    for (const name of [origin, to]) for (const child of known.referencing(name)) add("table", child);
    addTriggers(origin, known, add);
  }
}

function addTriggers(table: Name, known: Known, add: Add): void {
  const entry = known.entry(table);
  if (entry?.type !== "table") return;
  const { database } = known.full(table);
  for (const { name } of entry.triggers) add("trigger", { database, name });
}
