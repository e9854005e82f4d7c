import type { AcquireOptions, Database, Reader, Session } from "../port.ts";
import type { Origin } from "./origin.ts";
import type { Target } from "./target.ts";
import { shownTarget } from "./target.ts";
import { timing as defaultTiming } from "./timing.ts";
import type { Timing } from "./timing.ts";

/** A database on a MySQL or MariaDB server. The driver and all that reads its SQL are loaded with the first connection. */
export class MysqlDatabase implements Database {
  readonly engine: Target["dialect"];
  readonly name: string;
  private readonly target: Target;
  private readonly timing: Timing;

  constructor(target: Target, timing: Timing = defaultTiming) {
    this.target = target;
    this.timing = timing;
    this.engine = target.dialect;
    this.name = shownTarget(target);
  }

  /** A database on a server is never made on the way. */
  async exists(): Promise<boolean> {
    return true;
  }

  async read(): Promise<Reader> {
    return (await import("./server-adapter.ts")).openReader(await this.origin());
  }

  async acquire(options: AcquireOptions): Promise<Session> {
    return (await import("./server-adapter.ts")).openSession(await this.origin(), options);
  }

  private async origin(): Promise<Origin> {
    return (await import("./origin.ts")).originOf(this.target, this.timing);
  }
}
