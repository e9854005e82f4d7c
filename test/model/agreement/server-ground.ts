/** MariaDB and MySQL as grounds of agreement: sessions outlive their clients, and statements do. A database for each stream. */
import type { StoredRow } from "@surefoot/model";
import { atomicDdl, opaque } from "@surefoot/model/explorer";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { MysqlDatabase } from "../../../packages/runner/src/mysql/database.ts";
import { targetOf } from "../../../packages/runner/src/mysql/target.ts";
import type { TestServer } from "../../support/servers.ts";
import { effectsOf, standingOf, upOf } from "./effects.ts";
import type { Ground, Grounds, ReadEffect } from "./ground.ts";
import type { Seen } from "./server-effects.ts";
import { serverKinds } from "./server-effects.ts";
import { ServerFaults } from "./server-faults.ts";
import { serverWays } from "./server-ways.ts";

export function groundOn(server: TestServer): Ground {
  return {
    name: server.engine,
    sets: { profiles: [atomicDdl, opaque], runnerCountMax: 1, reverting: true, marks: false },
    choiceCountMax: 70,
    ways: serverWays,
    standing: ({ jobs }) => standingOf(effectsOf(upOf(jobs), serverKinds)),
    open: ({ jobs }) => ServerGrounds.open(server, effectsOf(upOf(jobs), serverKinds)),
  };
}

let databaseCount = 0;

export class ServerGrounds implements Grounds {
  readonly effects: readonly ReadEffect<Seen>[];
  readonly faults: ServerFaults;
  private readonly server: TestServer;
  private readonly name: string;
  /** Somebody else's: what it sees is durable. */
  private readonly looker: Connection;
  /** Holds statements up by locking their tables. */
  private readonly blocker: Connection;
  /** The table that is locked. */
  private locked: string | null = null;

  private constructor(
    server: TestServer,
    name: string,
    effects: readonly ReadEffect<Seen>[],
    connections: { readonly looker: Connection; readonly blocker: Connection },
  ) {
    this.server = server;
    this.name = name;
    this.effects = effects;
    this.looker = connections.looker;
    this.blocker = connections.blocker;
    this.faults = new ServerFaults(this);
  }

  static async open(server: TestServer, effects: readonly ReadEffect<Seen>[]): Promise<ServerGrounds> {
    const name = `surefoot_test_agree_${process.pid}_${++databaseCount}`;
    const [looker, blocker] = await Promise.all([server.connect(), server.connect()]);
    const grounds = new ServerGrounds(server, name, effects, { looker, blocker });
    await looker.query(`CREATE DATABASE ${name}`);
    for (const connection of [looker, blocker]) await connection.query(`USE ${name}`);
    await grounds.exec([
      "CREATE TABLE r (k INT PRIMARY KEY) ENGINE = InnoDB",
      "CREATE TABLE m (k INT PRIMARY KEY) ENGINE = MyISAM",
      ...effects.flatMap(({ setUp }) => setUp),
    ]);
    return grounds;
  }

  database(): MysqlDatabase {
    const url = `${this.server.url.replace(/^\w+:/, `${this.server.engine}:`).replace(/\/$/, "")}/${this.name}?ssl-mode=disabled`;
    return new MysqlDatabase(targetOf(url));
  }

  async cells(): Promise<readonly number[]> {
    const columns = new Map<string, Set<string>>();
    const indexes = new Set<string>();
    const rows: number[] = [];
    const free = ["r", "m"].filter((table) => table !== this.locked);
    // One question, because it is asked after every action.
    const found = await this.rows(
      [
        `SELECT 'column' AS kind, TABLE_NAME AS a, COLUMN_NAME AS b FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${this.name}'`,
        `SELECT 'index', TABLE_NAME, INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '${this.name}'`,
        ...free.map((table) => `SELECT 'row', '', CAST(k AS CHAR) FROM ${table}`),
      ].join(" UNION ALL "),
    );
    for (const { kind, a, b } of found)
      if (kind === "row") rows.push(Number(b));
      else if (kind === "index") indexes.add(`${String(a)}.${String(b)}`);
      else columns.set(String(a), (columns.get(String(a)) ?? new Set()).add(String(b)));
    if (this.locked === "r" || this.locked === "m")
      rows.push(...(await this.rowsOf(this.locked)).map(({ k }) => Number(k)));
    const seen: Seen = { columns, indexes, rows };
    return this.effects.map(({ read }) => read(seen));
  }

  async exec(statements: readonly string[]): Promise<void> {
    for (const sql of statements) await this.looker.query(sql);
  }

  async has(table: string): Promise<boolean> {
    const sql = `SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${this.name}' AND TABLE_NAME = '${table}'`;
    return (await this.rows(sql)).length > 0;
  }

  async isEmpty(table: string): Promise<boolean> {
    return (await this.rowsOf(table)).length === 0;
  }

  async journalAfter(seq: number): Promise<readonly StoredRow[]> {
    if (seq === 0 && !(await this.has("surefoot_journal"))) return [];
    const sql = `SELECT * FROM surefoot_journal WHERE \`first\` > ${seq} ORDER BY \`first\``;
    return (await this.rows(sql)) as unknown as readonly StoredRow[];
  }

  async insertRecord(row: StoredRow): Promise<void> {
    await this.looker.query("INSERT INTO surefoot_journal SET ?", [row]);
  }

  async settled(): Promise<void> {
    const { left } = this.faults;
    await this.gone(new Set(left === null ? [] : [left]));
  }

  /** Waits until no session is left on the database but these, and those of this driver. */
  async gone(but: ReadonlySet<number>): Promise<void> {
    const own = new Set([this.looker.threadId, this.blocker.threadId, ...but]);
    for (;;) {
      const sessions = await this.rows(`SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = '${this.name}'`);
      if (sessions.every(({ id }) => own.has(Number(id)))) return;
      await turn();
    }
  }

  async kill(session: number): Promise<void> {
    // It may have ended by itself.
    await this.looker.query(`KILL CONNECTION ${session}`).catch(() => undefined);
  }

  /** Holds up whoever wants to change the table. */
  async lock(table: string): Promise<void> {
    await this.blocker.query(`LOCK TABLES ${table} WRITE`);
    this.locked = table;
  }

  async unlock(): Promise<void> {
    if (this.locked === null) return;
    this.locked = null;
    await this.blocker.query("UNLOCK TABLES");
  }

  /** Waits until the session waits for a lock, or `over` says that it will not. */
  async waitsForLock(session: number, over: () => boolean): Promise<void> {
    const sql = `SELECT STATE AS state FROM information_schema.PROCESSLIST WHERE ID = ${session}`;
    for (;;) {
      const [found] = await this.rows(sql);
      if (/^Waiting for .*lock/.test(String(found?.["state"]))) return;
      if (found === undefined || over()) throw new Error("A statement was to wait for a lock, and did not.");
      await turn();
    }
  }

  async dispose(): Promise<void> {
    await this.faults.end();
    await this.looker.query(`DROP DATABASE ${this.name}`);
    this.blocker.destroy();
    this.looker.destroy();
  }

  /** A locked table can be read by who has locked it, and by nobody else. */
  private async rowsOf(table: string): Promise<readonly RowDataPacket[]> {
    const [rows] = await (table === this.locked ? this.blocker : this.looker).query<RowDataPacket[]>(
      `SELECT * FROM ${table}`,
    );
    return rows;
  }

  private async rows(sql: string): Promise<readonly RowDataPacket[]> {
    const [rows] = await this.looker.query<RowDataPacket[]>(sql);
    return rows;
  }
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2));
}
