import type { Server } from "../sql/reader/server.ts";
import { versionNumber } from "../sql/reader/server.ts";
import type { MysqlHandle } from "./driver.ts";
import { rowsOf } from "./driver.ts";

/** What a server is, as far as reading its schema depends on it. */
export interface ServerFacts extends Server {
  /** Whether names of tables are the same in capitals: lower_case_table_names is not 0. */
  readonly caseless: boolean;
}

export async function readServerFacts(handle: MysqlHandle): Promise<ServerFacts> {
  const [row] = await rowsOf(handle, "SELECT VERSION() AS version, @@lower_case_table_names AS caseless");
  const text = String(row?.["version"]);
  const version = versionNumber(text);
  if (version === null) throw new Error(`The server says that its version is "${text}".`);
  return { dialect: /mariadb/i.test(text) ? "mariadb" : "mysql", version, caseless: Number(row?.["caseless"]) !== 0 };
}
