/** What is in a database on a server, and another one that is the same. */
import type { ServerAccess } from "./server-access.ts";
import type { Left } from "./stage.ts";

/** Tables and views without Surefoot's own; indexes but the primary keys. */
export async function lookOnServer(access: ServerAccess, database: string): Promise<Left> {
  const tables: { [table: string]: string[] } = {};
  const rows: { [table: string]: number } = {};
  const own = `TABLE_SCHEMA = '${database}' AND TABLE_NAME NOT LIKE 'surefoot%'`;
  for (const { name, part } of await access.rows(
    `SELECT TABLE_NAME AS name, COLUMN_NAME AS part FROM information_schema.COLUMNS WHERE ${own} ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  ))
    (tables[String(name)] ??= []).push(String(part));
  for (const { name, part, several } of await access.rows(
    `SELECT DISTINCT TABLE_NAME AS name, INDEX_NAME AS part, NON_UNIQUE AS several FROM information_schema.STATISTICS
  WHERE ${own} AND INDEX_NAME <> 'PRIMARY' ORDER BY TABLE_NAME, INDEX_NAME`,
  ))
    tables[String(name)]?.push(`${Number(several) === 0 ? "unique " : ""}index ${String(part)}`);
  for (const name of Object.keys(tables)) {
    const [row] = await access.rows(`SELECT COUNT(*) AS count FROM \`${name}\``, database);
    rows[name] = Number(row?.["count"]);
  }
  return { tables, rows };
}

/** Makes `to` as a dump of `from` would: every table as it is, Surefoot's own included. */
export async function copyOnServer(access: ServerAccess, from: string, to: string): Promise<void> {
  const tables = await access.rows(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${from}' AND TABLE_TYPE = 'BASE TABLE'`,
  );
  await access.rows(`CREATE DATABASE ${to}`);
  for (const { name } of tables) {
    const [shown] = await access.rows(`SHOW CREATE TABLE \`${String(name)}\``, from);
    await access.rows(String(shown?.["Create Table"]), to);
    await access.rows(`INSERT INTO \`${String(name)}\` SELECT * FROM ${from}.\`${String(name)}\``, to);
  }
}
