/**
 * The lease on a server: a lock of the very session that runs the statements, so that it cannot be free while a statement
 * of ours still runs, whatever has become of the client. A second lock, `alive`, is held by an idle control session: held,
 * a live runner is at work; free while the lease is held, the client has died and its statement runs on, an orphan.
 * Locks of GET_LOCK end with their session. Source: measured on both servers, docs/databases.md.
 */
import { setTimeout } from "node:timers/promises";
import { digest } from "../digest.ts";
import { SurefootError } from "../error.ts";
import { rowsOf } from "./driver.ts";
import type { MysqlHandle } from "./driver.ts";
import type { Link } from "./link.ts";

const pollMs = 100;

export interface LockNames {
  readonly lease: string;
  readonly alive: string;
}

/** Of the schema's name as the server writes it; a lock's name has at most 64 characters. */
export function lockNames(database: string): LockNames {
  const hash = digest(database);
  return { lease: `surefoot-lease-${hash}`, alive: `surefoot-alive-${hash}` };
}

/** @throws the driver's errors; a lock call that answers NULL is an error as well */
export async function tryLock(link: Link, name: string, seconds = 0): Promise<boolean> {
  const { rows } = await link.execute("SELECT GET_LOCK(?, ?)", [name, seconds]);
  const value = Number((rows?.[0] as Record<string, unknown> | undefined) === undefined ? NaN : firstOf(rows?.[0]));
  if (value !== 0 && value !== 1) throw new Error(`The server answered GET_LOCK with ${String(firstOf(rows?.[0]))}.`);
  return value === 1;
}

/** The session that holds the lock; null: nobody. */
export async function holderOf(handle: MysqlHandle, name: string): Promise<number | null> {
  const [row] = await rowsOf(handle, "SELECT IS_USED_LOCK(?) AS id", [name]);
  const id = row?.["id"];
  return id === null || id === undefined ? null : Number(id);
}

function firstOf(row: unknown): unknown {
  if (Array.isArray(row)) return row[0] as unknown;
  return typeof row === "object" && row !== null ? Object.values(row)[0] : undefined;
}

export interface Waiting {
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Tries until the lock is there. False after `waitMs`.
 * @throws SurefootError INTERRUPTED
 */
export async function lockWithin(
  link: Link,
  name: string,
  { waitMs, signal }: Waiting,
  onWait: (waitedMs: number) => Promise<void>,
): Promise<boolean> {
  const begin = performance.now();
  for (;;) {
    if (await tryLock(link, name)) return true;
    const waited = performance.now() - begin;
    await onWait(waited);
    if (signal?.aborted === true)
      throw new SurefootError("INTERRUPTED", "Stopped as asked, while waiting for the lease. Nothing was done.");
    if (waited >= waitMs) return false;
    await setTimeout(pollMs);
  }
}

/** What the process list says of a session, for people; null: it is not there. */
export async function sessionText(handle: MysqlHandle, id: number): Promise<string | null> {
  const [row] = await rowsOf(
    handle,
    `SELECT USER AS user, HOST AS host, COMMAND AS command, TIME AS seconds, STATE AS state, LEFT(INFO, 200) AS info
 FROM information_schema.PROCESSLIST WHERE ID = ${id}`,
  );
  if (row === undefined) return null;
  const info = typeof row["info"] === "string" ? `: ${row["info"].replace(/\s+/g, " ")}` : "";
  const state = typeof row["state"] === "string" && row["state"] !== "" ? ` (${row["state"]})` : "";
  const whose = `${String(row["user"])}@${String(row["host"])}`;
  return `session ${id} of ${whose}, ${String(row["command"])} for ${String(row["seconds"])} s${state}${info}`;
}
