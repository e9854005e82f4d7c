import type { AlterAction } from "../sql/reader/alter-action.ts";
import type { Name } from "../sql/reader/names.ts";
import { quoted, quotedName, same } from "../sql/reader/names.ts";
import { visibility } from "./class-rule.ts";
import { looksNamedAfter } from "./derive-rename.ts";
import type { Known } from "./known.ts";
import { commentLiteral, indexNamed, isLastOfGroup, readTableText } from "./table-text.ts";
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
  readonly createSql: string;
  readonly engine: string;
  readonly alter: Alter;
  readonly known: Known;
}

/** The actions of an ALTER TABLE backwards, in one statement, so that the way back is as atomic as the way there. */
export function undoActions(alter: Alter, known: Known): readonly string[] | UndoReason {
  const entry = known.entry(alter.table);
  if (alter.actions.some((action) => isConditional(action))) return "conditional";
  if (alter.ignore) return "loses_rows";
  if (entry?.type !== "table" || entry.createSql === null) return "unknown_before";
  const text = readTableText(entry.createSql, known.server.dialect);
  if (text === null) return "unknown_before";
  if (text.versioned) return "history";
  const before = { text, createSql: entry.createSql, engine: entry.engine, alter, known };
  const backwards: string[] = [];
  let table = alter.table;
  for (const action of alter.actions) {
    const inverse = inverseOf(action, before);
    if (typeof inverse === "string") return inverse;
    if (inverse.type === "action") backwards.unshift(inverse.sql);
    if (action.type === "rename_table") table = action.to;
  }
  return backwards.length === 0 ? "nothing_seen" : [`ALTER TABLE ${quotedName(table)} ${backwards.join(", ")}`];
}

function isConditional(action: AlterAction): boolean {
  return ("ifExists" in action && action.ifExists) || ("ifNotExists" in action && action.ifNotExists);
}

function inverseOf(action: AlterAction, before: Before): Inverse {
  const { text, alter, known } = before;
  switch (action.type) {
    case "add_column":
      return action.column.references === null ? sql(`DROP COLUMN ${quoted(action.column.name)}`) : "unnamed";
    case "add_index":
      return undoAddIndex(action, before);
    case "add_foreign_key": {
      if (action.name === null) return "unnamed";
      const serves = text.indexes.some(({ columns }) =>
        action.columns.every((column, at) => isSame(column, columns[at])),
      );
      return serves ? sql(`DROP FOREIGN KEY ${quoted(action.name)}`) : "leaves_index";
    }
    case "add_check":
      if (action.name === null) return "unnamed";
      return sql(`DROP ${known.server.dialect === "mysql" ? "CHECK" : "CONSTRAINT"} ${quoted(action.name)}`);
    case "drop_index": {
      const index = indexNamed(text, action.name);
      if (index === undefined) return "unknown_before";
      return isLastOfGroup(text, index) ? sql(`ADD ${index.definition}`) : "other_place";
    }
    case "drop_primary_key": {
      const index = indexNamed(text, "PRIMARY");
      return index === undefined ? "unknown_before" : sql(`ADD ${index.definition}`);
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
      return looksNamedAfter(before.createSql, action.to)
        ? "changes_names"
        : sql(`RENAME TO ${quotedName(alter.table)}`);
    case "index_visibility": {
      const definition = indexNamed(text, action.name)?.definition;
      if (definition === undefined) return "unknown_before";
      const wasVisible = !/ (?:IGNORED|\/\*!80000 INVISIBLE \*\/)$/.test(definition);
      if (wasVisible === action.visible) return "changes_nothing";
      const [shown, hidden] = known.server.dialect === "mysql" ? ["VISIBLE", "INVISIBLE"] : ["NOT IGNORED", "IGNORED"];
      return sql(`ALTER INDEX ${quoted(action.name)} ${wasVisible ? shown : hidden}`);
    }
    case "option":
      if (action.name === "COMMENT") return sql(`COMMENT = ${commentLiteral(text)}`);
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

function sql(text: string): Inverse {
  return { type: "action", sql: text };
}

function isSame(left: string | null, right: string | null | undefined): boolean {
  return left !== null && right !== null && right !== undefined && same(left, right);
}

function undoAddIndex(action: AlterAction & { type: "add_index" }, { text, engine, alter }: Before): Inverse {
  const { columns } = action;
  if (text.foreignKeys.some((key) => isSame(key.columns[0] ?? null, columns[0]))) return "serves_foreign_key";
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
  if (action.name === null) return "unnamed";
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
  return sql(`ADD ${only.definition}`);
}

function assertNever(value: never): never {
  throw new Error(`This action should not exist: ${JSON.stringify(value)}`);
}
