/**
 * One connection to a server. Statements are sent one at a time, so that the one that was rejected is the only one in
 * doubt. A promise of mysql2 never settles when the other side is silent, its reply is lost or the connection was
 * destroyed here. So each call also ends when the link is cut, and one that takes long is asked about from another
 * connection: a session that has nothing to do any more will not answer.
 */
import { createRequire } from "node:module";
import type * as Mysql2 from "mysql2/promise";
import type { Connection, ConnectionOptions, FieldPacket, QueryOptions } from "mysql2/promise";
import type { MysqlHandle } from "./driver.ts";
import { askAbout } from "./liveness.ts";
import type { MysqlPool } from "./pool.ts";
import { borrow } from "./pool.ts";
import type { ServerTarget } from "./target.ts";
import type { Timing } from "./timing.ts";

const require = createRequire(import.meta.url);

/** A pool may want them otherwise, and its own conversions are put aside for each question. */
const plainValues = { dateStrings: true, supportBigNumbers: true, nestTables: false } as const;

export interface Answer {
  /** Rows as objects, or as lists of values; null when the statement returns none. */
  readonly rows: readonly unknown[] | null;
  readonly fields: readonly string[];
  /** Rows that were really changed. */
  readonly affectedRows: number;
  readonly warningCount: number;
  /** A transaction is open on the server after the statement. */
  readonly inTransaction: boolean;
}

type Place = ServerTarget & { readonly database?: string };

export class Link implements MysqlHandle {
  /** The server's number for the session. */
  readonly id: number;
  private readonly connection: Connection;
  private readonly timing: Timing;
  /** Makes another connection, to ask about this one. */
  private readonly another: () => Promise<Connection>;
  private readonly isPooled: boolean;
  /** How values come. */
  private readonly values: Partial<QueryOptions>;
  private readonly cutting = Promise.withResolvers<never>();
  private isCut = false;
  private pending = 0;

  private constructor(connection: Connection, timing: Timing, another: () => Promise<Connection>, isPooled: boolean) {
    this.connection = connection;
    this.isPooled = isPooled;
    this.values = isPooled ? { ...plainValues, typeCast: (_, next) => next() } : {};
    this.timing = timing;
    this.another = another;
    this.id = connection.threadId;
    this.cutting.promise.catch(() => undefined);
    // Without a listener an error of an idle connection would end the process.
    connection.on("error", (error) => this.cut(error instanceof Error ? error : new Error(String(error))));
  }

  /**
   * `database`: the current one, if there shall be any.
   * @throws the driver's errors
   */
  static async open(target: Place, timing: Timing): Promise<Link> {
    const connect = async (): Promise<Connection> => connectTo(target, timing);
    return new Link(await connect(), timing, connect, false);
  }

  /** @throws PoolExhausted, the driver's errors */
  static async fromPool(pool: MysqlPool, timing: Timing): Promise<Link> {
    const connect = async (): Promise<Connection> => borrow(pool, timing);
    return new Link(await connect(), timing, connect, true);
  }

  /** A statement is under way. */
  get busy(): boolean {
    return this.pending > 0;
  }

  get closed(): boolean {
    return this.isCut;
  }

  /** For reading what is in the database; values are put in by the driver. */
  async query(sql: string, values: string[] = []): Promise<readonly [unknown, unknown]> {
    return this.race(this.connection.query({ ...this.values, sql, values, rowsAsArray: false }));
  }

  /** A statement as it stands, byte for byte. */
  async send(sql: string): Promise<Answer> {
    return answerOf(await this.race(this.connection.query({ ...this.values, sql, rowsAsArray: true })));
  }

  /** A statement of our own with values, prepared: no sql_mode changes what a value means. */
  async execute(sql: string, values: readonly (string | number | null)[] = []): Promise<Answer> {
    return answerOf(
      await this.race(this.connection.execute({ ...this.values, sql, values: [...values], rowsAsArray: false })),
    );
  }

  /** The server's message when it would refuse the statement; null when it would not, or can't tell beforehand. */
  async prepare(sql: string): Promise<void> {
    const statement = await this.race(this.connection.prepare(sql));
    await statement.close();
  }

  /** Whatever waits for an answer gets this error, and nothing is sent any more. */
  cut(error: Error): void {
    if (this.isCut) return;
    this.isCut = true;
    this.cutting.reject(error);
    this.connection.destroy();
  }

  async close(): Promise<void> {
    if (this.isCut) return;
    this.isCut = true;
    await Promise.race([this.farewell().catch(() => undefined), wait(1_000)]);
    this.connection.destroy();
  }

  /** A pool's connection has no way to say goodbye, so that its locks would stay until the server has noticed. */
  private async farewell(): Promise<void> {
    if (this.isPooled) await this.connection.query("DO RELEASE_ALL_LOCKS()");
    else await this.connection.end();
  }

  private async race<T>(answer: Promise<T>): Promise<T> {
    answer.catch(() => undefined);
    let isPending = true;
    const late = setTimeout(() => void this.inquire(() => isPending), this.timing.silenceMs).unref();
    this.pending++;
    try {
      return await Promise.race([answer, this.cutting.promise]);
    } finally {
      isPending = false;
      clearTimeout(late);
      this.pending--;
    }
  }

  /** Asks as long as the call is pending, and cuts the link when no answer can come any more. */
  private async inquire(isPending: () => boolean): Promise<void> {
    for (let idleCount = 0; ; await wait(this.timing.silenceMs)) {
      const found = isPending() && !this.isCut ? await askAbout(this.id, this.another, this.timing) : null;
      if (!isPending() || this.isCut) return;
      // A reply that is on its way meets a session that is idle already, once.
      idleCount = found === "idle" ? idleCount + 1 : 0;
      if (found === "unreachable" || idleCount === 2) return this.cut(silentError());
    }
  }
}

function silentError(): Error {
  return Object.assign(new Error("The server has not answered for a while."), { code: "PROTOCOL_CONNECTION_LOST" });
}

async function connectTo(target: Place, { connectMs }: Timing): Promise<Connection> {
  const { createConnection } = require("mysql2/promise") as typeof Mysql2;
  return withSsl(target, async (ssl) =>
    createConnection({
      ...(target.socket === null ? { host: target.host, port: target.port } : { socketPath: target.socket }),
      user: target.user,
      password: target.password,
      ...(target.database === undefined ? {} : { database: target.database }),
      charset: "utf8mb4",
      // The user's statements run under the server's own sql_mode, and what was changed is told apart from what was met.
      flags: ["-IGNORE_SPACE", "-FOUND_ROWS"],
      connectTimeout: connectMs,
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
      // A stack noted for each call takes as long as a small question.
      trace: false,
      ...plainValues,
      ...(ssl === undefined ? {} : { ssl }),
    }),
  );
}

/** As libmysqlclient does: `preferred` goes on without when the server has none, and looks at no certificate. */
async function withSsl(
  { sslMode, sslCa, socket }: ServerTarget,
  open: (ssl: ConnectionOptions["ssl"]) => Promise<Connection>,
): Promise<Connection> {
  const ca = sslCa === null ? {} : { ca: sslCa };
  switch (sslMode) {
    case "disabled":
      return open(undefined);
    case "preferred":
      if (socket !== null) return open(undefined);
      try {
        return await open({ rejectUnauthorized: false });
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== "HANDSHAKE_NO_SSL_SUPPORT") throw error;
        return open(undefined);
      }
    case "required":
      return open({ rejectUnauthorized: false });
    case "verify-ca":
      return open({ ...ca, rejectUnauthorized: true, verifyIdentity: false });
    case "verify-identity":
      return open({ ...ca, rejectUnauthorized: true, verifyIdentity: true });
    default:
      return sslMode satisfies never;
  }
}

/** Bit of the server's status: a transaction is open. Source: MySQL source documentation, "Status Flags". */
const transactionOpen = 1;

function answerOf([result, fields]: readonly [unknown, unknown]): Answer {
  // A CALL answers with several results; the last one is its end.
  const last: unknown = Array.isArray(result) ? (result as unknown[]).at(-1) : result;
  const header = isHeader(result) ? result : isHeader(last) ? last : null;
  const rows = header === result ? null : Array.isArray(result) ? (result as readonly unknown[]) : null;
  const names = Array.isArray(fields)
    ? (fields as readonly (FieldPacket | undefined)[]).flatMap((field) => (field === undefined ? [] : [field.name]))
    : [];
  return {
    rows,
    fields: names,
    affectedRows: changedRows(header),
    warningCount: header?.warningStatus ?? 0,
    inTransaction: ((header?.serverStatus ?? 0) & transactionOpen) !== 0,
  };
}

/** Where the connection was made to count the rows that were met, an UPDATE tells beside them those that it changed. */
function changedRows(header: Header | null): number {
  const [, changed] = /^Rows matched: \d+ +Changed: (\d+)/.exec(header?.info ?? "") ?? [];
  return changed === undefined ? (header?.affectedRows ?? 0) : Number(changed);
}

interface Header {
  readonly affectedRows: number;
  readonly info?: string;
  readonly warningStatus?: number;
  readonly serverStatus?: number;
}

function isHeader(value: unknown): value is Header {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "affectedRows" in value;
}

async function wait(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
