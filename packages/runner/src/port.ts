/**
 * What the loop needs of a database, and what an engine can promise. An adapter answers with observations; what they
 * mean is decided by the model.
 */
import type { Detail, Epoch, Picture, Row, StepClass, StoredRow, TransactionMode } from "@surefoot/model";
import type { SurefootError } from "./error.ts";
import type { ContentsOf } from "./own-rows.ts";
import type { Timeouts } from "./files/migration.ts";
import type { Dialect } from "./sql/dialect.ts";
import type { Deriver } from "./undo/derivation.ts";

type Engine = Dialect;

export interface Capabilities {
  readonly engine: Engine;
  /** The mode of a migration that names none. */
  readonly transactionDefault: TransactionMode;
  /** Several migrations can share one transaction, DDL included. */
  readonly atomicUp: boolean;
  /** A statement can outlive the client that sent it. */
  readonly orphans: boolean;
  /** A statement that is running can be ended. */
  readonly endsStatements: boolean;
}

/** The journal as far as a start needs it: what was ever recorded or noted, and everything since the last `recorded`. */
export interface JournalRows {
  /** `recorded` transitions and notes, oldest first. */
  readonly history: readonly Row[];
  /** Every row after the last `recorded`, oldest first. */
  readonly current: readonly Row[];
  /** `seq` of the last `recorded`, or 0. */
  readonly recordedSeq: number;
  /** The epoch of the last owner that wrote. */
  readonly epoch: number;
  /** False: no journal yet. */
  readonly exists: boolean;
  /** The journal's format as its last owner wrote it. */
  readonly format: number;
}

/** What the adapter knows of a statement before it runs, from its text and the objects that it names. */
export interface StatementFacts {
  readonly class: StepClass;
  /** As `class`; `session` when it changes only the session. */
  readonly kind: StepClass | "session";
  /** Why it is of this class, in a few words for `plan`. */
  readonly why: string;
  /** It destroys rows or values that were there before this migration. */
  readonly lossy: boolean;
  /** It changes rows. */
  readonly changesRows: boolean;
  /** Surely no row and no value is another afterwards, so that rows need not be looked at. */
  readonly keepsRows: boolean;
  /** Why it may not run here at all, and what to do instead; null when it may. */
  readonly refused: string | null;
  /** The objects that it creates, changes or drops, as `kind:name`. */
  readonly objects: readonly string[];
  /** A table or column that begins empty with it, as `table:t` or `column:t.c`; for counting what others write there. */
  readonly makes: string | null;
  /** Such a table or column that is gone with it, whoever made it. */
  readonly removes: string | null;
  /** Such a table or column that has another name afterwards. */
  readonly renames: string | null;
  /** What rows are there matters to it: it changes rows, or fails when they don't fit (UNIQUE, NOT NULL, CHECK). */
  readonly meetsRows: boolean;
  /** What it touches that no fingerprint sees; null: nothing. */
  readonly notCovered: string | null;
  /** What it destroys, in words, for `down` and `plan`; null when nothing. */
  readonly destroys: string | null;
}

/** `joined`: in the migration's transaction. `own`: in one of its own, which the next append commits. `alone`: none. */
export type Framing = "joined" | "own" | "alone";

export type RunReply =
  | {
      readonly type: "applied";
      /** False when it surely changed nothing. */
      readonly changed: boolean;
      /** Rows inserted, updated or deleted. */
      readonly rowCount: number;
      /** What the server remarked, as it words it. */
      readonly warnings?: readonly string[];
    }
  /** `cancelled`: because it was asked to. `at`: which statement of a run it was, and where it stands in the run. */
  | {
      readonly type: "sql_error";
      readonly error: SurefootError | Error;
      readonly cancelled?: boolean;
      readonly at?: { readonly offset: number; readonly sql: string };
    }
  | { readonly type: "lost"; readonly error: Error };

export type CheckReply =
  | { readonly type: "passed" }
  | { readonly type: "false"; readonly found: string }
  | { readonly type: "error"; readonly message: string };

/** Rows that an undo would destroy although the migration's own steps did not write them, or not as they are now. */
export interface ForeignData {
  readonly what: string;
  readonly count: number;
  /** More than the migration's own steps left there. False: as many or fewer, and others than those. */
  readonly more: boolean;
}

/** A connection that reads and never writes: `status`, `plan`, `history`, `explain`. */
export interface Reader {
  readonly capabilities: Capabilities;
  readRows(): Promise<JournalRows>;
  /** Every row, oldest first. */
  readAll(): Promise<readonly Row[]>;
  /** The text and snapshot of what was applied: the row of the last `prepared` of this migration, upwards. */
  readPrepared(migration: string): Promise<Row | null>;
  /** Is a live runner at work? Its name where that is known. */
  owner(): Promise<string | null>;
  classify(statements: readonly string[], mode: TransactionMode): Promise<readonly StatementFacts[]>;
  /** For migrations that have not begun, in the order in which they will run. */
  deriver(): Promise<Deriver>;
  /** Compiles without running; the engine's message when it would refuse. Null: accepted, or it cannot be told. */
  tryOut(statements: readonly string[]): Promise<readonly (string | null)[]>;
  /** Every object of the schema, Surefoot's own left out. */
  picture(): Promise<Picture>;
  /** At least the named objects, null for one that is not there; more where that costs nothing. */
  look(names: ReadonlySet<string>): Promise<Picture>;
  /** A counter or hash that is equal exactly when no DDL was committed in between; null: the engine has none. */
  schemaMark(): Promise<string | null>;
  /** Foreign keys in the schema, by count. */
  countForeignKeys(): Promise<number>;
  countRows(table: string): Promise<number | null>;
  close(): Promise<void>;
}

/** The schema's marks around the beginning of a transaction, which may have made the journal inside. */
export interface Begun {
  /** What the mark is again if the engine ends the transaction. */
  readonly outside: string | null;
  /** What it is again after `takeBack`. */
  readonly inside: string | null;
}

/** The owner of the lease: the only one that writes. */
export interface Session extends Reader {
  /** The epoch that this owner's records carry. It becomes durable with the first of them. */
  readonly epoch: Epoch;
  /** Which session of which server sends the statements. */
  readonly identity: Detail;
  /**
   * Makes the records of these rows durable, together with the transaction that is open.
   * @throws SurefootError FENCED when another owner has written since; DATABASE_FULL, DATABASE_READ_ONLY or
   * JOURNAL_UNWRITABLE when surely nothing was written and nothing is open any more; CommitRefused when the engine
   * refuses the COMMIT and the transaction is still open; DATABASE_LOST when it is not known.
   */
  append(rows: readonly StoredRow[]): Promise<void>;
  /** Settings that must be made before a transaction begins, for all statements that it will hold. */
  enter(statements: readonly string[]): Promise<void>;
  /** Opens the transaction that `joined` statements share, or several migrations (`--atomic`). */
  begin(statements: readonly string[], timeouts?: Timeouts): Promise<Begun>;
  /** Is the transaction of `begin` still open? The engine can end it by itself, and then nothing of it remains. */
  readonly transaction: "none" | "open" | "ended";
  /**
   * `cancel`: where the engine can end a statement that is running, aborting does. `timeouts`: how long it may take, all
   * its attempts together, and how long each may wait for a lock.
   */
  run(sql: string, framing: Framing, cancel: AbortSignal | null, timeouts?: Timeouts): Promise<RunReply>;
  /** Takes back everything since `begin`; its transaction stays open for the records of what happened. */
  takeBack(): Promise<void>;
  /** Rolls back whatever is open and forgets it. */
  discard(): Promise<void>;
  /**
   * The schema before a migration: at least the named objects, or every one when that is null, as they were seen last under
   * this lease; looked at where they were not seen yet. What is named was seen a moment ago, when its statements were classified.
   */
  snapshot(names: ReadonlySet<string> | null): Promise<Picture>;
  /** How the objects will look after the statement; null when that can't be known beforehand. */
  predict(sql: string): Promise<Picture | null>;
  /**
   * The exact inverse of a statement in the schema as it is now; null: there is none, or it needs no look at the schema.
   * `before`: statements that have set up the session.
   */
  findUndo(before: readonly string[], sql: string): Promise<readonly string[] | null>;
  /** Does it make something that is gone by itself once it has run? That nothing is there tells nothing then. */
  mayVanish(sql: string): Promise<boolean>;
  /** What must be known of its objects before the statement, so that `rehearse` can tell afterwards; null: it can't. */
  keep(sql: string): Promise<Detail | null>;
  /** How the objects look after the statement, from what `keep` answered before it; null when that can't be told. */
  rehearse(sql: string, kept: Detail): Promise<Picture | null>;
  /** Runs a reading statement; `expect` as in the file. Never changes anything. */
  check(sql: string, expect: "true" | "empty"): Promise<CheckReply>;
  /** Checks of the engine's own after the steps, such as dangling foreign keys; one line for each finding. */
  integrity(): Promise<readonly string[]>;
  /** What is there now, for keys as in `makes`. */
  contents(made: readonly string[]): Promise<ContentsOf>;
  /** `own`: what the migration's own statements have left in what it made. */
  foreignData(undo: string, own: ContentsOf): Promise<ForeignData | null>;
  /** Does the schema look as the statement leaves it? False as well where that can't be told. */
  shows(sql: string): Promise<boolean>;
  /**
   * Does the schema look as these statements leave it, one after the other? Found out by taking them back on a copy and
   * running them again. False as well where that can't be told.
   */
  isAsLeft(steps: readonly { readonly sql: string; readonly undo: readonly string[] }[]): Promise<boolean>;
  /** Puts back what a migration has set for its session. Called at rest. */
  settle(): Promise<void>;
  /** A hash of a table's rows, whatever their order; null when there is no such table. */
  rowsHash(table: string): Promise<string | null>;
  /** Reads everything again, as a new process would; a lost connection is opened again. */
  reopen(): Promise<void>;
}

export interface AcquireOptions {
  readonly waitMs: number;
  readonly createMissing: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onWait: (holder: string) => void;
  /** What becomes of a statement whose runner has died and that still runs; `rows` reads the journal. Default: kill. */
  readonly orphanPolicy?: (rows: () => Promise<JournalRows>) => Promise<"kill" | "wait">;
  /** Told of such a statement, in a sentence. */
  readonly onOrphan?: (message: string) => void;
  /** Told again and again of a statement that takes long, in a sentence. */
  readonly onLong?: (message: string) => void;
  /** OS user, host, pid, CI job. */
  readonly who: Detail;
}

export interface ScratchOptions {
  /** What it begins with: this database's schema without its rows, or nothing. */
  readonly from: "schema" | "nothing";
  /** Told in a sentence what is worth knowing about the place. */
  readonly onNote: (message: string) => void;
}

/** @throws SurefootError NOT_APPLICABLE when the schema can't be built anew */
export type MakeScratch = (options: ScratchOptions) => Promise<Scratch>;

/** A database that is made to try things on, and gone when it is closed. */
export interface Scratch {
  readonly database: Database;
  /** Where it is, for people; null: in a temporary file. */
  readonly place: string | null;
  /** Objects of the schema that it lacks, as `kind:name`, with the reason. */
  readonly missing: ReadonlyMap<string, string>;
  /** Another one, as this one is now. */
  copy(): Promise<Scratch>;
  /** For each statement what keeps it from being tried here, as in "it …"; null: nothing does. */
  hurdles(statements: readonly string[]): Promise<readonly (string | null)[]>;
  /** The engine's words, with the name of the real database in the place of this one's. */
  inWords(message: string): string;
  /** Never throws: what it can't remove it tells. */
  close(): Promise<void>;
}

export interface Database {
  readonly engine: Engine;
  /** The name to show to people; never with a password. */
  readonly name: string;
  /** False: `acquire` with `createMissing` would make it. */
  exists(): Promise<boolean>;
  /** @throws SurefootError DATABASE_MISSING, DATABASE_UNUSABLE */
  read(): Promise<Reader>;
  /**
   * The last row of a journal at which nobody is at work; null as well where that takes more than a look. It never throws:
   * whoever takes the lease then is told what is wrong.
   */
  readLast(): Promise<Row | null>;
  /** @throws SurefootError LEASE_HELD after `waitMs`, naming the owner. */
  acquire(options: AcquireOptions): Promise<Session>;
  /**
   * How to make a database of the same engine. `server`: URL of where; null: none was named. Reaches nothing yet.
   * @throws SurefootError USAGE when the place does not fit the engine
   */
  scratch(server: string | null): MakeScratch;
}

/** The engine refused the COMMIT, and the transaction is still open. */
export class CommitRefused extends Error {
  override readonly name = "CommitRefused";
}
