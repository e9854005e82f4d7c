import type { AlterAction } from "./alter-action.ts";
import { Cursor } from "./cursor.ts";
import { atPartitioning, readColumn, readElement, readIfNotExists, skipElement } from "./table-element.ts";
import { readOption } from "./table-option.ts";

/** Every action of an ALTER TABLE, from behind the table's name to the end. */
export function readActions(cursor: Cursor): AlterAction[] {
  const actions: AlterAction[] = [];
  if (cursor.accept("NOWAIT")) actions.push({ type: "manner" });
  else if (cursor.accept("WAIT")) {
    cursor.skip();
    actions.push({ type: "manner" });
  }
  while (!cursor.done) {
    actions.push(...readAction(cursor));
    if (cursor.acceptMark(",") && cursor.done) throw cursor.unread("an action");
  }
  return actions;
}

function readAction(cursor: Cursor): AlterAction[] {
  const word = cursor.word();
  switch (word) {
    case "ADD":
      cursor.at++;
      return readAdd(cursor);
    case "DROP":
      cursor.at++;
      return [readDrop(cursor)];
    case "MODIFY":
    case "CHANGE":
      cursor.at++;
      return [readModify(cursor, word === "CHANGE")];
    case "ALTER":
      cursor.at++;
      return [readAlter(cursor)];
    case "RENAME":
      cursor.at++;
      return [readRename(cursor)];
    case "CONVERT":
      cursor.at++;
      return [readConvert(cursor)];
    case "ORDER":
      cursor.expect("ORDER", "BY");
      // Its columns are separated by commas, as actions are; only a name can follow here.
      do {
        cursor.name();
        cursor.acceptOne("ASC", "DESC");
      } while (cursor.isMark(",") && isOrderColumn(cursor) && cursor.acceptMark(","));
      return [{ type: "order_by" }];
    case "ENABLE":
    case "DISABLE":
      cursor.at++;
      cursor.expect("KEYS");
      return [{ type: word === "ENABLE" ? "enable_keys" : "disable_keys" }];
    case "DISCARD":
    case "IMPORT":
      cursor.at++;
      if (cursor.accept("PARTITION")) {
        readPartitionNames(cursor);
        cursor.expect("TABLESPACE");
        return [{ type: word === "DISCARD" ? "discard_partition" : "import_partition" }];
      }
      cursor.expect("TABLESPACE");
      return [{ type: word === "DISCARD" ? "discard_tablespace" : "import_tablespace" }];
    case "FORCE":
      cursor.at++;
      return [{ type: "force" }];
    case "ALGORITHM":
    case "LOCK":
      cursor.at++;
      cursor.acceptMark("=");
      cursor.identifier();
      return [{ type: "manner" }];
    case "WITH":
    case "WITHOUT":
      if (!cursor.accept(word, "VALIDATION")) break;
      return [{ type: "manner" }];
    case "SECONDARY_LOAD":
    case "SECONDARY_UNLOAD":
      cursor.skipAll();
      return [{ type: word === "SECONDARY_LOAD" ? "secondary_load" : "secondary_unload" }];
    case "PARTITION":
      cursor.expect("PARTITION", "BY");
      cursor.skipAll();
      return [{ type: "partition_by" }];
    case "REMOVE":
      cursor.expect("REMOVE", "PARTITIONING");
      return [{ type: "remove_partitioning" }];
    case "COALESCE":
      cursor.expect("COALESCE", "PARTITION");
      skipElement(cursor);
      return [{ type: "coalesce_partition" }];
    case "REORGANIZE":
      cursor.expect("REORGANIZE", "PARTITION");
      cursor.skipAll();
      return [{ type: "reorganize_partition" }];
    case "EXCHANGE": {
      cursor.expect("EXCHANGE", "PARTITION");
      cursor.identifier();
      cursor.expect("WITH", "TABLE");
      const table = cursor.name();
      if (cursor.acceptOne("WITH", "WITHOUT") !== "") cursor.expect("VALIDATION");
      return [{ type: "exchange_partition", table }];
    }
    case "TRUNCATE":
    case "ANALYZE":
    case "CHECK":
    case "OPTIMIZE":
    case "REBUILD":
    case "REPAIR": {
      cursor.expect(word, "PARTITION");
      cursor.acceptOne("NO_WRITE_TO_BINLOG", "LOCAL");
      const partitions = readPartitionNames(cursor);
      skipElement(cursor);
      return [{ type: word === "TRUNCATE" ? "truncate_partition" : "rebuild_partition", partitions }];
    }
  }
  return [readOption(cursor)];
}

/** Whether what follows a comma in ORDER BY is one more column, and not the next action. */
function isOrderColumn(cursor: Cursor): boolean {
  const behind = new Cursor(cursor.list, cursor.at + 1, cursor.end);
  if (!behind.isIdentifier()) return false;
  behind.name();
  return behind.done || behind.isMark(",") || behind.is("ASC") || behind.is("DESC");
}

function readPartitionNames(cursor: Cursor): string[] {
  if (cursor.accept("ALL")) return [];
  return cursor.names().map(({ name }) => name);
}

function readAdd(cursor: Cursor): AlterAction[] {
  if (cursor.accept("PARTITION")) {
    skipElement(cursor);
    return [{ type: "add_partition" }];
  }
  if (cursor.accept("SYSTEM", "VERSIONING")) return [{ type: "add_system_versioning" }];
  cursor.accept("COLUMN");
  const ifNotExists = readIfNotExists(cursor);
  if (!cursor.isMark("(")) {
    const element = readElement(cursor);
    return [ifNotExists && "ifNotExists" in element ? { ...element, ifNotExists } : element];
  }
  const elements = cursor.parentheses().parts().map(readElement);
  return elements.map((element) => (ifNotExists && "ifNotExists" in element ? { ...element, ifNotExists } : element));
}

function readDrop(cursor: Cursor): AlterAction {
  if (cursor.accept("PRIMARY", "KEY")) return { type: "drop_primary_key" };
  if (cursor.accept("SYSTEM", "VERSIONING")) return { type: "drop_system_versioning" };
  if (cursor.accept("PERIOD", "FOR")) return { type: "drop_period", name: cursor.identifier() };
  if (cursor.accept("PARTITION")) {
    cursor.accept("IF", "EXISTS");
    return { type: "drop_partition", partitions: readPartitionNames(cursor) };
  }
  const what = cursor.accept("FOREIGN", "KEY")
    ? "drop_foreign_key"
    : cursor.acceptOne("INDEX", "KEY") !== ""
      ? "drop_index"
      : cursor.accept("CHECK")
        ? "drop_check"
        : cursor.accept("CONSTRAINT")
          ? "drop_constraint"
          : "drop_column";
  if (what === "drop_column") cursor.accept("COLUMN");
  const ifExists = cursor.accept("IF", "EXISTS");
  const name = cursor.identifier();
  cursor.acceptOne("RESTRICT", "CASCADE");
  return what === "drop_index" && name.toUpperCase() === "PRIMARY"
    ? { type: "drop_primary_key" }
    : { type: what, name, ifExists };
}

function readModify(cursor: Cursor, renames: boolean): AlterAction {
  cursor.accept("COLUMN");
  const ifExists = cursor.accept("IF", "EXISTS");
  const from = renames ? cursor.identifier() : null;
  const column = readColumn(cursor);
  return { type: "modify_column", from: from ?? column.name, column, ifExists };
}

function readAlter(cursor: Cursor): AlterAction {
  if (cursor.acceptOne("INDEX", "KEY") !== "") {
    const ifExists = cursor.accept("IF", "EXISTS");
    const name = cursor.identifier();
    const visible = cursor.accept("VISIBLE") || cursor.accept("NOT", "IGNORED");
    if (!visible && cursor.acceptOne("INVISIBLE", "IGNORED") === "") throw cursor.unread("VISIBLE or IGNORED");
    return { type: "index_visibility", name, visible, ifExists };
  }
  if (cursor.acceptOne("CHECK", "CONSTRAINT") !== "") {
    const name = cursor.identifier();
    cursor.accept("NOT");
    cursor.expect("ENFORCED");
    return { type: "check_enforcement", name };
  }
  cursor.accept("COLUMN");
  const ifExists = cursor.accept("IF", "EXISTS");
  const column = cursor.identifier();
  if (cursor.accept("DROP", "DEFAULT")) return { type: "drop_default", column, ifExists };
  cursor.expect("SET");
  if (cursor.acceptOne("VISIBLE", "INVISIBLE") !== "") return { type: "column_visibility", column, ifExists };
  cursor.expect("DEFAULT");
  skipElement(cursor);
  return { type: "set_default", column, ifExists };
}

function readRename(cursor: Cursor): AlterAction {
  const what = cursor.accept("COLUMN")
    ? "rename_column"
    : cursor.acceptOne("INDEX", "KEY") !== ""
      ? "rename_index"
      : "rename_table";
  if (what === "rename_table") {
    if (cursor.acceptOne("TO", "AS") === "") cursor.acceptMark("=");
    return { type: what, to: cursor.name() };
  }
  const ifExists = cursor.accept("IF", "EXISTS");
  const from = cursor.identifier();
  cursor.expect("TO");
  return { type: what, from, to: cursor.identifier(), ifExists };
}

function readConvert(cursor: Cursor): AlterAction {
  if (cursor.accept("PARTITION")) {
    cursor.identifier();
    cursor.expect("TO", "TABLE");
    return { type: "convert_partition", table: cursor.name() };
  }
  if (cursor.accept("TABLE")) {
    const table = cursor.name();
    cursor.expect("TO", "PARTITION");
    cursor.skipAll();
    return { type: "convert_partition", table };
  }
  cursor.expect("TO");
  if (cursor.acceptOne("CHARACTER", "CHAR", "CHARSET") === "") throw cursor.unread("CHARACTER SET");
  while (!cursor.done && !cursor.isMark(",") && !atPartitioning(cursor)) cursor.skip();
  return { type: "convert_charset" };
}
