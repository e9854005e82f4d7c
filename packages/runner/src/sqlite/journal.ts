import type { Row, StoredRow } from "@surefoot/model";
import { journalFormat, unpackRow } from "@surefoot/model";
import { fencedAt, journalDamaged, leaseOf, refuseMissing, tableChanged } from "../journal-tables.ts";
import type { JournalRows } from "../port.ts";
import type { SqliteHandle, SqliteStatementHandle } from "./driver.ts";

/** Of the last record of a row. */
const columns = "seq, kind, run, epoch, migration, direction, from_state, event, to_state, step, detail, at";
const everyColumn = `first, ${columns}, earlier`;

/** In the order in which they are made. Their text is compared at each start. */
const objects = {
  surefoot_journal: `CREATE TABLE surefoot_journal (
  first INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  run TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  migration TEXT,
  direction TEXT,
  from_state TEXT,
  event TEXT NOT NULL,
  to_state TEXT,
  step INTEGER,
  detail TEXT NOT NULL,
  at TEXT NOT NULL,
  earlier TEXT NOT NULL
)`,
  // What a start reads of the past, so that it need not read the whole of it.
  surefoot_journal_applied: `CREATE INDEX surefoot_journal_applied ON surefoot_journal (first) WHERE event = 'recorded' OR kind = 'note'`,
  surefoot_lease: `CREATE TABLE surefoot_lease (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  owner TEXT NOT NULL
)`,
} as const;

/**
 * Is there a journal? Its tables must be as Surefoot made them.
 * @throws SurefootError JOURNAL_CORRUPT
 */
export function journalExists(db: SqliteHandle): boolean {
  const names = Object.keys(objects).map((name) => `'${name}'`);
  const found = db
    .prepare(`SELECT name, sql FROM main.sqlite_schema WHERE lower(name) IN (${names.join(", ")})`)
    .all() as { readonly name: string; readonly sql: string }[];
  if (found.length === 0) return false;
  const wrong = Object.entries(objects).find(([name, sql]) => found.find((row) => row.name === name)?.sql !== sql);
  if (wrong === undefined) return true;
  throw tableChanged(wrong[0]);
}

export function createJournal(db: SqliteHandle): void {
  for (const sql of Object.values(objects)) db.exec(sql);
  db.exec("INSERT INTO main.surefoot_lease (id, epoch, owner) VALUES (1, 0, '')");
}

export function readRows(db: SqliteHandle): JournalRows {
  if (!journalExists(db)) return { history: [], current: [], recordedSeq: 0, epoch: 0, exists: false, format: 0 };
  const history = db
    .prepare(`SELECT ${columns} FROM main.surefoot_journal WHERE event = 'recorded' OR kind = 'note' ORDER BY first`)
    .all() as Row[];
  const recordedSeq = history.findLast(({ kind }) => kind === "transition")?.seq ?? 0;
  const current = unpacked(
    db
      .prepare(`SELECT ${everyColumn} FROM main.surefoot_journal WHERE first > ? ORDER BY first`)
      .all(recordedSeq) as StoredRow[],
  );
  const lease = readLease(db);
  refuseGaps(db, lease.epoch);
  return { history, current, recordedSeq, epoch: lease.epoch, exists: true, format: lease.format };
}

/**
 * The last owner that wrote.
 * @throws SurefootError JOURNAL_CORRUPT
 */
export function readLease(db: SqliteHandle): { readonly epoch: number; readonly format: number } {
  const row = db.prepare("SELECT epoch, owner FROM main.surefoot_lease WHERE id = 1").get();
  return leaseOf(row as { readonly epoch: unknown; readonly owner: unknown } | undefined);
}

/** @throws SurefootError JOURNAL_CORRUPT when records are missing: they are numbered from 1 without gaps. */
function refuseGaps(db: SqliteHandle, epoch: number): void {
  const count = "TOTAL(seq - first + 1)";
  const { n, last } = db.prepare(`SELECT ${count} AS n, MAX(seq) AS last FROM main.surefoot_journal`).get() as {
    readonly n: number;
    readonly last: number | null;
  };
  refuseMissing(n, last ?? 0, epoch);
}

function unpacked(rows: readonly StoredRow[]): readonly Row[] {
  return rows.flatMap(unpackRow);
}

export function readLast(db: SqliteHandle): Row | null {
  if (!journalExists(db)) return null;
  const { epoch, format } = readLease(db);
  if (format > journalFormat) return null;
  refuseGaps(db, epoch);
  const row = db.prepare(`SELECT ${columns} FROM main.surefoot_journal ORDER BY first DESC LIMIT 1`).get();
  return (row as Row | undefined) ?? null;
}

export function readAll(db: SqliteHandle): readonly Row[] {
  return journalExists(db)
    ? unpacked(db.prepare(`SELECT ${everyColumn} FROM main.surefoot_journal ORDER BY first`).all() as StoredRow[])
    : [];
}

export function readPrepared(db: SqliteHandle, migration: string): Row | null {
  if (!journalExists(db)) return null;
  const newestFirst = db
    .prepare(
      `SELECT ${everyColumn} FROM main.surefoot_journal WHERE migration = ? AND direction = 'up' ORDER BY first DESC`,
    )
    .iterate(migration) as Iterable<StoredRow>;
  for (const row of newestFirst) {
    const rows = unpackRow(row);
    // Passing over it would answer with an older text of the migration, and that would then be run.
    if (rows.some(({ kind }) => kind === "unreadable"))
      throw journalDamaged(`the records up to ${row.seq} can't be read`);
    const prepared = rows.findLast(({ event }) => event === "prepared");
    if (prepared !== undefined) return prepared;
  }
  return null;
}

/** Writes records inside the transaction that is open. Its statements are compiled once for each owner. */
export class JournalWriter {
  private readonly db: SqliteHandle;
  private insertStatement: SqliteStatementHandle | null = null;
  private epochStatement: SqliteStatementHandle | null = null;

  constructor(db: SqliteHandle) {
    this.db = db;
  }

  /** @throws SurefootError FENCED when another owner has written since this one took the lease. */
  claim(epoch: number, owner: string): void {
    const { changes } = this.db
      .prepare("UPDATE main.surefoot_lease SET epoch = ?, owner = ? WHERE id = 1 AND epoch = ?")
      .run(epoch, owner, epoch - 1);
    if (changes !== 1) throw fencedAt(epoch);
  }

  /** @throws SurefootError FENCED */
  assertEpoch(epoch: number): void {
    this.epochStatement ??= this.db.prepare("SELECT epoch FROM main.surefoot_lease WHERE id = 1").raw(true);
    const row = this.epochStatement.get() as readonly [number] | undefined;
    if (row?.[0] !== epoch) throw fencedAt(epoch);
  }

  insert(rows: readonly StoredRow[]): void {
    this.insertStatement ??= this.db.prepare(
      `INSERT INTO main.surefoot_journal (${everyColumn}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const row of rows) {
      this.insertStatement.run(
        row.first,
        row.seq,
        row.kind,
        row.run,
        row.epoch,
        row.migration,
        row.direction,
        row.from_state,
        row.event,
        row.to_state,
        row.step,
        row.detail,
        row.at,
        row.earlier,
      );
    }
  }

  removeFrom(seq: number): void {
    this.db.prepare("DELETE FROM main.surefoot_journal WHERE first >= ?").run(seq);
  }
}
