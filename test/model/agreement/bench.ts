/**
 * A generated migration as a real one: a file, the objects that its steps make on SQLite, and what is there of each as
 * another connection sees it. Step `k` has a table of its own, so that no step is in the way of another.
 */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalRecord, StoredRow } from "@surefoot/model";
import { decodeRow, epoch, packRecords, seq, unpackRow } from "@surefoot/model";
import type { Configuration, Job } from "@surefoot/model/explorer";
import type { Handle } from "../../support/project.ts";
import { Driver } from "../../support/project.ts";

/** Values of a cell, as the world has them. */
const cell = { before: 0, after: 1, half_undone: 3 } as const;

/** The schema by name, and the rows of `r`. */
interface Seen {
  readonly texts: ReadonlyMap<string, string>;
  readonly rows: readonly number[];
}

/** What a step does on SQLite: texts, and how each stage of it shows. */
interface Effect {
  readonly up: string;
  /** Its undo, in one statement and in two. */
  readonly undo: readonly [one: readonly string[], two: readonly string[]];
  /** A query that tells whether it took effect. */
  readonly probe: string | null;
  /** Makes a stage true by hand, whatever was there. */
  readonly make: { readonly [stage: number]: readonly string[] };
  readonly read: (seen: Seen) => number;
  /** A table that the step names and does not change; null: none. */
  readonly stands: string | null;
}

/** The checks of every file. What they come to is the driver's to say. */
export const checkSql = "SELECT 'as it should be' <> ''";

/** Who applied it is not this file's business: it makes every start out of order unless that is allowed. */
export const newerId = "0009_newer";

function effectOf(job: Job, step: number): Effect {
  const { rows, preexisting } = job.steps[step]!;
  const { lossy, undo } = job.plan.steps[step]!;
  if (preexisting === true) return idle(step);
  if (rows === true) return row(step);
  if (lossy) return lost(step);
  const { coveredBy } = job.steps[step]!;
  if (coveredBy !== undefined) return covered(step, coveredBy);
  if (job.steps.some((other) => other.coveredBy === step)) return table(step);
  return undo?.length === 2 ? column(step) : index(step);
}

function index(k: number): Effect {
  return {
    up: `CREATE INDEX s${k} ON t${k} (v)`,
    undo: [[`DROP INDEX s${k}`], []],
    probe: null,
    make: { 0: [`DROP INDEX IF EXISTS s${k}`], 1: [`CREATE INDEX IF NOT EXISTS s${k} ON t${k} (v)`] },
    read: ({ texts }) => (texts.has(`s${k}`) ? cell.after : cell.before),
    stands: `t${k}`,
  };
}

/** Its undo has a stage half-way that can be seen: the column under another name. */
function column(k: number): Effect {
  const says = ({ texts }: Seen, name: string) => new RegExp(`\\b${name}\\b`).test(texts.get(`c${k}`) ?? "");
  const anew = (more: string) => [`DROP TABLE c${k}`, `CREATE TABLE c${k} (id INTEGER PRIMARY KEY${more})`];
  return {
    up: `ALTER TABLE c${k} ADD COLUMN x TEXT`,
    undo: [
      [`ALTER TABLE c${k} DROP COLUMN x`],
      [`ALTER TABLE c${k} RENAME COLUMN x TO half`, `ALTER TABLE c${k} DROP COLUMN half`],
    ],
    probe: null,
    make: { 0: anew(""), 1: anew(", x TEXT") },
    read: (seen) => (says(seen, "x") ? cell.after : says(seen, "half") ? cell.half_undone : cell.before),
    stands: null,
  };
}

/** Its undo takes along what later steps have made on it. Half-way the table has one column more. */
function table(k: number): Effect {
  return {
    up: `CREATE TABLE n${k} (v TEXT)`,
    undo: [[`DROP TABLE n${k}`], [`ALTER TABLE n${k} ADD COLUMN half TEXT`, `DROP TABLE n${k}`]],
    probe: null,
    make: {
      0: [`DROP TABLE IF EXISTS n${k}`],
      1: [`DROP TABLE IF EXISTS n${k}`, `CREATE TABLE n${k} (v TEXT)`],
    },
    read: ({ texts }) => {
      const text = texts.get(`n${k}`);
      return text === undefined ? cell.before : text.includes("half") ? cell.half_undone : cell.after;
    },
    stands: null,
  };
}

/** It has no undo of its own, and needs none. By hand it is made anew, because its table is. */
function covered(k: number, by: number): Effect {
  return {
    up: `CREATE INDEX i${k} ON n${by} (v)`,
    undo: [[], []],
    probe: null,
    make: { 0: [`DROP INDEX IF EXISTS i${k}`], 1: [`CREATE INDEX i${k} ON n${by} (v)`] },
    read: ({ texts }) => (texts.has(`i${k}`) ? cell.after : cell.before),
    stands: null,
  };
}

function row(k: number): Effect {
  const n = k + 1;
  return {
    up: `INSERT INTO r (k) VALUES (${n})`,
    undo: [
      [`DELETE FROM r WHERE k = ${n}`],
      [`UPDATE r SET k = ${-n} WHERE k = ${n}`, `DELETE FROM r WHERE k = ${-n}`],
    ],
    probe: `SELECT COUNT(*) = 1 FROM r WHERE k = ${n}`,
    make: {
      0: [`DELETE FROM r WHERE k IN (${n}, ${-n})`],
      1: [`DELETE FROM r WHERE k IN (${n}, ${-n})`, `INSERT INTO r (k) VALUES (${n})`],
    },
    read: ({ rows }) => {
      const found = rows.filter((value) => Math.abs(value) === n);
      if (found.length > 1) return -found.length;
      return found[0] === undefined ? cell.before : found[0] === n ? cell.after : cell.half_undone;
    },
    stands: "r",
  };
}

/** It finds what it would make. */
function idle(k: number): Effect {
  return {
    up: `CREATE TABLE IF NOT EXISTS pre${k} (id INTEGER)`,
    undo: [[`DROP TABLE pre${k}`], []],
    probe: null,
    make: { 0: [], 1: [] },
    read: ({ texts }) => (texts.has(`pre${k}`) ? cell.before : -1),
    stands: `pre${k}`,
  };
}

/** Its undo brings the table back, and nothing its row. */
function lost(k: number): Effect {
  return {
    up: `DROP TABLE old${k}`,
    undo: [
      [`CREATE TABLE old${k} (id INTEGER)`],
      [`CREATE TABLE half${k} (id INTEGER)`, `ALTER TABLE half${k} RENAME TO old${k}`],
    ],
    probe: null,
    make: {
      0: [
        `DROP TABLE IF EXISTS half${k}`,
        `CREATE TABLE IF NOT EXISTS old${k} (id INTEGER)`,
        `DELETE FROM old${k}`,
        `INSERT INTO old${k} VALUES (1)`,
      ],
      1: [`DROP TABLE IF EXISTS half${k}`, `DROP TABLE IF EXISTS old${k}`],
    },
    read: ({ texts }) => (texts.has(`old${k}`) ? cell.before : texts.has(`half${k}`) ? cell.half_undone : cell.after),
    stands: null,
  };
}

const hasSql = "SELECT 1 FROM sqlite_schema WHERE name = ?";

function has(db: Handle, name: string): boolean {
  return db.prepare(hasSql).get(name) !== undefined;
}

/** Compiles each text once: the same few questions are asked after every action. */
function compilingOnce(db: Handle): Handle {
  const known = new Map<string, ReturnType<Handle["prepare"]>>();
  return {
    get inTransaction() {
      return db.inTransaction;
    },
    prepare(sql) {
      const found = known.get(sql) ?? db.prepare(sql);
      known.set(sql, found);
      return found;
    },
    exec: (sql) => db.exec(sql),
    pragma: (sql, options) => db.pragma(sql, options),
    close: () => db.close(),
  };
}

/** What a file may have wrong with it, for one start. */
export interface Wrong {
  readonly doctrine: boolean;
  readonly refused: boolean;
}

/** Memory keeps what a file system would, and is quicker. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export class Bench {
  readonly folder = realpathSync(mkdtempSync(join(root, "surefoot-agree-")));
  readonly path = join(this.folder, "app.db");
  readonly migrations = join(this.folder, "migrations");
  /** Another connection: what it sees is durable, or about to be seen by everybody. */
  readonly db: Handle;
  readonly configuration: Configuration;
  /** The migration on its way up. */
  readonly job: Job;
  private readonly effects: readonly Effect[];
  private readonly records: JournalRecord[] = [];
  private driftCount = 0;

  constructor(configuration: Configuration) {
    this.configuration = configuration;
    this.job = configuration.jobs.find(({ direction }) => direction === "up")!;
    this.effects = this.job.steps.map((_, step) => effectOf(this.job, step));
    mkdirSync(this.migrations);
    this.db = compilingOnce(new Driver(this.path));
    this.db.pragma("synchronous = OFF");
    this.db.exec("CREATE TABLE r (k INTEGER)");
    for (const step of this.effects.keys())
      this.db.exec(
        `CREATE TABLE t${step} (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE c${step} (id INTEGER PRIMARY KEY);` +
          `CREATE TABLE pre${step} (id INTEGER); CREATE TABLE old${step} (id INTEGER); INSERT INTO old${step} VALUES (1);`,
      );
    this.writeFile(false);
    writeFileSync(join(this.migrations, `${newerId}.sql`), "-- migrate:up\nSELECT 1;\n");
  }

  /** A table that drift can change without getting in the way of a step; null: there is none. */
  static standing(configuration: Configuration): string | null {
    const job = configuration.jobs.find(({ direction }) => direction === "up")!;
    return job.steps.map((_, step) => effectOf(job, step).stands).find((table) => table !== null) ?? null;
  }

  writeFile(corrected: boolean, wrong: Wrong = { doctrine: false, refused: false }): void {
    const { plan, needs, migration } = this.job;
    const steps = this.effects.flatMap(({ up, undo, probe }, step) => {
      const count = plan.steps[step]!.undo?.length ?? (corrected ? 1 : 0);
      const asked = this.job.steps[step]!.probe === true ? [`-- migrate:probe ${probe};`] : [];
      // That another step's undo takes it along, the runner finds out.
      const given = this.job.steps[step]!.coveredBy === undefined ? undoLines(undo[count - 1]) : [];
      return [`${up};`, ...given, ...asked];
    });
    const down = this.effects.map(({ undo: [one] }) => `${one.join(";\n")};`).toReversed();
    const lines = [
      ...needs.map((id) => `-- migrate:depends ${id}`),
      `-- migrate:option transaction=${plan.transaction}`,
      `-- migrate:option recovery=${plan.recovery}`,
      `-- migrate:pre before\n${checkSql};`,
      "-- migrate:up",
      ...(wrong.doctrine ? ["CREATE TABLE bad (id INTEGER REFERENCES t0 (id));"] : []),
      ...(wrong.refused ? ["COMMIT;"] : []),
      ...steps,
      `-- migrate:post after\n${checkSql};`,
      ...(plan.down === null ? [] : ["-- migrate:down", ...down]),
    ];
    writeFileSync(join(this.migrations, `${migration}.sql`), `${lines.join("\n")}\n`);
  }

  cells(): readonly number[] {
    const texts = this.db.prepare("SELECT name, coalesce(sql, '') AS sql FROM sqlite_schema").all() as {
      readonly name: string;
      readonly sql: string;
    }[];
    const rows = this.db.prepare("SELECT k FROM r").all() as { readonly k: number }[];
    const seen: Seen = {
      texts: new Map(texts.map(({ name, sql }) => [name, sql])),
      rows: rows.map(({ k }) => k),
    };
    return this.effects.map(({ read }) => read(seen));
  }

  /** Is a row gone that stood in a table which is there? `destroyed`: also where the table is not there. */
  rowsGone(): { readonly seen: boolean; readonly destroyed: boolean } {
    const tables = this.effects.flatMap(({ up }) => /^DROP TABLE (old\d+)$/.exec(up)?.[1] ?? []);
    const empty = (table: string) => this.db.prepare(`SELECT 1 FROM ${table}`).get() === undefined;
    const seen = tables.some((table) => has(this.db, table) && empty(table));
    return { seen, destroyed: seen || tables.some((table) => !has(this.db, table)) };
  }

  bringRowsBack(): void {
    for (const { up } of this.effects) {
      const table = /^DROP TABLE (old\d+)$/.exec(up)?.[1];
      if (table !== undefined && has(this.db, table))
        this.db.exec(`DELETE FROM ${table}; INSERT INTO ${table} VALUES (1);`);
    }
  }

  /** Every effect of the migration, or none, by hand. */
  makeAll(value: 0 | 1): void {
    for (const { make } of this.effects) for (const sql of make[value] ?? []) this.db.exec(sql);
  }

  change(): void {
    this.db.exec(`ALTER TABLE ${Bench.standing(this.configuration)} ADD COLUMN drift${++this.driftCount} TEXT`);
  }

  changeBack(): void {
    this.db.exec(`ALTER TABLE ${Bench.standing(this.configuration)} DROP COLUMN drift${this.driftCount}`);
  }

  /** Somebody's Surefoot has applied what this migration depends on: its file, and a record that changes no state. */
  arrive(id: string): void {
    writeFileSync(join(this.migrations, `${id}.sql`), "-- migrate:up\nSELECT 1;\n");
    const last = this.journal().at(-1);
    const [row] = packRecords([
      {
        kind: "note",
        seq: seq((last?.seq ?? 0) + 1),
        run: "somebody",
        epoch: last?.epoch ?? epoch(1),
        migration: id,
        event: "baseline",
        detail: {},
        at: new Date(0).toISOString(),
      },
    ]);
    const columns = Object.keys(row!);
    this.db
      .prepare(`INSERT INTO surefoot_journal (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`)
      .run(...Object.values(row!));
  }

  /** Records stay as they are once they are durable, so that each is decoded once. */
  journal(): readonly JournalRecord[] {
    if (this.records.length === 0 && !has(this.db, "surefoot_journal")) return [];
    const rows = this.db
      .prepare("SELECT * FROM surefoot_journal WHERE first > ? ORDER BY first")
      .all(this.records.length) as StoredRow[];
    for (const row of rows.flatMap(unpackRow)) {
      const decoded = decodeRow(row);
      if (decoded.type === "bad") throw new Error(`record ${row.seq}: ${decoded.why}`);
      this.records.push(decoded.record);
    }
    return this.records;
  }

  dispose(): void {
    this.db.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Without a word from the author the runner would find one itself where it can. */
function undoLines(undo: readonly string[] | undefined): readonly string[] {
  return undo?.map((sql) => `-- migrate:undo ${sql};`) ?? ["-- migrate:undo none: the world has none"];
}
