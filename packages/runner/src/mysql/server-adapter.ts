import type { Detail, Epoch, Picture, Row, StoredRow, TransactionMode } from "@surefoot/model";
import { epoch } from "@surefoot/model";
import { judgeCheck } from "../check.ts";
import type { SurefootError } from "../error.ts";
import type { Timeouts } from "../files/migration.ts";
import { fencedAt } from "../journal-tables.ts";
import type { Contents, ContentsOf } from "../own-rows.ts";
import { nothing } from "../own-rows.ts";
import type {
  AcquireOptions,
  Begun,
  Capabilities,
  CheckReply,
  ForeignData,
  Framing,
  JournalRows,
  Reader,
  RunReply,
  Session,
  StatementFacts,
} from "../port.ts";
import type { AlterAction } from "../sql/reader/alter-action.ts";
import { quoted } from "../sql/reader/names.ts";
import { readStatement } from "../sql/reader/read-statement.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { Deriver } from "../undo/derivation.ts";
import type { MysqlFacts } from "./classify.ts";
import { Cancelling } from "./cancelling.ts";
import { classify } from "./classify.ts";
import { contentsOf, keyBehind } from "./contents.ts";
import { MysqlDeriver } from "./deriver.ts";
import { errnoOf, rowsOf } from "./driver.ts";
import { interruptedNumber, isDuplicate, isLost, isRetryable, mysqlError } from "./errors.ts";
import type { SchemaReader } from "./fingerprint.ts";
import { schemaReader } from "./fingerprint.ts";
import {
  claimEpoch,
  createJournal,
  holdsEpoch,
  insertRow,
  journalExists,
  readAll,
  readLast,
  readLease,
  readPrepared,
  readRows,
} from "./journal.ts";
import { holderOf, lockNames } from "./lease.ts";
import type { Link } from "./link.ts";
import type { Reversible } from "./rehearsal.ts";
import { isAsLeft, keptBefore, keptOf, rehearse } from "./rehearsal.ts";
import { readCatalogue } from "./read-catalogue.ts";
import { Remembering } from "./remembering.ts";
import type { ServerIdentity } from "./server-identity.ts";
import { connect, schemaName, Sessions } from "./sessions.ts";
import { stageOf, Watching } from "./watching.ts";
import type { Origin } from "./origin.ts";
import { ownerText } from "./who.ts";

/** How often a statement is sent again that surely was not applied: a deadlock, a lock wait that ended. */
const attemptCountMax = 3;

/** @throws SurefootError DATABASE_LOST, DATABASE_MISSING, DATABASE_UNUSABLE, ENGINE_UNSUPPORTED */
export async function openReader(origin: Origin): Promise<Reader> {
  const { link, server } = await connect(origin);
  return new MysqlReader(link, server, origin);
}

/** The last row of the journal, in a connection of its own. */
export async function readLastOf(origin: Origin): Promise<Row | null> {
  const { link } = await connect(origin);
  try {
    return await readLast(link, origin.database);
  } finally {
    await link.close();
  }
}

/** @throws SurefootError as `openReader`, and LEASE_HELD after `waitMs` */
export async function openSession(origin: Origin, options: AcquireOptions): Promise<Session> {
  const { database, name } = origin;
  const sessions = await Sessions.open(origin, options);
  try {
    const exists = await journalExists(sessions.control, database);
    const owner = exists ? (await readLease(sessions.control, database)).epoch : 0;
    return new MysqlSession(sessions, origin, options, exists, owner);
  } catch (error) {
    await sessions.close();
    throw mysqlError(error, name, "opening it");
  }
}

class MysqlReader implements Reader {
  readonly capabilities: Capabilities;
  protected link: Link;
  protected server: ServerIdentity;
  protected readonly origin: Origin;
  private rememberingOf: { readonly link: Link; readonly handle: Remembering } | null = null;
  private schemaOf: { readonly link: Link; readonly reader: Promise<SchemaReader> } | null = null;

  constructor(link: Link, server: ServerIdentity, origin: Origin) {
    this.link = link;
    this.server = server;
    this.origin = origin;
    this.capabilities = {
      engine: origin.dialect,
      transactionDefault: "step",
      atomicUp: false,
      orphans: true,
      endsStatements: true,
    };
  }

  /** Where nothing of a user's runs. */
  protected get reading(): Link {
    return this.link;
  }

  async readRows(): Promise<JournalRows> {
    return this.guard("reading the journal", () => readRows(this.reading, this.origin.database));
  }

  async readAll(): Promise<readonly Row[]> {
    return this.guard("reading the journal", () => readAll(this.reading, this.origin.database));
  }

  async readPrepared(migration: string): Promise<Row | null> {
    return this.guard("reading the journal", () => readPrepared(this.reading, this.origin.database, migration));
  }

  async owner(): Promise<string | null> {
    return this.guard("looking who holds the lease", async () => {
      const holder = await holderOf(this.reading, lockNames(schemaName(this.origin, this.server)).alive);
      return holder === null ? null : ownerText(this.reading, this.origin.database, holder);
    });
  }

  async classify(statements: readonly string[], mode: TransactionMode): Promise<readonly StatementFacts[]> {
    return this.guard("reading the schema", () => this.classifyAll(statements, mode));
  }

  async deriver(): Promise<Deriver> {
    return new MysqlDeriver((statements) =>
      this.guard("reading the schema", () => this.classifyAll(statements, "step")),
    );
  }

  protected async classifyAll(statements: readonly string[], mode: TransactionMode): Promise<readonly MysqlFacts[]> {
    if (statements.length === 0) return [];
    const { facts } = this.server;
    // It sets how definitions are shown, so that what is asked here answers for the snapshot as well.
    await this.schema();
    const session = { ...this.server.session, database: this.origin.database, gtidMarks: false };
    const catalogue = await readCatalogue(this.remembering(), statements, session, facts);
    return classify(statements, facts, catalogue, mode);
  }

  protected remembering(): Remembering {
    if (this.rememberingOf?.link !== this.reading)
      this.rememberingOf = { link: this.reading, handle: new Remembering(this.reading) };
    return this.rememberingOf.handle;
  }

  async tryOut(statements: readonly string[]): Promise<readonly (string | null)[]> {
    const answers: (string | null)[] = [];
    for (const sql of statements) answers.push(await this.tryOne(sql));
    return answers;
  }

  /** What an earlier step makes is not there yet; only the grammar can be judged beforehand. */
  private async tryOne(sql: string): Promise<string | null> {
    try {
      await this.reading.prepare(sql);
      return null;
    } catch (error) {
      if (isLost(error)) throw mysqlError(error, this.origin.name, "reading a statement");
      return errnoOf(error) === 1064 ? messageOf(error) : null;
    }
  }

  async picture(): Promise<Picture> {
    return this.guard("reading the schema", async () => (await this.schema()).picture());
  }

  async look(names: ReadonlySet<string>): Promise<Picture> {
    return this.guard("reading the schema", async () => (await this.schema()).objects(names));
  }

  protected schema(): Promise<SchemaReader> {
    if (this.schemaOf?.link !== this.reading)
      this.schemaOf = { link: this.reading, reader: schemaReader(this.reading, this.origin.database) };
    return this.schemaOf.reader;
  }

  /** There is no counter of schema changes on these servers. */
  async schemaMark(): Promise<string | null> {
    return null;
  }

  async countForeignKeys(): Promise<number> {
    return this.guard("reading the schema", async () => {
      const sql = "SELECT COUNT(*) AS n FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?";
      const [row] = await rowsOf(this.reading, sql, [this.origin.database]);
      return Number(row?.["n"]);
    });
  }

  async countRows(table: string): Promise<number | null> {
    try {
      const [row] = await rowsOf(this.reading, `SELECT COUNT(*) AS n FROM ${this.qualified(table)}`);
      return Number(row?.["n"]);
    } catch (error) {
      if (isLost(error)) throw mysqlError(error, this.origin.name, "counting rows");
      return null;
    }
  }

  async close(): Promise<void> {
    await this.link.close();
  }

  protected qualified(table: string): string {
    return `${quoted(this.origin.database)}.${quoted(table)}`;
  }

  protected async guard<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw mysqlError(error, this.origin.name, doing);
    }
  }
}

class MysqlSession extends MysqlReader implements Session {
  private readonly sessions: Sessions;
  private readonly options: AcquireOptions;
  private hasJournal: boolean;
  private ownEpoch: Epoch;
  private claimed = false;
  /** `own`: the statement that has run waits for its record, and one COMMIT makes both durable. */
  private framing: "none" | "own" | "joined" = "none";
  /** The server has ended the transaction by itself. */
  private ended = false;
  /** A step has changed settings of the session, or made something that only it can see. */
  private touched = false;
  /** The schema as it was read last, carried forward object by object. */
  private carried: Map<string, Picture extends ReadonlyMap<string, infer F> ? F : never> | null = null;

  constructor(sessions: Sessions, origin: Origin, options: AcquireOptions, hasJournal: boolean, owner: number) {
    super(sessions.control, sessions.server, origin);
    this.sessions = sessions;
    this.options = options;
    this.hasJournal = hasJournal;
    this.ownEpoch = epoch(owner + 1);
  }

  protected override get reading(): Link {
    return this.sessions.control;
  }

  private get statements(): Link {
    return this.sessions.statements;
  }

  get epoch(): Epoch {
    return this.ownEpoch;
  }

  get identity(): Detail {
    const { uuid, startedAt } = this.sessions.server;
    return { server: uuid, startedAt, session: this.statements.id };
  }

  get transaction(): "none" | "open" | "ended" {
    if (this.framing !== "joined") return "none";
    return this.ended ? "ended" : "open";
  }

  override async picture(): Promise<Picture> {
    const picture = await super.picture();
    this.carried = new Map(picture);
    return picture;
  }

  async snapshot(names: ReadonlySet<string> | null): Promise<Picture> {
    if (names === null) return this.carried === null ? this.picture() : new Map(this.carried);
    return this.guard("reading the schema", async () =>
      (await this.schema()).through(this.remembering()).objects(names),
    );
  }

  override async look(names: ReadonlySet<string>): Promise<Picture> {
    const found = await super.look(names);
    if (this.carried !== null)
      for (const [name, print] of found)
        if (print === null) this.carried.delete(name);
        else this.carried.set(name, print);
    return found;
  }

  async append(rows: readonly StoredRow[]): Promise<void> {
    try {
      if (!this.hasJournal) {
        await createJournal(this.sessions.control, this.origin.database);
        this.hasJournal = true;
      }
      if (this.ended) this.framing = "none";
      this.ended = false;
      const alone = this.framing === "none" && this.claimed && rows.length === 1;
      if (!alone && this.framing === "none") await this.statements.send("START TRANSACTION");
      await this.own();
      for (const row of rows) {
        const { affectedRows } = await insertRow(this.statements, this.origin.database, row);
        if (affectedRows !== 1) throw this.fenced();
      }
      if (!alone) await this.statements.send("COMMIT");
      this.framing = "none";
    } catch (error) {
      await this.rollbackAll();
      throw isDuplicate(error) ? this.fenced(error) : mysqlError(error, this.origin.name, "writing the journal");
    }
  }

  /** Takes the journal over, once. */
  private async own(): Promise<void> {
    if (this.claimed) return;
    const owner = JSON.stringify(this.options.who);
    if (!(await claimEpoch(this.statements, this.origin.database, this.ownEpoch, owner))) throw this.fenced();
    this.claimed = true;
  }

  private fenced(cause?: unknown): SurefootError {
    return fencedAt(this.ownEpoch, cause);
  }

  /** What was claimed in a transaction that is over is gone with it. */
  private async rollbackAll(): Promise<void> {
    this.framing = "none";
    this.ended = false;
    if (this.statements.closed) return;
    try {
      await this.statements.send("ROLLBACK");
      if (this.claimed) this.claimed = await this.readOwnEpoch();
    } catch {
      // The session is gone, and its transaction with it.
    }
  }

  private async readOwnEpoch(): Promise<boolean> {
    return (await readLease(this.sessions.control, this.origin.database)).epoch === this.ownEpoch;
  }

  async enter(): Promise<void> {
    // Nothing has to be set before a transaction on these servers.
  }

  async begin(): Promise<Begun> {
    await this.guard("beginning the migration", async () => {
      await this.statements.send("START TRANSACTION");
      this.framing = "joined";
      this.ended = false;
      if (this.claimed && !(await holdsEpoch(this.statements, this.origin.database, this.ownEpoch)))
        throw this.fenced();
      await this.statements.send("SAVEPOINT surefoot_migration");
    });
    return { outside: null, inside: null };
  }

  async run(sql: string, framing: Framing, cancel: AbortSignal | null, timeouts: Timeouts = {}): Promise<RunReply> {
    const statement = readStatement(sql, this.server.facts);
    // Nobody else runs migrations meanwhile, and a locked table would lock out the journal.
    if (statement.kind === "table_locks") return { type: "applied", changed: false, rowCount: 0 };
    if (isOfSession(statement.kind) || statement.temporary) this.touched = true;
    const watched = statement.conditional
      ? new Set(statement.targets.map(({ type, name }) => `${type}:${name}`))
      : null;
    let cancelling: Cancelling | null = null;
    const watching = this.watch();
    if (tableKinds.has(statement.kind)) this.remembering().forgetTables(mayChangeForeignKeys(statement));
    else this.remembering().forget();
    try {
      const before = watched === null ? null : await super.look(watched);
      cancelling = new Cancelling(cancel, timeouts.timeoutMs, () => this.sessions.cancelStatement());
      const answer = await this.sendWithin(timeouts.lockTimeoutMs, sql, framing, cancelling);
      cancelling.end();
      watching?.end();
      const after = watched === null ? null : await super.look(watched);
      const { affectedRows, warningCount } = answer;
      const warnings = warningCount === 0 ? [] : await this.warnings();
      const isRows = rowKinds.has(statement.kind);
      const changed = isRows
        ? affectedRows > 0 || statement.kind === "call"
        : before === null || [...before].some(([name, print]) => after?.get(name) !== print);
      return {
        type: "applied",
        changed: changed && statement.kind !== "reading",
        rowCount: affectedRows,
        ...(warnings.length === 0 ? {} : { warnings }),
      };
    } catch (error) {
      if (isLost(error)) return { type: "lost", error: asError(error) };
      const ended = errnoOf(error) === interruptedNumber ? (cancelling?.reason ?? null) : null;
      return {
        type: "sql_error",
        error: ended === "timeout" ? tooLong(error, timeouts) : asError(error),
        cancelled: ended === "signal",
      };
    } finally {
      cancelling?.end();
      watching?.end();
    }
  }

  private watch(): Watching | null {
    const { onLong } = this.options;
    const { control, statements, server } = this.sessions;
    if (onLong === undefined) return null;
    const look = (): Promise<string | null> => stageOf(control, server.facts.dialect, statements.id);
    return new Watching(this.origin.timing.tellMs, look, onLong);
  }

  /** Whole seconds, as the servers count. What the session had before is put back: a migration may have set it. */
  private async sendWithin(
    lockTimeoutMs: number | undefined,
    sql: string,
    framing: Framing,
    cancelling: Cancelling,
  ): Promise<{ affectedRows: number; warningCount: number }> {
    if (lockTimeoutMs === undefined) return this.send(sql, framing, cancelling);
    const link = this.statements;
    const [kept] = await rowsOf(
      link,
      "SELECT @@SESSION.lock_wait_timeout AS objects, @@SESSION.innodb_lock_wait_timeout AS row_locks",
    );
    const wait = (objects: unknown, rows: unknown): string =>
      `SET SESSION lock_wait_timeout = ${Number(objects)}, innodb_lock_wait_timeout = ${Number(rows)}`;
    const seconds = Math.ceil(lockTimeoutMs / 1000);
    await link.send(wait(seconds, seconds));
    try {
      return await this.send(sql, framing, cancelling);
    } finally {
      if (!link.closed) await link.send(wait(kept?.["objects"], kept?.["row_locks"]));
    }
  }

  /** Sends it again when it was surely not applied and another attempt may succeed. */
  private async send(
    sql: string,
    framing: Framing,
    cancelling: Cancelling,
  ): Promise<{ affectedRows: number; warningCount: number }> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (framing === "own") {
          await this.statements.send("START TRANSACTION");
          this.framing = "own";
        }
        const answer = await this.statements.send(sql);
        if (framing === "joined" && !answer.inTransaction && answer.rows === null) this.ended = true;
        return answer;
      } catch (error) {
        if (isLost(error)) throw error;
        const blocked = errnoOf(error) === 1205 ? await this.sessions.blockers() : [];
        if (framing === "own") {
          this.framing = "none";
          await this.statements.send("ROLLBACK");
        }
        // A deadlock ends the whole transaction; every other error ends only the statement.
        if (framing === "joined" && errnoOf(error) === deadlockNumber) this.ended = true;
        if (framing === "joined") await this.takeBack();
        const isLast = attempt >= attemptCountMax || framing === "joined" || cancelling.reason !== null;
        if (!isRetryable(error) || isLast) throw withBlockers(error, blocked);
      }
    }
  }

  private async warnings(): Promise<readonly string[]> {
    const { rows } = await this.statements.send("SHOW WARNINGS LIMIT 20");
    return (rows ?? []).map((row) => {
      const [level, code, message] = row as readonly unknown[];
      return `${String(level)} ${String(code)}: ${String(message)}`;
    });
  }

  async takeBack(): Promise<void> {
    if (this.framing !== "joined" || this.ended) return;
    await this.guard("rolling back", async () => {
      await this.statements.send("ROLLBACK TO SAVEPOINT surefoot_migration");
    });
  }

  async discard(): Promise<void> {
    await this.rollbackAll();
  }

  /** Only what drops is known beforehand; for the rest something is kept. */
  async predict(sql: string): Promise<Picture | null> {
    const statement = readStatement(sql, this.server.facts);
    if (!dropKinds.has(statement.kind) || statement.conditional || statement.temporary) return null;
    if (statement.targets.some(({ database }) => database !== null)) return null;
    const [facts] = await this.guard("reading the schema", () => this.classifyAll([sql], "step"));
    const objects = facts?.objects ?? [];
    // Other triggers of the same table may get another place.
    if (statement.kind === "drop_trigger" && objects.length !== 1) return null;
    // With a table its triggers are gone.
    return new Map(objects.map((name) => [name, null]));
  }

  async findUndo(before: readonly string[], sql: string): Promise<readonly string[] | null> {
    this.remembering().forgetTables(true);
    const [facts] = (await this.guard("reading the schema", () => this.classifyAll([...before, sql], "step"))).slice(
      -1,
    );
    return facts?.undo.type === "undo" ? facts.undo.statements : null;
  }

  async mayVanish(sql: string): Promise<boolean> {
    const statement = readStatement(sql, this.server.facts);
    return statement.kind === "create_event" && statement.vanishes;
  }

  async keep(sql: string): Promise<Detail | null> {
    return this.guard("reading the schema", () =>
      keptBefore(this.remembering(), this.origin.database, sql, this.server.facts),
    );
  }

  async rehearse(sql: string, detail: Detail): Promise<Picture | null> {
    const kept = keptOf(detail);
    if (kept === null) return null;
    return this.guard("trying a statement in a database of its own", () =>
      rehearse(this.sessions.control, this.origin, sql, kept, this.server.facts),
    );
  }

  async check(sql: string, expect: "true" | "empty"): Promise<CheckReply> {
    const statement = readStatement(sql, this.server.facts);
    if (statement.kind !== "reading" || statement.into !== null)
      return { type: "error", message: "a check may only read, and this statement does something else" };
    try {
      const { rows } = await this.statements.send(sql);
      if (rows === null) return { type: "error", message: "it returns no rows" };
      return judgeCheck(rows as readonly (readonly unknown[])[], expect);
    } catch (error) {
      if (isLost(error)) throw mysqlError(error, this.origin.name, "asking a check");
      return { type: "error", message: messageOf(error) };
    }
  }

  /** The engines check their constraints themselves, row by row. */
  async integrity(): Promise<readonly string[]> {
    return [];
  }

  async contents(made: readonly string[]): Promise<ContentsOf> {
    return this.guard("reading rows", async () => {
      const found = new Map<string, Contents>();
      for (const key of made) found.set(key, await contentsOf(this.statements, this.origin.database, key));
      return found;
    });
  }

  async foreignData(undo: string, own: ContentsOf): Promise<ForeignData | null> {
    return this.guard("reading rows", async () => {
      for (const { key, what } of keyBehind(readStatement(undo, this.server.facts))) {
        const found = await contentsOf(this.statements, this.origin.database, key);
        const known = own.get(key) ?? nothing;
        if (found.count === 0 || (found.count === known.count && found.sum === known.sum)) continue;
        const more = found.count > known.count;
        return { what, more, count: more ? found.count - Math.max(known.count, 0) : found.count };
      }
      return null;
    });
  }

  /** What makes or drops tables can be told without knowing what was there before; of the rest nothing is claimed. */
  async shows(sql: string): Promise<boolean> {
    const statement = readStatement(sql, this.server.facts);
    const names = new Set(statement.targets.map(({ type, name }) => `${type}:${name}`));
    if (statement.temporary || statement.targets.some(({ database }) => database !== null)) return false;
    const now = await super.look(names);
    if (statement.kind === "drop_table") return [...now.values()].every((print) => print === null);
    if (statement.kind !== "create_table" || statement.conditional) return false;
    const kept = Object.fromEntries(statement.targets.map(({ name }) => [name, null]));
    const after = await this.rehearse(sql, kept);
    return after !== null && [...after].every(([name, print]) => print !== null && now.get(name) === print);
  }

  async isAsLeft(steps: readonly Reversible[]): Promise<boolean> {
    return this.guard("trying statements in a database of its own", () =>
      isAsLeft(this.sessions.control, this.origin, steps, (names) => super.look(names), this.server.facts),
    );
  }

  async settle(): Promise<void> {
    if (!this.touched || this.framing !== "none") return;
    this.touched = false;
    await this.guard("putting the session back", () => this.sessions.renewStatements());
  }

  async rowsHash(table: string): Promise<string | null> {
    const { count, sum } = await this.guard("reading rows", () =>
      contentsOf(this.statements, this.origin.database, `table:${table}`),
    );
    return `${count}:${sum.toString(16)}`;
  }

  async reopen(): Promise<void> {
    this.framing = "none";
    this.ended = false;
    this.touched = false;
    this.carried = null;
    await this.sessions.reopen();
    this.server = this.sessions.server;
    await this.guard("reading it again", async () => {
      this.hasJournal = await journalExists(this.sessions.control, this.origin.database);
      const owner = this.hasJournal ? (await readLease(this.sessions.control, this.origin.database)).epoch : 0;
      this.ownEpoch = epoch(owner + 1);
      this.claimed = false;
    });
  }

  override async close(): Promise<void> {
    await this.sessions.close();
  }
}

const deadlockNumber = 1213;

/** What changes tables and rows, and surely no program. */
const tableKinds: ReadonlySet<string> = new Set([
  "create_table",
  "alter_table",
  "drop_table",
  "rename_table",
  "create_index",
  "drop_index",
  "insert",
  "update",
  "delete",
  "reading",
]);
function mayChangeForeignKeys(statement: Statement): boolean {
  switch (statement.kind) {
    case "create_table":
      return statement.like !== null || statement.elements.some(refersToTable);
    case "create_index":
    case "drop_index":
    case "insert":
    case "update":
    case "delete":
    case "reading":
      return false;
    default:
      return true;
  }
}

function refersToTable(element: AlterAction): boolean {
  return element.type === "add_foreign_key" || (element.type === "add_column" && element.column.references !== null);
}

/** What is gone afterwards, and nothing else. An event may have gone by itself. */
const dropKinds: ReadonlySet<string> = new Set(["drop_table", "drop_view", "drop_trigger", "drop_routine"]);
const rowKinds: ReadonlySet<string> = new Set(["insert", "update", "delete", "load_data", "call"]);

function isOfSession(kind: string): boolean {
  return kind === "set" || kind === "use" || kind === "session" || kind === "program";
}

function tooLong(error: unknown, { timeoutMs = 0 }: Timeouts): Error {
  return Object.assign(
    new Error(`it took longer than its timeout of ${timeoutMs / 1000} s and was ended (${messageOf(error)})`, {
      cause: error,
    }),
    { errno: interruptedNumber },
  );
}

function withBlockers(error: unknown, blocked: readonly string[]): Error {
  const known = asError(error);
  if (blocked.length === 0) return known;
  const message = `${known.message.replace(/\.$/, "")}; it is blocked by ${blocked.join("; ")}`;
  return Object.assign(new Error(message, { cause: error }), { errno: errnoOf(error) ?? undefined });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function messageOf(error: unknown): string {
  return asError(error).message;
}
