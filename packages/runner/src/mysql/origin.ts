import { SurefootError } from "../error.ts";
import { Link } from "./link.ts";
import { readServerFacts } from "./server-facts.ts";
import { rowsOf } from "./driver.ts";
import type { MysqlPool } from "./pool.ts";
import type { ServerTarget, Target } from "./target.ts";
import { shownServer, shownTarget } from "./target.ts";
import type { Timing } from "./timing.ts";

/** Where sessions come from, and what is known before the first one. */
export interface ServerOrigin {
  readonly dialect: ServerTarget["dialect"];
  /** For people: without user and password. */
  readonly name: string;
  readonly timing: Timing;
  /** @throws the driver's errors */
  open(): Promise<Link>;
}

/** Those of a runner, which has one database. */
export interface Origin extends ServerOrigin {
  readonly database: string;
}

export function originOf(target: Target, timing: Timing): Origin {
  const { dialect, database } = target;
  return { dialect, database, name: shownTarget(target), timing, open: async () => Link.open(target, timing) };
}

/** Sessions without a database. */
export function serverOriginOf(server: ServerTarget, timing: Timing): ServerOrigin {
  return { dialect: server.dialect, name: shownServer(server), timing, open: async () => Link.open(server, timing) };
}

/**
 * What a pool is connected to, asked of one of its sessions.
 * @throws SurefootError USAGE, PoolExhausted, the driver's errors
 */
export async function originOfPool(pool: MysqlPool, timing: Timing): Promise<Origin> {
  const link = await Link.fromPool(pool, timing);
  try {
    const { dialect } = await readServerFacts(link);
    const [row] = await rowsOf(link, "SELECT DATABASE() AS name, @@hostname AS host, @@port AS port");
    const database: unknown = row?.["name"];
    if (typeof database !== "string")
      throw new SurefootError("USAGE", "The pool's connections have no database. Name one where the pool is made.");
    const name = `${dialect}://${String(row?.["host"])}:${String(row?.["port"])}/${database}`;
    return { dialect, database, name, timing, open: async () => Link.fromPool(pool, timing) };
  } finally {
    await link.close();
  }
}
