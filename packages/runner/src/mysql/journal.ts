import type { Row, StoredRow } from "@surefoot/model";
import { journalFormat, unpackRow } from "@surefoot/model";
import { journalDamaged, leaseOf, refuseMissing, tableChanged } from "../journal-tables.ts";
import type { JournalRows } from "../port.ts";
import { quoted } from "../sql/reader/names.ts";
import { rowsOf } from "./driver.ts";
import type { MysqlHandle, MysqlRow } from "./driver.ts";
import type { Answer, Link } from "./link.ts";

const columnNames = [
  "first",
  "seq",
  "kind",
  "run",
  "epoch",
  "migration",
  "direction",
  "from_state",
  "event",
  "to_state",
  "step",
  "detail",
  "at",
  "earlier",
] as const;
const leaseColumns = ["id", "epoch", "owner"] as const;

const columns = columnNames.map(quoted).join(", ");

/** May hold any character. They are sent as digits, because a migration can change what its session takes bytes for. */
const texts: ReadonlySet<string> = new Set(["run", "migration", "detail", "earlier"]);

/** Made in this order; the row of the lease is the last thing, so that an unfinished journal can be told from one that was damaged. */
function creation(database: string): readonly string[] {
  const options = "ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
  const name = quoted(database);
  return [
    `CREATE TABLE IF NOT EXISTS ${name}.surefoot_journal (
  \`first\` BIGINT NOT NULL PRIMARY KEY,
  \`seq\` BIGINT NOT NULL,
  \`kind\` VARCHAR(16) NOT NULL,
  \`run\` VARCHAR(64) NOT NULL,
  \`epoch\` BIGINT NOT NULL,
  \`migration\` VARCHAR(512),
  \`direction\` VARCHAR(8),
  \`from_state\` VARCHAR(32),
  \`event\` VARCHAR(64) NOT NULL,
  \`to_state\` VARCHAR(32),
  \`step\` INT,
  \`detail\` LONGTEXT NOT NULL,
  \`at\` VARCHAR(32) NOT NULL,
  \`earlier\` LONGTEXT NOT NULL,
  KEY surefoot_journal_applied (\`kind\`, \`event\`)
) ${options}`,
    `CREATE TABLE IF NOT EXISTS ${name}.surefoot_lease (
  \`id\` INT NOT NULL PRIMARY KEY,
  \`epoch\` BIGINT NOT NULL,
  \`owner\` TEXT NOT NULL
) ${options}`,
    `INSERT IGNORE INTO ${name}.surefoot_lease (\`id\`, \`epoch\`, \`owner\`) VALUES (1, 0, '')`,
  ];
}

export async function createJournal(link: Link, database: string): Promise<void> {
  for (const sql of creation(database)) await link.send(sql);
}

/**
 * Is there a journal? Its tables must be as Surefoot made them. One whose making was interrupted counts as none.
 * @throws SurefootError JOURNAL_CORRUPT
 */
export async function journalExists(handle: MysqlHandle, database: string): Promise<boolean> {
  const rows = await rowsOf(
    handle,
    `SELECT LOWER(TABLE_NAME) AS name, COLUMN_NAME AS column_name FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN ('surefoot_journal', 'surefoot_lease') ORDER BY ORDINAL_POSITION`,
    [database],
  );
  const of = (table: string): string =>
    rows
      .filter(({ name }) => name === table)
      .map((row) => String(row["column_name"]))
      .join();
  const [journal, lease] = [of("surefoot_journal"), of("surefoot_lease")];
  if (journal === "" && lease === "") return false;
  if (journal !== columnNames.join()) throw tableChanged("surefoot_journal");
  if (lease !== "" && lease !== leaseColumns.join()) throw tableChanged("surefoot_lease");
  const name = quoted(database);
  if (lease !== "" && (await rowsOf(handle, `SELECT id FROM ${name}.surefoot_lease WHERE id = 1`)).length === 1)
    return true;
  const [row] = await rowsOf(handle, `SELECT 1 FROM ${name}.surefoot_journal LIMIT 1`);
  if (row !== undefined) throw tableChanged("surefoot_lease");
  return false;
}

export async function readRows(handle: MysqlHandle, database: string): Promise<JournalRows> {
  if (!(await journalExists(handle, database)))
    return { history: [], current: [], recordedSeq: 0, epoch: 0, exists: false, format: 0 };
  const table = `${quoted(database)}.surefoot_journal`;
  const history = (
    await rowsOf(
      handle,
      `SELECT ${columns} FROM ${table} WHERE \`event\` = 'recorded' OR \`kind\` = 'note' ORDER BY \`first\``,
    )
  ).map(stored);
  const past = history.map(lastOf);
  const recordedSeq = past.findLast(({ kind }) => kind === "transition")?.seq ?? 0;
  const current = (
    await rowsOf(handle, `SELECT ${columns} FROM ${table} WHERE \`first\` > ${recordedSeq} ORDER BY \`first\``)
  ).map(stored);
  // In this order, because others may write meanwhile.
  const { epoch, format } = await readLease(handle, database);
  await refuseGaps(handle, database, epoch);
  return { history: past, current: current.flatMap(unpackRow), recordedSeq, epoch, exists: true, format };
}

/** Large numbers come as text on connections whose maker wants them so. */
function stored(row: MysqlRow): StoredRow {
  const { first, seq, epoch, step } = row;
  const numbers = { first: Number(first), seq: Number(seq), epoch: Number(epoch) };
  return { ...(row as unknown as StoredRow), ...numbers, step: step === null ? null : Number(step) };
}

function lastOf({ first: _first, earlier: _earlier, ...row }: StoredRow): Row {
  return row;
}

/**
 * The last owner that wrote.
 * @throws SurefootError JOURNAL_CORRUPT
 */
export async function readLease(
  handle: MysqlHandle,
  database: string,
): Promise<{ readonly epoch: number; readonly format: number; readonly owner: string }> {
  const [row] = await rowsOf(
    handle,
    `SELECT \`epoch\`, \`owner\` FROM ${quoted(database)}.surefoot_lease WHERE \`id\` = 1`,
  );
  const epoch = row?.["epoch"];
  return leaseOf({ ...row, epoch: typeof epoch === "string" ? Number(epoch) : epoch });
}

/** @throws SurefootError JOURNAL_CORRUPT when records are missing: they are numbered from 1 without gaps. */
async function refuseGaps(handle: MysqlHandle, database: string, epoch: number): Promise<void> {
  const [row] = await rowsOf(
    handle,
    `SELECT COALESCE(SUM(\`seq\` - \`first\` + 1), 0) AS n, COALESCE(MAX(\`seq\`), 0) AS last
 FROM ${quoted(database)}.surefoot_journal`,
  );
  refuseMissing(Number(row?.["n"]), Number(row?.["last"]), epoch);
}

export async function readLast(handle: MysqlHandle, database: string): Promise<Row | null> {
  if (!(await journalExists(handle, database))) return null;
  const { epoch, format } = await readLease(handle, database);
  if (format > journalFormat) return null;
  await refuseGaps(handle, database, epoch);
  const [row] = await rowsOf(
    handle,
    `SELECT ${columns} FROM ${quoted(database)}.surefoot_journal ORDER BY \`first\` DESC LIMIT 1`,
  );
  return row === undefined ? null : lastOf(stored(row));
}

export async function readAll(handle: MysqlHandle, database: string): Promise<readonly Row[]> {
  if (!(await journalExists(handle, database))) return [];
  const rows = await rowsOf(handle, `SELECT ${columns} FROM ${quoted(database)}.surefoot_journal ORDER BY \`first\``);
  return rows.map(stored).flatMap(unpackRow);
}

export async function readPrepared(handle: MysqlHandle, database: string, migration: string): Promise<Row | null> {
  if (!(await journalExists(handle, database))) return null;
  const rows = await rowsOf(
    handle,
    `SELECT ${columns} FROM ${quoted(database)}.surefoot_journal
 WHERE \`migration\` = ? AND \`direction\` = 'up' ORDER BY \`first\` DESC`,
    [migration],
  );
  for (const row of rows.map(stored)) {
    const unpacked = unpackRow(row);
    // Passing over it would answer with an older text of the migration, and that would then be run.
    if (unpacked.some(({ kind }) => kind === "unreadable"))
      throw journalDamaged(`the records up to ${row.seq} can't be read`);
    const prepared = unpacked.findLast(({ event }) => event === "prepared");
    if (prepared !== undefined) return prepared;
  }
  return null;
}

/** Makes this owner's epoch the journal's, in the transaction that is open. False: another one has written since. */
export async function claimEpoch(link: Link, database: string, epoch: number, owner: string): Promise<boolean> {
  const sql = `UPDATE ${quoted(database)}.surefoot_lease SET \`epoch\` = ?, \`owner\` = ? WHERE \`id\` = 1 AND \`epoch\` = ?`;
  return (await link.execute(sql, [epoch, owner, epoch - 1])).affectedRows === 1;
}

/** Locks the row of the lease to the end of the transaction. False: another owner has written since. */
export async function holdsEpoch(link: Link, database: string, epoch: number): Promise<boolean> {
  const sql = `SELECT \`epoch\` FROM ${quoted(database)}.surefoot_lease WHERE \`id\` = 1 AND \`epoch\` = ? FOR UPDATE`;
  return ((await link.execute(sql, [epoch])).rows ?? []).length === 1;
}

/**
 * Writes one row, and nothing when another owner has written since, or when the journal does not end where this row goes on,
 * as after a dump of the same run was put back. Both are looked at in the same statement, with the row of the lease locked,
 * so that it needs no transaction around it.
 */
export async function insertRow(link: Link, database: string, row: StoredRow): Promise<Answer> {
  const name = quoted(database);
  const marks = columnNames.map((column) => (texts.has(column) ? "CONVERT(UNHEX(?) USING utf8mb4)" : "?")).join(", ");
  // Of the table that is inserted into, MySQL reads only what is a table of its own.
  const last = `SELECT \`seq\` FROM (SELECT \`seq\` FROM ${name}.surefoot_journal ORDER BY \`first\` DESC LIMIT 1) AS tail`;
  const sql = `INSERT INTO ${name}.surefoot_journal (${columns})
 SELECT ${marks} FROM ${name}.surefoot_lease WHERE \`id\` = 1 AND \`epoch\` = ? AND COALESCE((${last}), 0) = ? FOR UPDATE`;
  const values = columnNames.map((column) => {
    const value = row[column];
    return texts.has(column) && value !== null ? Buffer.from(String(value), "utf8").toString("hex") : value;
  });
  return link.execute(sql, [...values, row.epoch, row.first - 1]);
}
