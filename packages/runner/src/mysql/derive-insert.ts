import { quoted, same } from "../sql/reader/names.ts";
import type { Literal, Statement } from "../sql/reader/statement.ts";
import type { Known } from "./known.ts";
import { indexNamed } from "./table-text.ts";
import type { TableText } from "./table-text.ts";
import type { UndoReason } from "./undo-reasons.ts";

/** DELETE of the very rows that an INSERT wrote, by their primary keys. */
export function undoInsert(statement: Statement & { kind: "insert" }, known: Known): readonly string[] | UndoReason {
  const { table, rows } = statement;
  if (statement.overwrites || statement.ignore || rows === null || rows.length === 0) return "changes_rows";
  const entry = known.entry(table);
  if (entry?.type === "view") return "view";
  if (entry?.type !== "table") return "unknown_before";
  const text = known.text(table);
  if (text === null) return known.isAltered(table) ? "altered_before" : "unknown_before";
  if (text.versioned) return "history";
  if (entry.triggers.length > 0) return "triggers";
  if (known.referencing(table).length > 0) return "referenced";
  if (!knownEngines.has(entry.engine.toLowerCase())) return "engine";
  // Without names an invisible column is passed over.
  const columns = statement.columns ?? text.columns.flatMap(({ name, part }) => (part.invisible ? [] : [name]));
  const keys = keyColumns(text);
  if (keys === null) return "no_key";
  const places = keys.map((key) => columns.findIndex((name) => same(name, key.name)));
  const conditions: string[][] = [];
  for (const row of rows) {
    const values = keys.map((key, at) => stored(row[places[at]!] ?? null, key));
    if (values.includes(null)) return "no_key";
    conditions.push(values as string[]);
  }
  return [
    `DELETE FROM ${known.quoted(table)} WHERE ${condition(
      keys.map(({ name }) => quoted(name)),
      conditions,
    )}`,
  ];
}

/** Others may keep rows elsewhere, or not let them be deleted. */
const knownEngines = new Set(["innodb", "myisam", "aria", "memory"]);

function condition(names: readonly string[], rows: readonly (readonly string[])[]): string {
  if (names.length > 1) {
    const each = rows.map((row) => row.map((value, at) => `${names[at]} = ${value}`).join(" AND "));
    return each.length === 1 ? each[0]! : each.map((one) => `(${one})`).join(" OR ");
  }
  return rows.length === 1
    ? `${names[0]} = ${rows[0]![0]}`
    : `${names[0]} IN (${rows.map(([value]) => value).join(", ")})`;
}

interface KeyColumn {
  readonly name: string;
  readonly dataType: string;
  readonly autoIncrement: boolean;
}

/** The columns of the primary key; null: there is none, or it holds only the beginning of a value. */
function keyColumns(text: TableText): readonly KeyColumn[] | null {
  const primary = indexNamed(text, "PRIMARY");
  if (primary === undefined || (primary.definition === null ? !primary.plain : /\(\d+\)/.test(primary.definition)))
    return null;
  const columns = primary.columns.map((name) =>
    text.columns.find((column) => name !== null && same(column.name, name)),
  );
  if (columns.includes(undefined)) return null;
  return columns.map((column) => column!.part);
}

const bits: ReadonlyMap<string, number> = new Map([
  ["tinyint", 8],
  ["smallint", 16],
  ["mediumint", 24],
  ["int", 32],
  ["bigint", 64],
]);

/** The literal, when the server stores it just so; null: it may be cut, rounded, or replaced by a number of its own. */
function stored(literal: Literal, { dataType, autoIncrement }: KeyColumn): string | null {
  const [, type = "", , length = "", rest = ""] = /^(\S+)( \( (\d+) \))?(.*)$/.exec(dataType) ?? [];
  const width = bits.get(type);
  if (width !== undefined) {
    if (literal?.type !== "number" || !/^-?\d{1,19}$/.test(literal.text)) return null;
    const value = BigInt(literal.text);
    const unsigned = rest.includes("unsigned");
    const max = 2n ** BigInt(unsigned ? width : width - 1);
    // 0 asks for the next number where there is a counter.
    const least = autoIncrement ? 1n : unsigned ? 0n : -max;
    return value >= least && value < max ? literal.text : null;
  }
  if ((type !== "varchar" && type !== "char") || literal?.type !== "string") return null;
  // Plain ASCII in quotes is stored as it is, and equals nothing else under a unique key.
  const plain =
    /^'[\x21-\x26\x28-\x5b\x5d-\x7e](?:[\x20-\x26\x28-\x5b\x5d-\x7e]*[\x21-\x26\x28-\x5b\x5d-\x7e])?'$/.test(
      literal.text,
    );
  return plain && literal.text.length - 2 <= Number(length) ? literal.text : null;
}
