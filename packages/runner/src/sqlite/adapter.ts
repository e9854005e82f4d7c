import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Detail, Epoch, Picture, Row, StoredRow, TransactionMode } from "@surefoot/model";
import { epoch } from "@surefoot/model";
import { judgeCheck } from "../check.ts";
import { SurefootError } from "../error.ts";
import type { Timeouts } from "../files/migration.ts";
import type { Contents, ContentsOf } from "../own-rows.ts";
import { nothing } from "../own-rows.ts";
import type {
  AcquireOptions,
  Begun,
  Capabilities,
  CheckReply,
  Database,
  ForeignData,
  Framing,
  JournalRows,
  Reader,
  RunReply,
  MakeScratch,
  Scratch,
  ScratchOptions,
  Session,
  StatementFacts,
} from "../port.ts";
import { CommitRefused } from "../port.ts";
import { firstOfRun } from "../sql/rows-run.ts";
import type { Deriver } from "../undo/derivation.ts";
import { classify } from "./classify.ts";
import { SqliteDeriver } from "./derive.ts";
import type { SqliteHandle, SqliteStatementHandle } from "./driver.ts";
import { loadDriver } from "./driver.ts";
import { isBusy, sqliteCode, sqliteError } from "./errors.ts";
import { contentsOf, hashRows, journalMode, keptMode, SchemaReader } from "./fingerprint.ts";
import {
  createJournal,
  journalExists,
  JournalWriter,
  readAll,
  readLast,
  readLease,
  readPrepared,
  readRows,
} from "./journal.ts";
import type { Lease } from "./lease.ts";
import { hasOwner, leaseOwner, takeLease, wasFilling } from "./lease.ts";
import type { SqliteStatement } from "./statement.ts";
import { quoted } from "./cursor.ts";
import { PlainNumbers } from "./plain-numbers.ts";
import { emptyCopy } from "./rehearsal.ts";
import { SqliteScratch } from "./scratch.ts";
import { RunFailed, sendRun } from "./send-run.ts";
import { temporaryObjects } from "./temporary-objects.ts";
import { readStatement } from "./statement.ts";
import { WorkingMode } from "./working-mode.ts";

const sqliteCapabilities: Capabilities = {
  engine: "sqlite",
  transactionDefault: "migration",
  atomicUp: true,
  orphans: false,
  endsStatements: false,
};

/** How long SQLite itself waits for a lock, in milliseconds. */
const busyTimeoutMs = 5_000;
/** A COMMIT that finds readers in its way is tried so often, each time with the busy timeout. */
const commitAttemptCountMax = 3;

/** A SQLite database: a file, or a better-sqlite3 handle that somebody else opened and will close. */
export class SqliteDatabase implements Database {
  readonly engine = "sqlite";
  private readonly target: { readonly path: string } | { readonly handle: SqliteHandle };
  private readonly synchronous: "FULL" | "OFF";

  /** `synchronous`: OFF where nobody misses the file after a power failure. */
  constructor(
    target: { readonly path: string } | { readonly handle: SqliteHandle },
    synchronous: "FULL" | "OFF" = "FULL",
  ) {
    this.synchronous = synchronous;
    this.target = "path" in target ? { path: realPath(target.path) } : { handle: new PlainNumbers(target.handle) };
  }

  get name(): string {
    return "path" in this.target ? this.target.path : this.target.handle.name;
  }

  async exists(): Promise<boolean> {
    return "handle" in this.target || existsSync(this.target.path);
  }

  async read(): Promise<Reader> {
    if ("handle" in this.target) return new SqliteReader(this.target.handle, pathOf(this.target.handle), false);
    const { path } = this.target;
    if (!existsSync(path)) return new SqliteReader(await memory(), path, true);
    refuseFolder(path);
    return new SqliteReader(await openToRead(path), path, true);
  }

  /**
   * A file beside it tells of an owner, at work or killed, who may have left more to put back than the journal says. A
   * handle with a transaction open may see an older state than the one that is there.
   */
  async readLast(): Promise<Row | null> {
    if ("handle" in this.target && this.target.handle.inTransaction) return null;
    const path = "path" in this.target ? this.target.path : pathOf(this.target.handle);
    if (path !== null && hasOwner(path)) return null;
    try {
      const handle = "handle" in this.target ? this.target.handle : await openToRead(this.target.path);
      try {
        return readLast(handle);
      } finally {
        if ("path" in this.target) handle.close();
      }
    } catch {
      return null;
    }
  }

  scratch(server: string | null): MakeScratch {
    if (server !== null)
      throw new SurefootError(
        "USAGE",
        "--scratch is for servers. SQLite needs none: what is tried there is tried in temporary files.",
        { next: ["surefoot verify"] },
      );
    return async ({ from }) => this.makeScratch(from);
  }

  private async makeScratch(from: ScratchOptions["from"]): Promise<Scratch> {
    const open = (path: string): Database => new SqliteDatabase({ path }, "OFF");
    if (from === "nothing" || !(await this.exists())) return SqliteScratch.make(null, open);
    const handle = "handle" in this.target ? this.target.handle : await openToRead(this.target.path);
    try {
      return SqliteScratch.make(handle, open);
    } catch (error) {
      throw new SurefootError(
        "NOT_APPLICABLE",
        `The schema of ${this.name} can't be built anew in an empty file: ${error instanceof Error ? error.message : String(error)}. ` +
          "Begin with an empty one instead: surefoot verify --from-empty.",
        { cause: error, next: ["surefoot verify --from-empty"] },
      );
    } finally {
      if (!("handle" in this.target)) handle.close();
    }
  }

  async acquire(options: AcquireOptions): Promise<Session> {
    const path = "path" in this.target ? this.target.path : pathOf(this.target.handle);
    if (path !== null && "path" in this.target && !options.createMissing && !existsSync(path)) throw missing(path);
    if (path !== null) refuseFolder(path);
    if (path !== null && !existsSync(dirname(path)))
      throw new SurefootError("DATABASE_MISSING", `${path}: its folder does not exist. Make it first.`);
    const lease = path === null ? null : await takeLease(path, options);
    try {
      const isNew = "path" in this.target && this.synchronous === "FULL" && !existsSync(this.target.path);
      const handle =
        "handle" in this.target ? this.target.handle : await openToWrite(this.target.path, this.synchronous);
      const session = new SqliteSession(handle, path, "path" in this.target, lease, options.who);
      if (isNew) lease?.setFilling(true);
      return session;
    } catch (error) {
      lease?.release();
      throw error;
    }
  }
}

function missing(path: string): SurefootError {
  return new SurefootError(
    "DATABASE_MISSING",
    `There is no database file ${path}. Check the path (--db, DATABASE_URL or the config file); \`surefoot up\` makes a new one.`,
    { next: ["surefoot up"] },
  );
}

/** The file behind a handle; null for a database in memory, which no other process can reach. */
function pathOf(handle: SqliteHandle): string | null {
  return handle.memory ? null : realPath(handle.name);
}

/** Two names of one file must find one lease. */
function realPath(path: string): string {
  const full = resolve(path);
  if (existsSync(full)) return realpathSync(full);
  return existsSync(dirname(full)) ? join(realpathSync(dirname(full)), basename(full)) : full;
}

/** @throws SurefootError DATABASE_UNUSABLE */
function refuseFolder(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory())
    throw new SurefootError("DATABASE_UNUSABLE", `${path} is a folder, and a SQLite database is a file.`);
}

async function memory(): Promise<SqliteHandle> {
  const Driver = loadDriver();
  return new Driver(":memory:");
}

async function openToRead(path: string): Promise<SqliteHandle> {
  const Driver = loadDriver();
  try {
    // A connection that can't write leaves the two files of WAL mode behind, and with another owner than the database's
    // they keep the application from writing. Where they are already, somebody has the file open, or was killed.
    const alone = !existsSync(`${path}-wal`);
    const handle = new Driver(path, { fileMustExist: true, readonly: !alone, timeout: busyTimeoutMs });
    if (alone) handle.pragma("query_only = ON");
    handle.prepare("SELECT 1 FROM sqlite_schema").get();
    return handle;
  } catch (error) {
    // A killed process has left a transaction that SQLite must roll back first, and reading is not enough for that.
    if (sqliteCode(error) === "SQLITE_READONLY_ROLLBACK") return openToWrite(path);
    throw sqliteError(error, path, "opening it");
  }
}

async function openToWrite(path: string, synchronous: "FULL" | "OFF" = "FULL"): Promise<SqliteHandle> {
  const Driver = loadDriver();
  try {
    const handle = new Driver(path, { timeout: busyTimeoutMs });
    // A database in WAL mode opens with NORMAL, which can lose the last commits in a power failure.
    handle.pragma(`synchronous = ${synchronous}`);
    handle.prepare("SELECT 1 FROM sqlite_schema").get();
    return handle;
  } catch (error) {
    throw sqliteError(error, path, "opening it");
  }
}

class SqliteReader implements Reader {
  readonly capabilities = sqliteCapabilities;
  protected db: SqliteHandle;
  protected readonly path: string | null;
  protected readonly ownsHandle: boolean;
  protected schema: SchemaReader;

  constructor(db: SqliteHandle, path: string | null, ownsHandle: boolean) {
    this.db = db;
    this.path = path;
    this.ownsHandle = ownsHandle;
    this.schema = new SchemaReader(db, () => this.journalMode());
  }

  /** The one that the file is in when nobody is filling it. */
  protected journalMode(): string {
    if (this.path !== null && wasFilling(this.path)) return "delete";
    return String(this.db.pragma("journal_mode", { simple: true }));
  }

  async readRows(): Promise<JournalRows> {
    return this.guard("reading the journal", () => readRows(this.db));
  }

  async readAll(): Promise<readonly Row[]> {
    return this.guard("reading the journal", () => readAll(this.db));
  }

  async readPrepared(migration: string): Promise<Row | null> {
    return this.guard("reading the journal", () => readPrepared(this.db, migration));
  }

  async owner(): Promise<string | null> {
    return this.path === null ? null : leaseOwner(this.path);
  }

  async classify(statements: readonly string[], mode: TransactionMode): Promise<readonly StatementFacts[]> {
    // A handle that is not ours may have temporary objects.
    return classify(statements, mode, this.ownsHandle ? [] : temporaryObjects(this.db));
  }

  async deriver(): Promise<Deriver> {
    return this.guard("reading the schema", () => new SqliteDeriver(this.db));
  }

  async tryOut(statements: readonly string[]): Promise<readonly (string | null)[]> {
    return statements.map((sql) => {
      try {
        this.db.prepare(sql);
        return null;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        // What an earlier step makes is not there yet; only the grammar can be judged beforehand.
        return /syntax error|incomplete input|unrecognized token|more than one statement/.test(message)
          ? message
          : null;
      }
    });
  }

  async picture(): Promise<Picture> {
    return this.guard("reading the schema", () => this.schema.picture());
  }

  /** The text of the schema tells what has changed, so the whole costs no more than a part. */
  async look(): Promise<Picture> {
    return this.picture();
  }

  async schemaMark(): Promise<string | null> {
    return this.guard("reading the schema", () => String(this.db.pragma("schema_version", { simple: true })));
  }

  async countForeignKeys(): Promise<number> {
    return this.guard("reading the schema", () => {
      const tables = this.db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as {
        readonly name: string;
      }[];
      const keys = this.db.prepare("SELECT DISTINCT id FROM pragma_foreign_key_list(?, 'main')");
      return tables.reduce((sum, { name }) => sum + keys.all(name).length, 0);
    });
  }

  async countRows(table: string): Promise<number | null> {
    try {
      return this.count(table);
    } catch {
      return null;
    }
  }

  protected count(table: string): number {
    return (this.db.prepare(`SELECT COUNT(*) AS n FROM main.${quoted(table)}`).get() as { readonly n: number }).n;
  }

  async close(): Promise<void> {
    if (this.ownsHandle) this.db.close();
  }

  protected guard<T>(doing: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw sqliteError(error, this.path ?? "the database in memory", doing);
    }
  }
}

class SqliteSession extends SqliteReader implements Session {
  readonly identity: Detail = { pid: process.pid };
  private readonly lease: Lease | null;
  private readonly who: Detail;
  private writer: JournalWriter;
  private ownEpoch: Epoch;
  private claimed = false;
  /** In this transaction it is certain that nobody else has written to the journal. */
  private assured = false;
  /** The schema's change counter as it was read last, while nothing can have moved it since. */
  private mark: number | null = null;
  private hasJournal: boolean;
  /** `own`: the statement that has run waits for its record, and one COMMIT makes both durable. */
  private readonly statements = new Map<string, SqliteStatementHandle>();
  private framing: "none" | "own" | "joined" = "none";
  /** The contents that were read last, and when. */
  private lookedAt: { readonly stamp: string; readonly found: Map<string, Contents> } | null = null;
  private rollbackCount = 0;
  private mode: WorkingMode | null;
  /** A step has changed settings of the connection, or made something that only it can see. */
  private touched = false;
  /** What `foreign_keys` was before, and the violations that were there, while it is switched off. */
  private suspended: { readonly violations: ReadonlySet<string> } | null = null;

  constructor(db: SqliteHandle, path: string | null, ownsHandle: boolean, lease: Lease | null, who: Detail) {
    super(db, path, ownsHandle);
    this.lease = lease;
    this.who = who;
    this.writer = new JournalWriter(db);
    this.mode = this.workingMode();
    if (db.inTransaction)
      throw new SurefootError("USAGE", "The handle has a transaction open. Commit it or roll it back first.");
    this.hasJournal = this.guard("opening it", () => journalExists(db));
    this.ownEpoch = epoch(this.hasJournal ? this.guard("reading the journal", () => readLease(db).epoch) + 1 : 1);
  }

  get epoch(): Epoch {
    return this.ownEpoch;
  }

  get transaction(): "none" | "open" | "ended" {
    if (this.framing !== "joined") return "none";
    return this.db.inTransaction ? "open" : "ended";
  }

  async append(rows: readonly StoredRow[]): Promise<void> {
    if (!this.db.inTransaction) {
      // The engine has ended the transaction, or there was none. The primary key refuses a stale tail.
      if (this.framing !== "none") this.forgetTransaction();
      this.beginImmediate("writing the journal");
    }
    const first = rows[0]?.first;
    try {
      this.own();
      this.writer.insert(rows);
    } catch (error) {
      this.rollbackAll();
      throw this.appendError(error);
    }
    this.commit(first);
  }

  private appendError(error: unknown): SurefootError {
    if (sqliteCode(error) === "SQLITE_CONSTRAINT_PRIMARYKEY")
      return new SurefootError(
        "FENCED",
        "Stopped: the journal has grown under this runner, so another one has written to it. Nothing was written after that. " +
          "Run `surefoot status`.",
        { cause: error, next: ["surefoot status"] },
      );
    return sqliteError(error, this.path ?? "the database in memory", "writing the journal");
  }

  /** In the open transaction: makes the journal if there is none, and makes sure that nobody else has written. */
  private own(): void {
    // BEGIN IMMEDIATE keeps everybody else from writing until this transaction is over.
    if (this.assured) return;
    if (this.claimed) this.writer.assertEpoch(this.ownEpoch);
    else {
      if (!this.hasJournal) createJournal(this.db);
      this.mark = null;
      this.writer.claim(this.ownEpoch, JSON.stringify(this.who));
      this.claimed = true;
      this.hasJournal = true;
    }
    this.assured = true;
  }

  private commit(first: number | undefined): void {
    for (let attempt = 1; ; attempt++) {
      try {
        this.control("COMMIT");
        break;
      } catch (error) {
        if (isBusy(error) && attempt < commitAttemptCountMax) continue;
        const own = this.framing === "own";
        if (!this.db.inTransaction || own || this.framing === "none") {
          this.rollbackAll();
          throw sqliteError(error, this.path ?? "the database in memory", "committing");
        }
        if (first !== undefined) this.writer.removeFrom(first);
        throw new CommitRefused(error instanceof Error ? error.message : String(error), { cause: error });
      }
    }
    this.framing = "none";
    this.assured = false;
    this.mark = null;
  }

  private rollbackAll(): void {
    if (this.db.inTransaction) this.db.exec("ROLLBACK");
    this.forgetTransaction();
  }

  /** What was made and claimed in a transaction that is over is gone with it; a claim that was committed stays ours. */
  private forgetTransaction(): void {
    this.rollbackCount++;
    this.framing = "none";
    this.assured = false;
    this.mark = null;
    this.writer = new JournalWriter(this.db);
    this.hasJournal = journalExists(this.db);
    this.claimed = this.hasJournal && readLease(this.db).epoch === this.ownEpoch;
  }

  async begin(statements: readonly string[], { lockTimeoutMs }: Timeouts = {}): Promise<Begun> {
    await this.enter(statements);
    const outside = this.hasJournal ? null : await this.schemaMark();
    this.waitingForLocks(lockTimeoutMs, () => this.beginImmediate("beginning the migration"));
    this.framing = "joined";
    try {
      this.own();
    } catch (error) {
      this.rollbackAll();
      throw this.appendError(error);
    }
    this.control("SAVEPOINT surefoot_migration");
    const inside = await this.schemaMark();
    return { outside: outside ?? inside, inside };
  }

  async enter(statements: readonly string[]): Promise<void> {
    const read = statements.map(readStatement);
    this.mode?.suit(
      read,
      statements.reduce((sum, { length }) => sum + length, 0),
    );
    if (read.some(({ dropsTable, foreignKeys }) => dropsTable || foreignKeys === "off")) this.suspendForeignKeys();
  }

  private beginImmediate(doing: string): void {
    this.assured = false;
    this.mark = null;
    this.mode?.enter();
    this.guard(doing, () => this.control("BEGIN IMMEDIATE"));
  }

  /** What the connection had before is put back: a handle may be somebody's. */
  private waitingForLocks<T>(ms: number | undefined, act: () => T): T {
    if (ms === undefined) return act();
    const before = Number(this.db.pragma("busy_timeout", { simple: true }));
    this.db.pragma(`busy_timeout = ${ms}`);
    try {
      return act();
    } finally {
      this.db.pragma(`busy_timeout = ${before}`);
    }
  }

  /** A handle that is not ours stays in the mode that it is in. */
  private workingMode(): WorkingMode | null {
    return this.ownsHandle && this.lease !== null ? new WorkingMode(this.db, this.lease) : null;
  }

  protected override journalMode(): string {
    return this.mode?.kept() ?? super.journalMode();
  }

  private readMark(): number {
    return (this.compiled("PRAGMA schema_version").get() as readonly [number])[0];
  }

  private control(sql: string): void {
    this.compiled(sql).run();
  }

  /** Statements of our own are compiled once for each connection. */
  private compiled(sql: string): SqliteStatementHandle {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    if (statement.reader) statement.raw(true);
    this.statements.set(sql, statement);
    return statement;
  }

  override async schemaMark(): Promise<string> {
    // Outside a transaction others may change the schema at any time, and the engine may have ended ours.
    if (!this.db.inTransaction) this.mark = null;
    const mark = this.mark ?? this.guard("reading the schema", () => this.readMark());
    if (this.db.inTransaction) this.mark = mark;
    return String(mark);
  }

  /**
   * With foreign keys on, DROP TABLE deletes the rows first, and ON DELETE CASCADE empties the children without a word.
   * Inside a transaction the pragma is ignored, so it is switched before, and read back.
   * Source: https://sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes", and measured.
   */
  private suspendForeignKeys(): void {
    if (this.suspended !== null || this.db.pragma("foreign_keys", { simple: true }) !== 1) return;
    const violations = new Set(this.violations());
    this.db.pragma("foreign_keys = OFF");
    if (this.db.pragma("foreign_keys", { simple: true }) !== 0)
      throw new SurefootError("UNEXPECTED", "SQLite did not switch foreign_keys off; nothing was run.");
    this.suspended = { violations };
  }

  async settle(): Promise<void> {
    this.resumeForeignKeys();
    if (!this.touched || this.db.inTransaction) return;
    this.touched = false;
    // A new connection has none of the settings and temporary objects of the old one. A handle that is not ours stays.
    if (!this.ownsHandle || this.path === null) return;
    this.mode?.leave();
    this.db.close();
    this.db = await openToWrite(this.path);
    this.mode = this.workingMode();
    this.schema = new SchemaReader(this.db, () => this.journalMode());
    this.writer = new JournalWriter(this.db);
    this.statements.clear();
  }

  private resumeForeignKeys(): void {
    if (this.suspended === null || this.db.inTransaction) return;
    this.db.pragma("foreign_keys = ON");
    this.suspended = null;
  }

  private violations(): readonly string[] {
    const rows = this.db.pragma("foreign_key_check") as {
      readonly table: string;
      readonly rowid: number | null;
      readonly parent: string;
    }[];
    return rows.map(({ table, rowid, parent }) => `row ${rowid ?? "?"} of ${table} points to nothing in ${parent}`);
  }

  async integrity(): Promise<readonly string[]> {
    if (this.suspended === null) return [];
    const { violations } = this.suspended;
    return this.violations().filter((violation) => !violations.has(violation));
  }

  async run(
    sql: string,
    framing: Framing,
    _cancel: AbortSignal | null = null,
    { lockTimeoutMs }: Timeouts = {},
  ): Promise<RunReply> {
    if (framing === "joined") return this.runJoined(sql);
    return this.waitingForLocks(lockTimeoutMs, () => this.runByItself(sql, framing));
  }

  /** Its transaction has the lock already. */
  private async runJoined(sql: string): Promise<RunReply> {
    const statement = readStatement(sql);
    const { foreignKeys, dropsTable } = statement;
    // Already done, before the transaction began.
    if (foreignKeys !== null) return { type: "applied", changed: false, rowCount: 0 };
    if (dropsTable && this.db.pragma("foreign_keys", { simple: true }) === 1) {
      await this.takeBack();
      const error = new Error(
        "foreign_keys is on in this transaction, and dropping a table would delete rows elsewhere.",
      );
      return { type: "sql_error", error };
    }
    const reply = this.execute(sql, statement);
    // INSERT OR FAIL keeps the rows before the one that failed. Everything is taken back in any case.
    if (reply.type !== "applied") await this.takeBack();
    return reply;
  }

  private runByItself(sql: string, framing: Exclude<Framing, "joined">): RunReply {
    const statement = readStatement(sql);
    const { foreignKeys, outsideTransaction, dropsTable } = statement;
    this.mode?.suit([statement], sql.length);
    if (foreignKeys === "off") this.suspendForeignKeys();
    // Switched on again at rest, so that the rows can be compared with those before.
    if (foreignKeys !== null) return { type: "applied", changed: false, rowCount: 0 };
    if (dropsTable) this.suspendForeignKeys();
    if (framing === "alone" || outsideTransaction) return this.execute(sql, statement);
    try {
      this.beginImmediate("beginning a step");
    } catch (error) {
      return { type: "sql_error", error: asError(error) };
    }
    this.framing = "own";
    const reply = this.execute(sql, statement);
    if (reply.type !== "applied") {
      this.rollbackCount++;
      if (this.db.inTransaction) this.db.exec("ROLLBACK");
      this.framing = "none";
    }
    return reply;
  }

  private execute(sql: string, statement: SqliteStatement): RunReply {
    const inTransaction = this.db.inTransaction;
    const { kind, fills, elsewhere } = statement;
    if (kind === "session") this.touched = true;
    try {
      const ddl = kind === "ddl";
      if (ddl) {
        const changed = this.executeDdl(sql, statement);
        if (inTransaction && !this.db.inTransaction) return transactionEnded;
        const filled = fills === null || !changed || elsewhere ? 0 : this.count(fills);
        return { type: "applied", changed: changed || elsewhere, rowCount: filled };
      }
      if (kind !== "dml" && kind !== "reading") this.mark = null;
      if (kind === "header") return this.executeHeader(sql, statement);
      const rowsBefore = this.totalChanges();
      const quiet = this.prepareAndRun(sql);
      if (inTransaction && !this.db.inTransaction) return transactionEnded;
      // Triggers and foreign key actions count as well: what changed no row at all is not undone.
      const rowCount = this.totalChanges() - rowsBefore;
      return {
        type: "applied",
        changed: kind === "dml" ? rowCount > 0 : !quiet && kind !== "upkeep" && kind !== "session",
        rowCount,
      };
    } catch (thrown) {
      const error = thrown instanceof RunFailed ? thrown.cause : thrown;
      if (sqliteCode(error).startsWith("SQLITE_IOERR")) return { type: "lost", error: asError(error) };
      const known = /^SQLITE_(FULL|READONLY|CORRUPT|NOTADB)/.test(sqliteCode(error));
      return {
        type: "sql_error",
        error: known ? sqliteError(error, this.path ?? "memory", "running a step") : asError(error),
        ...(thrown instanceof RunFailed ? { at: thrown.at } : {}),
      };
    }
  }

  /** Did it change the schema of this file? */
  private executeDdl(sql: string, { conditional }: SqliteStatement): boolean {
    // What is not conditional has either changed it or thrown, unless it was about a temporary object of the same name.
    const certain = !conditional && this.ownsHandle && !this.touched;
    const before = certain ? null : (this.mark ?? this.readMark());
    this.mark = null;
    this.db.exec(sql);
    return before === null || this.readMark() !== before;
  }

  /** A setting that is kept in the file. */
  private executeHeader(sql: string, { objects }: SqliteStatement): RunReply {
    const pragma = (objects[0] ?? "").slice("pragma:".length);
    const kept = (): unknown => {
      const value: unknown = this.db.pragma(pragma, { simple: true });
      return pragma === "journal_mode" ? keptMode(String(value)) : value;
    };
    const before = kept();
    this.prepareAndRun(sql);
    return { type: "applied", changed: kept() !== before, rowCount: 0 };
  }

  /** True: it could only read. */
  private prepareAndRun(sql: string): boolean {
    if (firstOfRun(sql) !== null) {
      sendRun(this.db, sql);
      return false;
    }
    const statement = this.db.prepare(sql);
    if (statement.reader) for (const _ of statement.iterate()) void _;
    else statement.run();
    return statement.readonly;
  }

  private totalChanges(): number {
    return (this.compiled("SELECT total_changes()").get() as readonly [number])[0];
  }

  async takeBack(): Promise<void> {
    if (this.framing === "joined" && this.db.inTransaction)
      this.guard("rolling back", () => {
        this.mark = null;
        this.rollbackCount++;
        this.db.exec("ROLLBACK TO surefoot_migration");
      });
  }

  async discard(): Promise<void> {
    this.guard("rolling back", () => this.rollbackAll());
    this.resumeForeignKeys();
  }

  async snapshot(): Promise<Picture> {
    return this.picture();
  }

  async predict(sql: string): Promise<Picture | null> {
    const mode = this.journalMode();
    const { objects, kind } = readStatement(sql);
    if (kind === "header" && objects[0] === journalMode)
      return new Map(this.schema.picture()).set(journalMode, keptMode(/wal/i.test(sql) ? "wal" : "delete"));
    return this.inCopy(undefined, (copy) => {
      copy.exec(sql);
      return new Map(new SchemaReader(copy).picture()).set(journalMode, keptMode(mode));
    });
  }

  /** Acts on an empty copy of the schema. Null: it can't be built anew, or the act failed there. */
  private inCopy<T>(without: string | undefined, act: (copy: SqliteHandle) => T): T | null {
    let copy: SqliteHandle | null = null;
    try {
      copy = emptyCopy(this.db, without);
      return act(copy);
    } catch {
      return null;
    } finally {
      copy?.close();
    }
  }

  /** `predict` has told all there is to tell. */
  /** Everything was tried out before the first step. */
  async findUndo(): Promise<null> {
    return null;
  }

  async mayVanish(): Promise<boolean> {
    return false;
  }

  async keep(): Promise<null> {
    return null;
  }

  async rehearse(): Promise<null> {
    return null;
  }

  async check(sql: string, expect: "true" | "empty"): Promise<CheckReply> {
    try {
      const statement = this.db.prepare(sql);
      if (!statement.reader || !statement.readonly)
        return { type: "error", message: "a check may only read, and this statement writes or returns nothing" };
      const rows: (readonly unknown[])[] = [];
      for (const row of statement.raw(true).iterate()) {
        rows.push(row as readonly unknown[]);
        if (rows.length > 1) break;
      }
      return judgeCheck(rows, expect);
    } catch (error) {
      return { type: "error", message: asError(error).message };
    }
  }

  async contents(made: readonly string[]): Promise<ContentsOf> {
    const stamp = this.stamp();
    if (this.lookedAt?.stamp !== stamp) this.lookedAt = { stamp, found: new Map() };
    const { found } = this.lookedAt;
    return new Map(
      made.map((key) => {
        const contents = found.get(key) ?? this.contentsNow(key);
        found.set(key, contents);
        return [key, contents];
      }),
    );
  }

  /** Equal only while nobody, this connection included, has changed a row or the schema. */
  private stamp(): string {
    const version = this.compiled("PRAGMA data_version").get() as readonly [number];
    return [version[0], this.totalChanges(), this.readMark(), this.rollbackCount].join(":");
  }

  private contentsNow(key: string): Contents {
    const name = key.slice(key.indexOf(":") + 1);
    const select = key.startsWith("column:")
      ? this.selectOfValues(name)
      : this.hasTable(name)
        ? `SELECT * FROM main.${quoted(name)}`
        : null;
    if (select === null) return nothing;
    const rows = this.db.prepare(select).raw(true).safeIntegers(true).iterate();
    return contentsOf(rows as Iterable<readonly unknown[]>);
  }

  async foreignData(undo: string, own: ContentsOf): Promise<ForeignData | null> {
    const { drops, dropsColumn } = readStatement(undo);
    const key =
      drops?.kind === "table"
        ? `table:${drops.name}`
        : dropsColumn === null
          ? null
          : `column:${dropsColumn.table}.${dropsColumn.column}`;
    if (key === null) return null;
    const found = (await this.contents([key])).get(key) ?? nothing;
    const known = own.get(key) ?? nothing;
    if (found.count === 0 || (found.count === known.count && found.sum === known.sum)) return null;
    const what = dropsColumn === null ? `row(s) of ${drops?.name ?? ""}` : `value(s) of ${key.slice(7)}`;
    const more = found.count > known.count;
    return { what, more, count: more ? found.count - Math.max(known.count, 0) : found.count };
  }

  /** Values other than NULL and the column's own default; names can hold points. */
  private selectOfValues(name: string): string | null {
    const find = this.db.prepare(
      "SELECT dflt_value AS value FROM pragma_table_xinfo(?, 'main') WHERE lower(name) = ? AND hidden = 0",
    );
    for (let point = name.indexOf("."); point !== -1; point = name.indexOf(".", point + 1)) {
      const table = name.slice(0, point);
      const info = find.get(table, name.slice(point + 1)) as { readonly value: string | null } | undefined;
      if (info === undefined) continue;
      const column = quoted(name.slice(point + 1));
      const differs = info.value === null ? "" : ` AND ${column} IS NOT (${info.value})`;
      return `SELECT ${column} FROM main.${quoted(table)} WHERE ${column} IS NOT NULL${differs}`;
    }
    return null;
  }

  async shows(sql: string): Promise<boolean> {
    const { creates, drops, dropsColumn, objects } = readStatement(sql);
    const now = this.schema.picture();
    if (dropsColumn !== null) return this.hasTable(dropsColumn.table) && !this.hasColumn(dropsColumn);
    if (drops !== null) return !now.has(`${drops.kind}:${drops.name}`);
    const then = this.inCopy(creates ?? undefined, (copy) => {
      if (creates === null) {
        const column = /\badd\s+(?:column\s+)?("[^"]+"|`[^`]+`|\[[^\]]+\]|\w+)/i.exec(sql)?.[1];
        if (!/^\s*alter\s+table\b/i.test(sql) || column === undefined) return null;
        copy.exec(`ALTER TABLE main.${quoted(objects[0]?.slice(6) ?? "")} DROP COLUMN ${column}`);
      }
      copy.exec(sql);
      return new SchemaReader(copy).picture();
    });
    return objects.every((object) => then?.get(object) !== undefined && then.get(object) === now.get(object));
  }

  async isAsLeft(steps: Parameters<Session["isAsLeft"]>[0]): Promise<boolean> {
    const statements = steps.flatMap(({ sql, undo }) => [sql, ...undo]).map((sql) => readStatement(sql));
    const areOfSchema = statements.every(
      ({ kind, elsewhere, opensFile, fills }) => kind === "ddl" && !elsewhere && !opensFile && fills === null,
    );
    if (steps.length === 0 || !areOfSchema) return false;
    const passed = this.inCopy(undefined, (copy) => {
      const schema = new SchemaReader(copy);
      for (const { undo } of steps.toReversed()) for (const sql of undo) copy.exec(sql);
      const pictures = [shownBy(schema.picture())];
      for (const { sql } of steps) {
        copy.exec(sql);
        pictures.push(shownBy(schema.picture()));
      }
      return pictures;
    });
    // What comes back to where it was may as well not have been run.
    return passed?.at(-1) === shownBy(this.schema.picture()) && new Set(passed).size === passed.length;
  }

  private hasTable(table: string): boolean {
    return this.db.prepare("SELECT 1 FROM pragma_table_list(?) WHERE schema = 'main'").get(table) !== undefined;
  }

  private hasColumn({ table, column }: { readonly table: string; readonly column: string }): boolean {
    return (
      this.db.prepare("SELECT 1 FROM pragma_table_xinfo(?, 'main') WHERE lower(name) = ?").get(table, column) !==
      undefined
    );
  }

  async rowsHash(table: string): Promise<string | null> {
    try {
      const statement = this.db
        .prepare(`SELECT * FROM main.${quoted(table)}`)
        .raw(true)
        .safeIntegers(true);
      return hashRows(statement.iterate() as Iterable<readonly unknown[]>);
    } catch {
      return null;
    }
  }

  async reopen(): Promise<void> {
    await this.discard();
    await this.settle();
    this.guard("reading it again", () => this.db.prepare("SELECT 1 FROM sqlite_schema").get());
  }

  override async close(): Promise<void> {
    try {
      if (this.db.open && this.db.inTransaction) this.db.exec("ROLLBACK");
      if (this.db.open) this.resumeForeignKeys();
      this.mode?.end();
      await super.close();
    } finally {
      this.lease?.release();
    }
  }
}

const transactionEnded: RunReply = {
  type: "sql_error",
  error: new Error("The statement ended the transaction, so nothing of it was kept."),
};

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Settings of the file are left out: a copy in memory has its own. */
function shownBy(picture: Picture): string {
  const names = [...picture.keys()].filter((name) => !name.startsWith("pragma:")).toSorted();
  return JSON.stringify(names.map((name) => [name, picture.get(name)]));
}
