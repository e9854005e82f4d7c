import type { AcquireOptions, Database, Reader, Session } from "../port.ts";
import type { Target } from "./target.ts";
import { shownTarget } from "./target.ts";

/** A database on a MySQL or MariaDB server. The driver and all that reads its SQL are loaded with the first connection. */
export class MysqlDatabase implements Database {
  readonly engine: Target["dialect"];
  readonly name: string;
  private readonly target: Target;

  constructor(target: Target) {
    this.target = target;
    this.engine = target.dialect;
    this.name = shownTarget(target);
  }

  /** A database on a server is never made on the way. */
  async exists(): Promise<boolean> {
    return true;
  }

  async read(): Promise<Reader> {
    return (await import("./server-adapter.ts")).openReader(this.target, this.name);
  }

  async acquire(options: AcquireOptions): Promise<Session> {
    return (await import("./server-adapter.ts")).openSession(this.target, this.name, options);
  }
}
