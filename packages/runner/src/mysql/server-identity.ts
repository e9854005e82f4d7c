/** Which server this is, and whether Surefoot is sound on it. */
import { SurefootError } from "../error.ts";
import type { MysqlHandle } from "./driver.ts";
import { errnoOf, rowsOf } from "./driver.ts";
import type { SessionFacts } from "./read-catalogue.ts";
import type { ServerFacts } from "./server-facts.ts";
import { readServerFacts } from "./server-facts.ts";
import type { ServerOrigin } from "./origin.ts";

export interface ServerIdentity {
  readonly facts: ServerFacts;
  /** MySQL: server_uuid. MariaDB: server_uid where it has one, server_id, host and port. */
  readonly uuid: string;
  /** When the server was started: UTC, ISO 8601, by its own clock, ± 2 s. */
  readonly startedAt: string;
  /** How a session begins here. */
  readonly session: Pick<SessionFacts, "defaultEngine" | "sqlMode">;
  readonly isReadOnly: boolean;
}

/** MySQL 8.0, MariaDB 10.6: since then DDL is atomic. Source: docs/databases.md. */
const oldest = { mysql: 80_000, mariadb: 100_600 } as const;

/** @throws SurefootError ENGINE_UNSUPPORTED with the reason */
export async function readServer(handle: MysqlHandle, { dialect, name }: ServerOrigin): Promise<ServerIdentity> {
  const facts = await readServerFacts(handle);
  const refuse = (why: string): SurefootError =>
    new SurefootError("ENGINE_UNSUPPORTED", `${name}: ${why}. Nothing was done.`);
  const title = { mysql: "MySQL", mariadb: "MariaDB" };
  if (facts.dialect !== dialect)
    throw refuse(`the server is ${title[facts.dialect]}; write ${facts.dialect}:// instead of ${dialect}://`);
  if (facts.version < oldest[dialect])
    throw refuse(
      `the server is older than ${dialect === "mysql" ? "MySQL 8.0" : "MariaDB 10.6"}, and a DDL statement that is ` +
        "interrupted there can leave half of its effect",
    );
  const text = async (variable: string): Promise<string | null> => variableOf(handle, variable);
  if (dialect === "mariadb" && (await text("wsrep_on")) === "1")
    throw refuse("this is a Galera node, where GET_LOCK holds on one node only; Surefoot is not sound there yet");
  if (dialect === "mysql" && (await isGroupMember(handle)))
    throw refuse("this server is a member of a replication group, where Surefoot is not sound yet");
  const [row] = await rowsOf(
    handle,
    `SELECT @@global.sql_mode AS sql_mode, @@global.default_storage_engine AS engine, @@global.read_only AS read_only,
 @@server_id AS server_id, @@hostname AS host, @@port AS port`,
  );
  const own = await text(dialect === "mysql" ? "server_uuid" : "server_uid");
  const place = `${String(row?.["server_id"])}@${String(row?.["host"])}:${String(row?.["port"])}`;
  return {
    facts,
    uuid: dialect === "mysql" && own !== null ? own : `${own ?? ""}/${place}`,
    startedAt: await startedAt(handle),
    session: { defaultEngine: String(row?.["engine"]), sqlMode: String(row?.["sql_mode"]) },
    isReadOnly: String(row?.["read_only"]) !== "0",
  };
}

async function startedAt(handle: MysqlHandle): Promise<string> {
  const [row] = await rowsOf(handle, "SHOW GLOBAL STATUS LIKE 'Uptime'");
  const [clock] = await rowsOf(handle, "SELECT UNIX_TIMESTAMP() AS now");
  const seconds = Number(clock?.["now"]) - Number(row?.["Value"]);
  return new Date(seconds * 1000).toISOString();
}

/** Null: the server has no such variable. */
async function variableOf(handle: MysqlHandle, variable: string): Promise<string | null> {
  try {
    const [row] = await rowsOf(handle, `SELECT @@global.${variable} AS value`);
    return String(row?.["value"]);
  } catch (error) {
    if (errnoOf(error) === 1193) return null;
    throw error;
  }
}

async function isGroupMember(handle: MysqlHandle): Promise<boolean> {
  try {
    const rows = await rowsOf(
      handle,
      "SELECT MEMBER_ID FROM performance_schema.replication_group_members WHERE MEMBER_STATE <> 'OFFLINE'",
    );
    return rows.length > 0;
  } catch (error) {
    // Without the right to look there, or without the table: who runs a group can look.
    if (errnoOf(error) === null) throw error;
    return false;
  }
}
