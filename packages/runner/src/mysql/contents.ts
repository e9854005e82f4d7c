/** What is in a table, or in a column beside NULL and its default: counted and hashed by the server itself. */
import type { Contents } from "../own-rows.ts";
import { nothing } from "../own-rows.ts";
import { quoted } from "../sql/reader/names.ts";
import type { Statement } from "../sql/reader/statement.ts";
import { rowsOf } from "./driver.ts";
import type { MysqlHandle } from "./driver.ts";

/** `key` is `table:t` or `column:t.c`, as a statement's `makes`. */
export async function contentsOf(handle: MysqlHandle, database: string, key: string): Promise<Contents> {
  const name = key.slice(key.indexOf(":") + 1);
  if (!key.startsWith("column:")) return ofColumns(handle, database, name, null);
  for (let point = name.indexOf("."); point !== -1; point = name.indexOf(".", point + 1)) {
    const found = await ofColumns(handle, database, name.slice(0, point), name.slice(point + 1));
    if (found !== nothing) return found;
  }
  return nothing;
}

async function ofColumns(
  handle: MysqlHandle,
  database: string,
  table: string,
  column: string | null,
): Promise<Contents> {
  const rows = await rowsOf(
    handle,
    `SELECT COLUMN_NAME AS name, COLUMN_DEFAULT AS value, EXTRA AS extra FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [database, table],
  );
  const columns = rows.filter(({ name }) => column === null || String(name).toLowerCase() === column);
  const [first] = columns;
  if (first === undefined) return nothing;
  // NULL and every value look different as literals. Adding them up as 64-bit numbers knows no order.
  const literals = columns.map(({ name }) => `QUOTE(${quoted(String(name))})`);
  const hash = `CAST(CONV(LEFT(SHA2(CONCAT_WS(',', ${literals.join(", ")}), 256), 16), 16, 10) AS UNSIGNED)`;
  const own = quoted(String(first["name"]));
  const hasDefault = first["value"] !== null && !/GENERATED/i.test(String(first["extra"]));
  const where =
    column === null ? "" : ` WHERE ${own} IS NOT NULL${hasDefault ? ` AND NOT (${own} <=> DEFAULT(${own}))` : ""}`;
  const [row] = await rowsOf(
    handle,
    `SELECT COUNT(*) AS n, CAST(COALESCE(SUM(${hash}), 0) AS CHAR) AS total FROM ${quoted(database)}.${quoted(table)}${where}`,
  );
  return { count: Number(row?.["n"]), sum: BigInt.asUintN(64, BigInt(String(row?.["total"]))) };
}

/** What a statement would take along: the keys of the tables and columns that it drops, and how people call what is in them. */
export function keyBehind(statement: Statement): readonly { readonly key: string; readonly what: string }[] {
  if (statement.kind === "drop_table")
    return statement.names.map(({ name }) => ({ key: `table:${name}`, what: `row(s) of ${name}` }));
  if (statement.kind !== "alter_table") return [];
  const table = statement.table.name;
  return statement.actions.flatMap((action) =>
    action.type === "drop_column"
      ? [
          {
            key: `column:${table}.${action.name.toLowerCase()}`,
            what: `value(s) of ${table}.${action.name}`,
          },
        ]
      : [],
  );
}
