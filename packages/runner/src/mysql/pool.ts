/**
 * Sessions out of somebody's mysql2 pool. A session is reset when it is taken, because the one before may have left
 * anything in it, and is never given back to be used by others: its connection is ended, and the pool, which counts it out,
 * makes a new one when it needs one. The pool itself is never ended.
 */
import { setTimeout } from "node:timers/promises";
import type { PoolConnection } from "mysql2/promise";
import type { Timing } from "./timing.ts";

interface PromisePool {
  getConnection(): Promise<unknown>;
}

/** The methods of a mysql2 pool that Surefoot uses: of `mysql2/promise`, or, behind `promise()`, of `mysql2`. */
export type MysqlPool = PromisePool | { promise(): PromisePool };

/** All connections of the pool are in use. */
export class PoolExhausted extends Error {
  override readonly name = "PoolExhausted";
}

export function isPool(value: object): value is MysqlPool {
  return "getConnection" in value;
}

/** @throws PoolExhausted, the driver's errors */
export async function borrow(pool: MysqlPool, { connectMs }: Timing): Promise<PoolConnection> {
  const lent = ("promise" in pool ? pool.promise() : pool).getConnection() as Promise<PoolConnection>;
  const waiting = new AbortController();
  const late = setTimeout(connectMs, null, { signal: waiting.signal });
  late.catch(() => undefined);
  try {
    const connection = await Promise.race([lent, late]);
    if (connection !== null) return await cleaned(connection);
  } finally {
    waiting.abort();
  }
  lent.then(
    (connection) => connection.release(),
    () => undefined,
  );
  throw new PoolExhausted(
    `The pool gave no connection within ${connectMs / 1000} s. Surefoot needs two while it works and now and then two more: ` +
      "raise its connectionLimit, or let go of some.",
  );
}

/** As a new session would be, whatever its user has set before; mysql2's own way of connecting sets a character set and a mode. */
async function cleaned(connection: PoolConnection): Promise<PoolConnection> {
  try {
    await connection.reset();
    await connection.query("SET NAMES utf8mb4, SESSION sql_mode = @@GLOBAL.sql_mode");
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
