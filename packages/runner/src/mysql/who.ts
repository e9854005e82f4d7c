import type { MysqlHandle } from "./driver.ts";
import { journalExists, readLease } from "./journal.ts";
import { sessionText } from "./lease.ts";

/** Who holds the lease, for people: what the owner has said of itself, and its session. */
export async function ownerText(handle: MysqlHandle, database: string, session: number): Promise<string> {
  const who = await saidBy(handle, database);
  const shown = await sessionText(handle, session);
  return [who ?? "a runner that has not said who it is", `control ${shown ?? `session ${session}`}`].join("; ");
}

async function saidBy(handle: MysqlHandle, database: string): Promise<string | null> {
  if (!(await journalExists(handle, database))) return null;
  try {
    const who = JSON.parse((await readLease(handle, database)).owner) as { readonly [key: string]: unknown };
    const { user, host, pid, startedAt } = who;
    return `process ${String(pid)} of ${String(user)} on ${String(host)}, since ${String(startedAt)}`;
  } catch {
    return null;
  }
}
