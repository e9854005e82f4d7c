/** The one method of a mysql2 connection that reads what is in a database. Rows are objects, dates are not asked for. */
export interface MysqlHandle {
  query(sql: string, values?: string[]): Promise<readonly [unknown, unknown]>;
}

/** A row as the driver gives it, by the names of its columns. */
export type MysqlRow = Readonly<Record<string, unknown>>;

export async function rowsOf(handle: MysqlHandle, sql: string, values: string[] = []): Promise<MysqlRow[]> {
  const [rows] = await handle.query(sql, values);
  if (!Array.isArray(rows)) throw new Error(`No rows came back from: ${sql}`);
  return rows as MysqlRow[];
}

/** The number of the server's error; null: it is not one of the server's. */
export function errnoOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("errno" in error)) return null;
  // The numbers of the system's own errors, such as a connection that was cut, are negative.
  return typeof error.errno === "number" && error.errno > 0 ? error.errno : null;
}
