import type { SqliteHandle } from "surefoot";
import type { Left } from "./stage.ts";

/** Tables and views without Surefoot's own; indexes that have a name of their own. */
export function lookAt(handle: SqliteHandle): Left {
  const tables: { [table: string]: string[] } = {};
  const rows: { [table: string]: number } = {};
  const names = handle
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'surefoot%' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .all() as { readonly name: string }[];
  for (const { name } of names) {
    const columns = handle.prepare("SELECT name FROM pragma_table_info(?) ORDER BY cid").all(name) as {
      name: string;
    }[];
    const indexes = handle
      .prepare(`SELECT name, "unique" AS only FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY name`)
      .all(name) as { readonly name: string; readonly only: number }[];
    tables[name] = [
      ...columns.map((column) => column.name),
      ...indexes.map((index) => `${index.only === 1 ? "unique " : ""}index ${index.name}`),
    ];
    const { count } = handle.prepare(`SELECT COUNT(*) AS count FROM "${name}"`).get() as { readonly count: number };
    rows[name] = count;
  }
  return { tables, rows };
}
