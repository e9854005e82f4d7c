/**
 * Who may hold what a statement has waited for in vain. Afterwards no server says who it was, so these are the sessions
 * that could have been it: with open transactions, with metadata locks on the database, and where nothing is told of
 * either, whoever else is on it.
 */
import { errnoOf, rowsOf } from "./driver.ts";
import type { MysqlHandle } from "./driver.ts";
import { sessionText } from "./lease.ts";

/** So many are named. */
const nameCountMax = 5;

const openTransactions = `SELECT t.trx_mysql_thread_id AS id, p.DB = DATABASE() AS here FROM information_schema.INNODB_TRX t
 JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id`;
const metadataLocks = {
  mysql: `SELECT DISTINCT t.PROCESSLIST_ID AS id, 1 AS here FROM performance_schema.metadata_locks l
 JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID
 WHERE l.LOCK_STATUS = 'GRANTED' AND l.OBJECT_TYPE = 'TABLE' AND l.OBJECT_SCHEMA = DATABASE()`,
  // A plugin that has to be installed. Without it nothing tells who holds tables by LOCK TABLES alone.
  mariadb: `SELECT DISTINCT THREAD_ID AS id, 1 AS here FROM information_schema.METADATA_LOCK_INFO
 WHERE TABLE_SCHEMA = DATABASE()`,
} as const;
const onThisDatabase = "SELECT ID AS id, 1 AS here FROM information_schema.PROCESSLIST WHERE DB = DATABASE()";

export async function blockersOf(
  handle: MysqlHandle,
  dialect: keyof typeof metadataLocks,
  ours: ReadonlySet<number>,
): Promise<readonly string[]> {
  const found = new Map<number, boolean>();
  const add = async (sql: string): Promise<void> => {
    try {
      for (const { id, here } of await rowsOf(handle, sql))
        if (!ours.has(Number(id))) found.set(Number(id), Number(here) === 1 || found.get(Number(id)) === true);
    } catch (error) {
      if (errnoOf(error) === null) throw error;
    }
  };
  await add(openTransactions);
  await add(metadataLocks[dialect]);
  if (![...found.values()].includes(true)) await add(onThisDatabase);
  // A transaction elsewhere on the server is named only where none is known here.
  const here = [...found].filter(([, isHere]) => isHere);
  const ids = (here.length > 0 ? here : [...found]).map(([id]) => id);
  const texts: string[] = [];
  for (const id of ids.slice(0, nameCountMax)) texts.push((await sessionText(handle, id)) ?? `session ${id}`);
  return texts;
}
