import type { Row } from "@surefoot/model";
import { SurefootError } from "../error.ts";
import type { AcquireOptions, Database, MakeScratch, Reader, Session } from "../port.ts";
import type { Origin } from "./origin.ts";
import type { MysqlPool } from "./pool.ts";
import type { ServerTarget, Target } from "./target.ts";
import { serverOf, shownTarget } from "./target.ts";
import { timing as defaultTiming } from "./timing.ts";
import type { Timing } from "./timing.ts";

/** A database on a MySQL or MariaDB server. The driver and all that reads its SQL are loaded with the first connection. */
export class MysqlDatabase implements Database {
  readonly engine: Target["dialect"];
  readonly name: string;
  private readonly source: Target | Origin;
  private readonly timing: Timing;

  constructor(source: Target | Origin, timing: Timing = defaultTiming) {
    this.source = source;
    this.timing = timing;
    this.engine = source.dialect;
    this.name = "open" in source ? source.name : shownTarget(source);
  }

  /** What a pool is connected to is known only when it is asked. An error of that is told when the database is used. */
  static async ofPool(pool: MysqlPool, timing: Timing = defaultTiming): Promise<Database> {
    const { originOfPool } = await import("./origin.ts");
    try {
      return new MysqlDatabase(await originOfPool(pool, timing));
    } catch (error) {
      const { mysqlError } = await import("./errors.ts");
      return unusable(mysqlError(error, "the pool", "asking it what it is connected to"));
    }
  }

  /** A database on a server is never made on the way. */
  async exists(): Promise<boolean> {
    return true;
  }

  async read(): Promise<Reader> {
    return (await import("./server-adapter.ts")).openReader(await this.origin());
  }

  async readLast(): Promise<Row | null> {
    try {
      return await (await import("./server-adapter.ts")).readLastOf(await this.origin());
    } catch {
      return null;
    }
  }

  async acquire(options: AcquireOptions): Promise<Session> {
    return (await import("./server-adapter.ts")).openSession(await this.origin(), options);
  }

  /** Never on a server that nobody has named for it. */
  scratch(url: string | null): MakeScratch {
    const server = this.scratchServer(url);
    return async (options) => {
      const { makeScratch } = await import("./scratch.ts");
      const open = (target: Target): Database => new MysqlDatabase(target, this.timing);
      return makeScratch(await this.origin(), server, options, open);
    };
  }

  private scratchServer(url: string | null): ServerTarget {
    const form = `${this.engine}://USER:PASSWORD@HOST:3306/`;
    const refuse = (why: string): SurefootError =>
      new SurefootError("USAGE", `${why} Nothing was tried.`, { next: [`surefoot verify --scratch ${form}`] });
    if (url === null)
      throw refuse(
        "On servers verify tries migrations in databases that it makes and drops, on a server that you name for it: " +
          `--scratch ${form}, or SUREFOOT_SCRATCH_URL. It is never the database's own server unless you name that one.`,
      );
    const server = serverOf(url, process.env["MYSQL_PWD"] ?? "");
    if (server.dialect !== this.engine)
      throw refuse(
        `The database is on ${this.engine} and the scratch server is ${server.dialect}, where statements do other things: ` +
          `name one of the same engine, ${form}.`,
      );
    return server;
  }

  private async origin(): Promise<Origin> {
    if ("open" in this.source) return this.source;
    return (await import("./origin.ts")).originOf(this.source, this.timing);
  }
}

function unusable(error: SurefootError): Database {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return {
    engine: "mysql",
    name: "the pool",
    exists: fail,
    read: fail,
    readLast: async () => null,
    acquire: fail,
    scratch: () => fail,
  };
}
