/** What the player itself does on a server: databases of its own, locks, and a look at what the sessions do. */
import { setTimeout } from "node:timers/promises";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { createConnection } from "mysql2/promise";

/** Long enough for any machine; whoever waits so long waits for nothing. */
const patienceMs = 120_000;
const pollMs = 5;

export class ServerAccess {
  private readonly url: string;

  /** `url`: without a database. */
  constructor(url: string) {
    this.url = url;
  }

  async once<T>(act: (connection: Connection) => Promise<T>, database?: string): Promise<T> {
    const connection = await this.connect(database);
    try {
      return await act(connection);
    } finally {
      connection.destroy();
    }
  }

  async connect(database?: string): Promise<Connection> {
    const { hostname, port, username, password, searchParams } = new URL(this.url);
    const socketPath = searchParams.get("socket");
    const isSecure = /^(?:required|verify-ca|verify-identity)$/.test(searchParams.get("ssl-mode") ?? "");
    return createConnection({
      ...(socketPath === null ? { host: decodeURIComponent(hostname), port: Number(port || "3306") } : { socketPath }),
      user: decodeURIComponent(username || "root"),
      password: decodeURIComponent(password),
      ...(database === undefined ? {} : { database }),
      ...(isSecure ? { ssl: { rejectUnauthorized: false } } : {}),
    });
  }

  async rows(sql: string, database?: string): Promise<readonly { readonly [column: string]: unknown }[]> {
    return this.once(async (connection) => (await connection.query<RowDataPacket[]>(sql))[0], database);
  }

  /** The session that runs this statement and waits for a lock. */
  async blocked(database: string, sql: string, ended: AbortSignal): Promise<number> {
    return this.until(`«${sql}» waits for a lock`, async (connection) => {
      if (ended.aborted)
        throw new Error(
          `«${sql}» could not be held up: something can strike in it only when it changes a table that was there.`,
        );
      const [[row]] = await connection.execute<RowDataPacket[]>(
        "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO = ? AND STATE LIKE 'Waiting%'",
        [database, sql],
      );
      return row === undefined ? null : Number(row["id"]);
    });
  }

  /** The session whose client talks from this port. @throws Error when there is none: by a socket there are no ports */
  async sessionAt(port: number): Promise<number> {
    const [row] = await this.rows(`SELECT ID AS id FROM information_schema.PROCESSLIST WHERE HOST LIKE '%:${port}'`);
    if (row === undefined) throw new Error("The runner's session can't be told from others on this server.");
    return Number(row["id"]);
  }

  /** Settles when there is no such session any more. */
  async gone(session: number): Promise<void> {
    await this.until(`session ${session} is gone`, async (connection) => {
      const [found] = await connection.query<RowDataPacket[]>(
        `SELECT ID FROM information_schema.PROCESSLIST WHERE ID = ${session}`,
      );
      return found.length === 0 ? true : null;
    });
  }

  /** Settles when nobody is connected with this database any more. */
  async deserted(database: string): Promise<void> {
    await this.until(`nobody is connected with ${database}`, async (connection) => {
      const [found] = await connection.execute<RowDataPacket[]>(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ?",
        [database],
      );
      return found.length === 0 ? true : null;
    });
  }

  private async until<T>(what: string, ask: (connection: Connection) => Promise<T | null>): Promise<T> {
    return this.once(async (connection) => {
      for (const begun = performance.now(); performance.now() - begun < patienceMs;) {
        const found = await ask(connection);
        if (found !== null) return found;
        await setTimeout(pollMs);
      }
      throw new Error(`It was waited for in vain that ${what}.`);
    });
  }
}

/** Locks tables against everybody who would change them, until it is released. */
export class TableLock {
  private readonly connection: Connection;

  private constructor(connection: Connection) {
    this.connection = connection;
  }

  static async take(access: ServerAccess, database: string): Promise<TableLock> {
    const tables = await access.rows(
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = '${database}' AND TABLE_TYPE = 'BASE TABLE' AND TABLE_NAME NOT LIKE 'surefoot%'`,
    );
    if (tables.length === 0) throw new Error("There is no table to be locked, so that no statement can be held up.");
    const connection = await access.connect(database);
    await connection.query(`LOCK TABLES ${tables.map(({ name }) => `\`${String(name)}\` READ`).join(", ")}`);
    return new TableLock(connection);
  }

  release(): void {
    this.connection.destroy();
  }
}
