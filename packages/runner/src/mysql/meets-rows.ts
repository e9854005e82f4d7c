import type { AlterAction } from "../sql/reader/alter-action.ts";
import type { Name } from "../sql/reader/names.ts";
import { same } from "../sql/reader/names.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { Known } from "./known.ts";

/** Whether it changes rows, or can fail because of those that are there. What is not known to pass them over meets them. */
export function meetsRows(statement: Statement, known: Known): boolean {
  switch (statement.kind) {
    case "create_table":
      return statement.select;
    case "alter_table":
      return statement.actions.some((action) => actionMeetsRows(action, statement.table, known));
    case "create_index":
      return actionMeetsRows({ type: "add_index", ...statement.index }, statement.table, known);
    case "insert":
    case "update":
    case "delete":
    case "load_data":
    case "truncate_table":
    case "call":
    case "program":
    case "unread":
      return true;
    default:
      return false;
  }
}

function actionMeetsRows(action: AlterAction, table: Name, known: Known): boolean {
  switch (action.type) {
    case "add_index":
      // A spatial index takes no NULL, an expression may fail, a vector has a length.
      return action.index !== "index" || action.columns.includes(null);
    case "add_column": {
      const { unique, primaryKey, check, generated, references } = action.column;
      return unique || primaryKey || check || generated || references !== null;
    }
    case "drop_column":
      return isInUniqueIndex(action.name, table, known);
    case "rename_column":
    case "rename_index":
    case "rename_table":
    case "drop_index":
    case "drop_primary_key":
    case "drop_foreign_key":
    case "drop_check":
    case "drop_constraint":
    case "index_visibility":
    case "column_visibility":
    case "set_default":
    case "drop_default":
    case "manner":
    case "force":
    case "enable_keys":
    case "disable_keys":
      return false;
    case "option":
      return action.name !== "COMMENT" && action.name !== "AUTO_INCREMENT";
    default:
      return true;
  }
}

/** Such an index stays without the column, and then more rows are equal. */
function isInUniqueIndex(column: string, table: Name, known: Known): boolean {
  const text = known.text(table);
  if (text === null) return !known.isOwn(table);
  return text.indexes.some(
    ({ group, columns }) =>
      (group === "primary" || group === "unique") &&
      columns.length > 1 &&
      columns.some((name) => name !== null && same(name, column)),
  );
}
