/** The rows that an INSERT has written out, deleted by their key. */
import type { Derived } from "../undo/derivation.ts";
import { quoted } from "./cursor.ts";
import type { Insert } from "./form.ts";
import { insertObstacles } from "./inverses.ts";
import type { TableFacts } from "./rehearsal.ts";

/** Rows with a key of several columns in one condition. Source: SQLITE_MAX_EXPR_DEPTH is 1,000 in better-sqlite3. */
const longKeyRowCountMax = 250;

type Obstacle = keyof typeof insertObstacles;
type Value = string | null;

export function deleteByKey({ table, columns, rows }: Insert, facts: TableFacts): Derived {
  const { key } = facts;
  const given = columns ?? facts.columns;
  const at = key.map((column) => given.indexOf(column));
  const keys = (rows ?? []).map((row) => at.map((index) => row[index] ?? null));
  const obstacle = obstacleIn(facts) ?? obstacleTo(given, keys, facts);
  if (obstacle !== null) return { type: "none", reason: insertObstacles[obstacle] };
  const where = key.length === 1 ? oneColumn(key[0] ?? "", keys) : severalColumns(key, keys);
  return { type: "undo", statements: [`DELETE FROM main.${table.written} WHERE ${where}`] };
}

function obstacleIn({ key, triggers, words, referred, deletable }: TableFacts): Obstacle | null {
  if (key.length === 0) return "no_key";
  if (triggers) return "trigger";
  if (words.has("conflict")) return "conflict";
  if (words.has("autoincrement")) return "autoincrement";
  if (words.has("collate")) return "collation";
  if (referred.some(({ acts }) => acts)) return "cascade";
  return deletable ? null : "mismatch";
}

function obstacleTo(
  given: readonly string[],
  keys: readonly (readonly Value[])[],
  { key, columns }: TableFacts,
): Obstacle | null {
  // A column that is named twice, or by `rowid`, leaves open which of the values becomes the key.
  if (new Set(given).size < given.length || given.some((column) => !columns.includes(column))) return "columns";
  if (keys.length === 0 || keys.some((row) => row.some((value) => value === null || !isFaithful(value))))
    return "key_not_given";
  return key.length > 1 && keys.length > longKeyRowCountMax ? "long_key" : null;
}

/**
 * Will the stored value equal this text again, whatever the type of its column? Whole numbers up to 2^53 and strings that
 * are no number will; beyond them a column of type REAL rounds, and the same text then finds nothing.
 */
function isFaithful(value: string): boolean {
  const content = value.startsWith("'") ? value.slice(1, -1) : value;
  return (
    /^-?\d{1,15}$/.test(content) || (value.startsWith("'") && !/^\s*[-+]?\.?\d[\d.]*(?:e[-+]?\d+)?\s*$/i.test(content))
  );
}

function oneColumn(column: string, keys: readonly (readonly Value[])[]): string {
  const values = keys.map(([value]) => value);
  return values.length === 1 ? `${quoted(column)} = ${values[0]}` : `${quoted(column)} IN (${values.join(", ")})`;
}

function severalColumns(key: readonly string[], keys: readonly (readonly Value[])[]): string {
  return keys
    .map((row) => row.map((value, index) => `${quoted(key[index] ?? "")} = ${value}`).join(" AND "))
    .join(" OR ");
}
