/** Whether a session can still answer, as the server sees it from another connection. */
import { setTimeout } from "node:timers/promises";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { isLost } from "./errors.ts";
import type { Timing } from "./timing.ts";

/** `idle`: it waits for its client, or is gone. `unknown`: the server is there and does not let us look. */
export type Liveness = "at_work" | "idle" | "unreachable" | "unknown";

export async function askAbout(
  session: number,
  connect: () => Promise<Connection>,
  { connectMs }: Timing,
): Promise<Liveness> {
  let connection: Connection | null = null;
  const silence = new AbortController();
  try {
    connection = await connect();
    connection.on("error", () => undefined);
    const sql = `SELECT COMMAND AS command FROM information_schema.PROCESSLIST WHERE ID = ${session}`;
    const answer = connection.query<RowDataPacket[]>(sql);
    answer.catch(() => undefined);
    const found = await Promise.race([answer, setTimeout(connectMs, null, { ref: false, signal: silence.signal })]);
    if (found === null) return "unreachable";
    const command: unknown = found[0][0]?.["command"];
    return command === undefined || command === "Sleep" ? "idle" : "at_work";
  } catch (error) {
    return isLost(error) ? "unreachable" : "unknown";
  } finally {
    silence.abort();
    connection?.destroy();
  }
}
