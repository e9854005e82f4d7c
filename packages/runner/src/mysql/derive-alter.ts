import type { AlterAction } from "../sql/reader/alter-action.ts";
import type { Name } from "../sql/reader/names.ts";
import { quoted, same } from "../sql/reader/names.ts";
import { visibility } from "./class-rule.ts";
import { looksNamedAfter } from "./derive-rename.ts";
import type { Known } from "./known.ts";
import { isReplaced, isSame, serves } from "./foreign-key-index.ts";
import { indexNamed, isLastOfGroup, isSorted } from "./table-text.ts";
import type { TableText } from "./table-text.ts";
import type { UndoReason } from "./undo-reasons.ts";

interface Alter {
  readonly table: Name;
  readonly ignore: boolean;
  readonly actions: readonly AlterAction[];
}

/** One action back; `nothing` when there is nothing to put back. */
type Inverse = { readonly type: "action"; readonly sql: string } | { readonly type: "nothing" } | UndoReason;

interface Before {
  readonly text: TableText;
  readonly engine: string;
  readonly alter: Alter;
  readonly known: Known;
}

/** The actions of an ALTER TABLE backwards, in one statement, so that the way back is as atomic as the way there. */
export function undoActions(alter: Alter, known: Known): readonly string[] | UndoReason {
  const entry = known.entry(alter.table);
  if (alter.actions.some((action) => isConditional(action))) return "conditional";
  if (alter.ignore) return "loses_rows";
  if (entry?.type !== "table") return "unknown_before";
  const text = known.text(alter.table);
  if (text === null) return known.isAltered(alter.table) ? "altered_before" : "unknown_before";
  if (text.versioned) return "history";
  if (!isSorted(text)) return "other_order";
  if (!alteredEngines.has(entry.engine.toLowerCase())) return "engine";
  // Any ALTER makes a tree of it where that can be. Measured on MariaDB 10.11.
  const isHash = text.indexes.some(({ definition }) => definition?.endsWith(" USING HASH"));
  if (isHash && known.server.dialect === "mariadb" && entry.engine.toLowerCase() !== "memory") return "hash_index";
  if (mayLoseKeys(alter, text, known)) return "loses_keys";
  const before = { text, engine: entry.engine, alter, known };
  const backwards: string[] = [];
  let table = alter.table;
  for (const action of alter.actions) {
    const inverse = inverseOf(action, before);
    if (typeof inverse === "string") return inverse;
    if (inverse.type === "action") backwards.unshift(inverse.sql);
    if (action.type === "rename_table") table = action.to;
  }
  return backwards.length === 0 ? "nothing_seen" : [`ALTER TABLE ${known.quoted(table)} ${backwards.join(", ")}`];
}

/**
 * MariaDB 10.11 loses the foreign keys of a table that it copies and renames in one statement: when a generated column, a
 * check or another key comes along, on the way there or back.
 */
function mayLoseKeys({ table, actions }: Alter, { foreignKeys }: TableText, known: Known): boolean {
  if (known.server.dialect !== "mariadb" || actions.length === 1) return false;
  return (
    actions.some(({ type }) => type === "rename_table") &&
    (foreignKeys.length > 0 || known.referencing(table).length > 0)
  );
}

/**
 * Those that leave the definition of a table that is altered as it was otherwise. Aria is none: on MariaDB 10.11
 * PAGE_CHECKSUM goes when a partitioned table is altered, and ADD KEY with RENAME leaves a table of either name.
 */
const alteredEngines = new Set(["innodb", "myisam", "memory"]);

function isConditional(action: AlterAction): boolean {
  return ("ifExists" in action && action.ifExists) || ("ifNotExists" in action && action.ifNotExists);
}

function inverseOf(action: AlterAction, before: Before): Inverse {
  const { text, alter, known } = before;
  switch (action.type) {
    case "add_column":
      if (action.column.references !== null) return "unnamed";
      if (dropsCheck(before)) return "drops_check";
      return sql(`DROP COLUMN ${quoted(action.column.name)}`);
    case "add_index":
      return undoAddIndex(action, before);
    case "add_foreign_key": {
      if (action.name === null) return "unnamed";
      return undoAddForeignKey(action.name, action.columns, before);
    }
    case "add_check":
      if (action.name === null) return "unnamed";
      return sql(`DROP ${known.server.dialect === "mysql" ? "CHECK" : "CONSTRAINT"} ${quoted(action.name)}`);
    case "drop_index": {
      const index = indexNamed(text, action.name);
      if (index === undefined) return "unknown_before";
      if (index.columns.includes(null) && dropsCheck(before)) return "drops_check";
      return isLastOfGroup(text, index) ? add(index) : "other_place";
    }
    case "drop_primary_key": {
      const index = indexNamed(text, "PRIMARY");
      return index === undefined ? "unknown_before" : add(index);
    }
    case "drop_foreign_key":
    case "drop_check":
    case "drop_constraint":
      return undoDropConstraint(action, before);
    case "rename_column":
      return sql(`RENAME COLUMN ${quoted(action.to)} TO ${quoted(action.from)}`);
    case "rename_index":
      return sql(`RENAME INDEX ${quoted(action.to)} TO ${quoted(action.from)}`);
    case "rename_table":
      if (looksNamedAfter(text, action.to)) return "changes_names";
      return known.isAwaited(action.to) ? "awaited" : sql(`RENAME TO ${known.quoted(alter.table)}`);
    case "index_visibility": {
      const index = indexNamed(text, action.name);
      if (index === undefined) return "unknown_before";
      if (index.definition === null) return "altered_before";
      const { definition } = index;
      const wasVisible = !/ (?:IGNORED|\/\*!80000 INVISIBLE \*\/)$/.test(definition);
      if (wasVisible === action.visible) return "changes_nothing";
      const [shown, hidden] = known.server.dialect === "mysql" ? ["VISIBLE", "INVISIBLE"] : ["NOT IGNORED", "IGNORED"];
      return sql(`ALTER INDEX ${quoted(action.name)} ${wasVisible ? shown : hidden}`);
    }
    case "option":
      if (action.name === "COMMENT") return text.comment === null ? "altered_before" : sql(`COMMENT = ${text.comment}`);
      return visibility(action, alter.table, known) === "seen" ? "changes_definition" : { type: "nothing" };
    case "manner":
    case "force":
    case "order_by":
    case "rebuild_partition":
      return { type: "nothing" };
    case "enable_keys":
    case "disable_keys":
      return "nothing_seen";
    case "drop_column":
      return "loses_values";
    case "modify_column":
    case "convert_charset":
      return "changes_type";
    case "drop_partition":
    case "truncate_partition":
    case "discard_partition":
    case "discard_tablespace":
      return "loses_rows";
    case "exchange_partition":
    case "convert_partition":
    case "import_partition":
    case "import_tablespace":
      return "moves_rows";
    case "add_partition":
      return "partition_rows";
    case "add_system_versioning":
    case "drop_system_versioning":
      return "history";
    case "set_default":
    case "drop_default":
    case "column_visibility":
    case "check_enforcement":
    case "add_period":
    case "drop_period":
    case "partition_by":
    case "remove_partitioning":
    case "coalesce_partition":
    case "reorganize_partition":
    case "secondary_load":
    case "secondary_unload":
      return "changes_definition";
    default:
      return assertNever(action);
  }
}

/**
 * An index that can serve the key stays as it is; otherwise the server makes one, and names it after the key.
 * Measured on MySQL 9.7 and MariaDB 10.11: the name of an index behind FOREIGN KEY does not count beside CONSTRAINT.
 */
function undoAddForeignKey(name: string, columns: Columns, { text, engine, alter }: Before): Inverse {
  if (engine.toLowerCase() !== "innodb") return "engine";
  if (alter.actions.some((action) => changesIndexes.has(action.type) || bringsIndex(action))) return "leaves_index";
  const added = alter.actions.flatMap((action) => (action.type === "add_index" ? [action] : []));
  const stays = text.indexes.some((index) => serves(index, columns) && !isReplaced(index, columns));
  if (stays || added.some((index) => serves(index, columns))) return sql(`DROP FOREIGN KEY ${quoted(name)}`);
  // One that begins with the same column may serve in part, or be dropped for the new one.
  const others = alter.actions.flatMap((action) =>
    action.type === "add_foreign_key" && action.name !== name ? [action] : [],
  );
  const sharesFirst = (key: { readonly columns: Columns }): boolean => isSame(columns[0] ?? null, key.columns[0]);
  if ([...text.indexes, ...added, ...others].some(sharesFirst)) return "leaves_index";
  return sql(`DROP FOREIGN KEY ${quoted(name)}, DROP INDEX ${quoted(name)}`);
}

type Columns = readonly (string | null)[];

function bringsIndex(action: AlterAction): boolean {
  return action.type === "add_column" && (action.column.unique || action.column.primaryKey);
}

const changesIndexes: ReadonlySet<AlterAction["type"]> = new Set([
  "drop_index",
  "drop_primary_key",
  "drop_constraint",
  "drop_foreign_key",
  "drop_column",
  "modify_column",
  "rename_column",
  "rename_index",
  "index_visibility",
]);

/** MySQL 9.7 drops a check that names no column with any column, also with the hidden one of an expression. */
function dropsCheck({ text, known }: Before): boolean {
  return known.server.dialect === "mysql" && text.checks.some((check) => !check.namesColumn);
}

/** What is added again as it stood there. */
function add({ definition }: { readonly definition: string | null }): Inverse {
  return definition === null ? "altered_before" : sql(`ADD ${definition}`);
}

function sql(text: string): Inverse {
  return { type: "action", sql: text };
}

function undoAddIndex(action: AlterAction & { type: "add_index" }, before: Before): Inverse {
  const { text, engine, alter } = before;
  const { columns } = action;
  if (action.name === null) return "unnamed";
  if (text.indexes.some((index) => isReplaced(index, columns))) return "replaces_index";
  if (action.index === "primary") {
    const stays = columns.every((name) => {
      const added = alter.actions.find(
        ({ type, ...rest }) =>
          type === "add_column" && "column" in rest && isSame(name, (rest.column as { name: string }).name),
      );
      return added !== undefined || text.columns.some((column) => isSame(name, column.name) && column.part.notNull);
    });
    return stays ? sql("DROP PRIMARY KEY") : "keeps_not_null";
  }
  if (columns.includes(null) && dropsCheck(before)) return "drops_check";
  const first = action.index === "fulltext" && engine.toLowerCase() === "innodb";
  if (first && !text.indexes.some(({ group }) => group === "fulltext")) return "hidden_column";
  return sql(`DROP INDEX ${quoted(action.name)}`);
}

/** Foreign keys stand in the order of their names, and so do MySQL's checks; MariaDB's stand as they were made. */
function undoDropConstraint(
  { type, name }: AlterAction & { type: "drop_foreign_key" | "drop_check" | "drop_constraint" },
  { text, known }: Before,
): Inverse {
  const named = (line: { readonly name: string }): boolean => same(line.name, name);
  const keys = type === "drop_check" ? [] : text.foreignKeys.filter(named);
  const checks = type === "drop_foreign_key" ? [] : text.checks.filter(named);
  const indexes = type === "drop_constraint" ? text.indexes.filter(named) : [];
  const [only] = [...keys, ...checks];
  if (only === undefined || keys.length + checks.length + indexes.length > 1) return "changes_definition";
  if (checks.length === 1 && known.server.dialect === "mariadb" && text.checks.at(-1) !== only) return "other_place";
  return add(only);
}

function assertNever(value: never): never {
  throw new Error(`This action should not exist: ${JSON.stringify(value)}`);
}
