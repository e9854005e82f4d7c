/**
 * What SHOW CREATE TABLE will say after an ALTER, as far as undos depend on it: which columns, indexes and constraints there
 * are, and in which order. How the server will write their definitions is not known, and nothing is rebuilt from them.
 */
import type { AlterAction, ColumnPart, IndexPart } from "../sql/reader/alter-action.ts";
import { same } from "../sql/reader/names.ts";
import { serves } from "./foreign-key-index.ts";
import type { IndexGroup, IndexLine, TableText } from "./table-text.ts";
import { uniqueRank } from "./table-text.ts";

/** Null: not known. The actions must have an inverse: then there is nothing to them that was not thought of. */
export function tableAfter(text: TableText, actions: readonly AlterAction[]): TableText | null {
  return actions.reduce<TableText | null>((now, action) => (now === null ? null : afterAction(now, action)), text);
}

function afterAction(text: TableText, action: AlterAction): TableText | null {
  switch (action.type) {
    case "add_column":
      return addColumn(text, action.column);
    case "add_index":
      return addIndex(text, action);
    case "add_foreign_key":
      return action.name === null ? null : addForeignKey(text, action.name, action.columns);
    case "add_check":
      return action.name === null
        ? null
        : { ...text, checks: [...text.checks, { name: action.name, definition: null, namesColumn: true }] };
    case "drop_index":
      return { ...text, indexes: without(text.indexes, action.name) };
    case "drop_primary_key":
      return { ...text, indexes: without(text.indexes, "PRIMARY") };
    case "drop_foreign_key":
    case "drop_check":
    case "drop_constraint":
      return dropConstraint(text, action);
    case "rename_index": {
      const { from, to } = action;
      const indexes = text.indexes.map((index) =>
        same(index.name, from) ? { ...index, name: to, definition: null } : index,
      );
      return { ...text, indexes };
    }
    case "option":
      if (action.name === "AUTO_INCREMENT") return text;
      // With quotes or backslashes in it the literal could be written in several ways.
      return action.name === "COMMENT" && /^[^'\\]*$/.test(action.value)
        ? { ...text, comment: `'${action.value}'` }
        : null;
    case "rename_table":
    case "manner":
    case "force":
    case "order_by":
      return text;
    default:
      return null;
  }
}

function addColumn(text: TableText, part: ColumnPart): TableText | null {
  // They bring something else along, or, as the first TIMESTAMP under an old setting, become NOT NULL by themselves.
  const brings = part.unique || part.primaryKey || part.autoIncrement || part.check || part.references !== null;
  if (brings || part.dataType.startsWith("timestamp")) return null;
  const { position } = part;
  const before = position?.type === "after" ? text.columns.findIndex(({ name }) => same(name, position.column)) : -1;
  if (position?.type === "after" && before === -1) return null;
  const at = position === null ? text.columns.length : before + 1;
  return { ...text, columns: text.columns.toSpliced(at, 0, { name: part.name, definition: null, part }) };
}

const groups: { readonly [index in IndexPart["index"]]: IndexGroup } = {
  primary: "primary",
  unique: "unique",
  index: "plain",
  spatial: "plain",
  vector: "plain",
  fulltext: "fulltext",
};

function addIndex(text: TableText, { index, name, columns, plain }: IndexPart): TableText | null {
  const group = groups[index];
  // Where a unique one comes to stand depends on whether it takes whole columns.
  if (name === null || (group === "unique" && !plain)) return null;
  const line: IndexLine = { name, definition: null, group, columns, plain };
  const goesBefore = (other: IndexLine): boolean =>
    group === "unique" && other.group === "unique"
      ? uniqueRank(line, text.columns) < uniqueRank(other, text.columns)
      : order.indexOf(group) < order.indexOf(other.group);
  const at = text.indexes.findIndex(goesBefore);
  return { ...text, indexes: text.indexes.toSpliced(at === -1 ? text.indexes.length : at, 0, line) };
}

const order: readonly IndexGroup[] = ["primary", "unique", "plain", "fulltext"];

/** The server makes an index of the key's name where none serves it. */
function addForeignKey(text: TableText, name: string, columns: readonly (string | null)[]): TableText | null {
  const foreignKeys = [...text.foreignKeys, { name, definition: null, columns }];
  if (text.indexes.some((index) => serves(index, columns))) return { ...text, foreignKeys };
  return addIndex({ ...text, foreignKeys }, { index: "index", name, columns, plain: true, ifNotExists: false });
}

function dropConstraint(
  text: TableText,
  { type, name }: Extract<AlterAction, { type: "drop_foreign_key" | "drop_check" | "drop_constraint" }>,
): TableText {
  return {
    ...text,
    foreignKeys: type === "drop_check" ? text.foreignKeys : without(text.foreignKeys, name),
    checks: type === "drop_foreign_key" ? text.checks : without(text.checks, name),
  };
}

function without<L extends { readonly name: string }>(lines: readonly L[], name: string): readonly L[] {
  return lines.filter((line) => !same(line.name, name));
}
