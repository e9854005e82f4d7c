import type { AlterAction } from "../sql/reader/alter-action.ts";
import { same } from "../sql/reader/names.ts";
import type { Name } from "../sql/reader/names.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { Known } from "./known.ts";
import { widens } from "./widening.ts";

export interface Destroyed {
  /** In words; null when nothing is destroyed. */
  readonly what: string | null;
  /** It can't be had back: what is destroyed was there before this migration, and no transaction keeps it. */
  readonly lossy: boolean;
}

const nothing: Destroyed = { what: null, lossy: false };

/** The rows and values that a statement destroys. What this migration itself made does not count. */
export function destroyedBy(statement: Statement, known: Known): Destroyed {
  if (statement.temporary) return nothing;
  const shown = (names: readonly Name[]): string => names.map((name) => known.shown(name)).join(", ");
  const lossy = (what: string): Destroyed => ({ what, lossy: true });
  const lose = (what: string, names: readonly Name[]): Destroyed => {
    const foreign = names.filter(
      (name) => known.entry(name) !== null && !known.isOwn(name) && !known.isTemporary(name),
    );
    return foreign.length === 0 ? nothing : lossy(`${what} ${shown(foreign)}`);
  };
  switch (statement.kind) {
    case "drop_table":
      return lose("every row of", statement.names);
    case "create_table":
      return statement.orReplace ? lose("every row of", [statement.table]) : nothing;
    case "truncate_table":
      return lose("every row of", [statement.table]);
    case "drop_sequence":
      return lose("the value of the sequence", statement.names);
    case "create_sequence":
      return statement.orReplace ? lose("the value of the sequence", [statement.sequence]) : nothing;
    case "drop_database":
      return lossy(`everything in ${statement.database}`);
    case "alter_table": {
      if (known.isOwn(statement.table) || known.isTemporary(statement.table)) return nothing;
      const parts = lostByActions(statement, known);
      return parts.length === 0 ? nothing : lossy(parts.join("; "));
    }
    case "insert":
      return statement.overwrites ? { what: `rows of ${shown([statement.table])}`, lossy: false } : nothing;
    case "load_data":
      return statement.replaces ? { what: `rows of ${shown([statement.table])}`, lossy: false } : nothing;
    case "update":
    case "delete":
      return { what: `rows of ${shown(statement.tables)}`, lossy: false };
    default:
      return nothing;
  }
}

function lostByActions(statement: Statement & { kind: "alter_table" }, known: Known): string[] {
  const { actions } = statement;
  const table = known.shown(statement.table);
  const columns = (names: readonly string[]): string => names.map((name) => `${table}.${name}`).join(", ");
  const dropped = actions.flatMap((action) => (action.type === "drop_column" ? [action.name] : []));
  const narrowed = actions.flatMap((action) =>
    action.type === "modify_column" && !keepsValues(action, statement.table, known) ? [action.from] : [],
  );
  const has = (...types: readonly AlterAction["type"][]): boolean => actions.some(({ type }) => types.includes(type));
  const parts: string[] = [];
  if (dropped.length > 0) parts.push(`the values of ${columns(dropped)}`);
  if (narrowed.length > 0) parts.push(`what does not fit the new type of ${columns(narrowed)}`);
  if (has("convert_charset")) parts.push(`what does not fit the new character set of ${table}`);
  if (has("drop_partition", "truncate_partition", "discard_partition"))
    parts.push(`the rows of partitions of ${table}`);
  if (has("discard_tablespace")) parts.push(`every row of ${table}`);
  if (has("drop_system_versioning")) parts.push(`the history of ${table}`);
  const unique = actions.some(
    (action) => action.type === "add_index" && (action.index === "unique" || action.index === "primary"),
  );
  if (statement.ignore && unique) parts.push(`rows of ${table} with equal keys`);
  return parts;
}

/** A column's new definition holds every value that it has, as it is. */
function keepsValues(action: AlterAction & { type: "modify_column" }, table: Name, known: Known): boolean {
  const before = known.text(table)?.columns.find(({ name }) => same(name, action.from))?.part;
  if (before === undefined) return false;
  // Outside of the strict modes NULL becomes 0 or an empty string without a word.
  if (action.column.notNull && !before.notNull && !known.strict) return false;
  return widens(before.dataType, action.column.dataType);
}
