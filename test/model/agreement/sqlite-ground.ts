/** SQLite as a ground of agreement: a process is one connection to a file, and ends with it. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StoredRow } from "@surefoot/model";
import { transactional } from "@surefoot/model/explorer";
import { SurefootError } from "../../../packages/runner/src/error.ts";
import { SqliteDatabase } from "../../../packages/runner/src/sqlite/adapter.ts";
import type { Handle } from "../../support/project.ts";
import { Driver } from "../../support/project.ts";
import { root } from "./bench.ts";
import { effectsOf, standingOf, upOf } from "./effects.ts";
import type { Faults, Ground, Grounds, ReadEffect } from "./ground.ts";
import type { Seen } from "./sqlite-effects.ts";
import { sqliteKinds } from "./sqlite-effects.ts";
import { sqliteWays } from "./sqlite-ways.ts";
import { rowsAt } from "./stage.ts";

export const sqlite: Ground = {
  name: "sqlite",
  sets: { profiles: [transactional], runnerCountMax: 1, reverting: true },
  choiceCountMax: 120,
  ways: sqliteWays,
  standing: ({ jobs }) => standingOf(effectsOf(upOf(jobs), sqliteKinds)),
  open: async ({ jobs }) => new SqliteGrounds(effectsOf(upOf(jobs), sqliteKinds)),
};

const hasSql = "SELECT 1 FROM sqlite_schema WHERE name = ?";

class SqliteGrounds implements Grounds {
  readonly effects: readonly ReadEffect<Seen>[];
  readonly faults: Faults;
  private readonly folder = realpathSync(mkdtempSync(join(root, "surefoot-agree-")));
  private readonly path = join(this.folder, "app.db");
  /** Another connection: what it sees is durable, or about to be seen by everybody. */
  private readonly db: Handle = compilingOnce(new Driver(this.path));

  constructor(effects: readonly ReadEffect<Seen>[]) {
    this.effects = effects;
    this.faults = faultsAt(this.path);
    this.db.pragma("synchronous = OFF");
    for (const sql of ["CREATE TABLE r (k INTEGER)", ...effects.flatMap(({ setUp }) => setUp)]) this.db.exec(sql);
  }

  database(): SqliteDatabase {
    return new SqliteDatabase({ path: this.path });
  }

  async cells(): Promise<readonly number[]> {
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

  async exec(statements: readonly string[]): Promise<void> {
    for (const sql of statements) this.db.exec(sql);
  }

  async has(table: string): Promise<boolean> {
    return this.db.prepare(hasSql).get(table) !== undefined;
  }

  async isEmpty(table: string): Promise<boolean> {
    return this.db.prepare(`SELECT 1 FROM ${table}`).get() === undefined;
  }

  async journalAfter(seq: number): Promise<readonly StoredRow[]> {
    if (seq === 0 && !(await this.has("surefoot_journal"))) return [];
    return this.db
      .prepare("SELECT * FROM surefoot_journal WHERE first > ? ORDER BY first")
      .all(seq) as readonly StoredRow[];
  }

  async insertRecord(row: StoredRow): Promise<void> {
    const columns = Object.keys(row);
    this.db
      .prepare(`INSERT INTO surefoot_journal (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`)
      .run(...Object.values(row));
  }

  async settled(): Promise<void> {
    // Whatever a process held is free when its connection has closed.
  }

  async dispose(): Promise<void> {
    this.db.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function faultsAt(path: string): Faults {
  return {
    crash: ({ stage }) => stage.kill((session) => session.close()),
    leaseTaken: async () => undefined,
    strike: async ({ step }) => {
      throw new Error(`${step.action.name} does not happen on SQLite.`);
    },
    failing(sql, name) {
      const framing = (own: readonly unknown[]) => own[1];
      if (name === "engine_ends_transaction") return { type: "instead", args: (own) => ["ROLLBACK", framing(own)] };
      const rows = /^(INSERT|UPDATE|DELETE)/.test(sql);
      return {
        type: "instead",
        args: (own) => [rows ? "DELETE FROM nowhere" : "DROP INDEX nowhere", framing(own)],
      };
    },
    unheard(stage, written) {
      const rows = rowsAt(stage);
      return {
        type: "act",
        act: async (session) => {
          await (written ? session.append(rows) : session.discard());
          throw new SurefootError("DATABASE_LOST", "the file system answered with an error");
        },
      };
    },
    /** Somebody reads, so that the COMMIT finds the database locked. */
    commitRefused(stage) {
      const rows = rowsAt(stage);
      return {
        type: "act",
        act: async (session) => {
          const reader = new Driver(path);
          const { db } = session as unknown as { readonly db: Handle };
          reader.exec("BEGIN");
          reader.prepare("SELECT COUNT(*) FROM sqlite_schema").get();
          db.pragma("busy_timeout = 0");
          try {
            return await session.append(rows);
          } finally {
            db.pragma("busy_timeout = 5000");
            reader.close();
          }
        },
      };
    },
  };
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
