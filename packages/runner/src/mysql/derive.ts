import { quoted } from "../sql/reader/names.ts";
import type { Statement } from "../sql/reader/statement.ts";
import { classRuleOf } from "./class-rule.ts";
import { undoActions } from "./derive-alter.ts";
import { undoInsert } from "./derive-insert.ts";
import { undoRenames } from "./derive-rename.ts";
import type { Known } from "./known.ts";
import { undoReasons } from "./undo-reasons.ts";
import type { UndoReason } from "./undo-reasons.ts";

export type Derived =
  | { readonly type: "undo"; readonly statements: readonly string[] }
  | { readonly type: "none"; readonly reason: UndoReason; readonly text: string };

/**
 * The exact inverse of a statement, or why there is none. Exact: afterwards the schema is as it was before, to the letter
 * of SHOW CREATE, and so are the rows that were there. `known` is the database before the statement.
 */
export function derive(statement: Statement, known: Known): Derived {
  const inverse = inverseOf(statement, known);
  const misread = typeof inverse !== "string" && known.plainBackslash && inverse.some((sql) => sql.includes("\\"));
  const found = misread ? "quoting" : inverse;
  return typeof found === "string"
    ? { type: "none", reason: found, text: undoReasons[found] }
    : { type: "undo", statements: found };
}

function inverseOf(statement: Statement, known: Known): readonly string[] | UndoReason {
  const rule = classRuleOf(statement, known);
  if (rule === "session" || rule === "temporary_table") return "session";
  if (rule === "transaction_control" || (rule === "upkeep" && statement.kind === "upkeep")) return "nothing";
  if (rule === "unread" || rule === "stored_function") return "program";
  if (statement.conditional) return "conditional";
  if (statement.orReplace) return "or_replace";
  switch (statement.kind) {
    case "create_table":
      // Behind a temporary table of that name the new one could not be reached.
      if (known.isTemporary(statement.table)) return "session";
      if (known.isAwaited(statement.table)) return "awaited";
      return [`DROP TABLE ${known.quoted(statement.table)}`];
    case "create_view":
      return [`DROP VIEW ${known.quoted(statement.view)}`];
    case "create_trigger":
      return [`DROP TRIGGER ${known.quoted(statement.trigger)}`];
    case "create_routine":
      return [`DROP ${statement.routine.type.toUpperCase().replace("_", " ")} ${known.quoted(statement.routine)}`];
    case "create_event":
      return statement.vanishes ? "vanishes" : [`DROP EVENT ${known.quoted(statement.event)}`];
    case "create_sequence":
      return [`DROP SEQUENCE ${known.quoted(statement.sequence)}`];
    case "rename_table":
      return undoRenames(statement.renames, known);
    case "alter_table":
      return undoActions(statement, known);
    case "create_index": {
      const { table, index } = statement;
      const undone = undoActions({ table, ignore: false, actions: [{ type: "add_index", ...index }] }, known);
      return typeof undone === "string" ? undone : [`DROP INDEX ${quoted(index.name ?? "")} ON ${known.quoted(table)}`];
    }
    case "drop_index": {
      const { table, name } = statement;
      return undoActions({ table, ignore: false, actions: [{ type: "drop_index", name, ifExists: false }] }, known);
    }
    case "alter_event":
      return statement.renameTo === null || !statement.onlyRenames ? "changes_definition" : "takes_over";
    case "insert":
      return undoInsert(statement, known);
    case "update":
    case "delete":
    case "load_data":
      return "changes_rows";
    case "drop_table":
    case "truncate_table":
    case "drop_sequence":
      return "loses_rows";
    case "alter_view":
    case "drop_view":
    case "drop_trigger":
    case "alter_routine":
    case "drop_routine":
    case "drop_event":
    case "alter_sequence":
    case "alter_database":
      return "changes_definition";
    case "drop_database":
    case "create_database":
    case "server":
      return "outside_schema";
    case "set":
      return "outside_schema";
    case "reading":
      return rule === "reading" ? "nothing" : rule === "writes_file" ? "outside_schema" : "program";
    case "table_locks":
    case "server_lock":
    case "upkeep":
    case "transaction_control":
      return "nothing";
    case "use":
    case "session":
      return "session";
    case "call":
    case "program":
    case "unread":
      return "program";
    default:
      return assertNever(statement);
  }
}

function assertNever(value: never): never {
  throw new Error(`This statement should not exist: ${JSON.stringify(value)}`);
}
