import { tokens } from "../lexer.ts";
import { Cursor, Unread } from "./cursor.ts";
import type { Name } from "./names.ts";
import { readQuery } from "./query.ts";
import { readDelete, readInsert, readUpdate } from "./rows.ts";
import type { Server } from "./server.ts";

export interface BodyWrites {
  readonly tables: readonly Name[];
  readonly calls: readonly string[];
}

/** What the body of a trigger writes to; null when it can't be told: it calls a procedure, or is not understood. */
export function readBodyWrites(body: string, server: Server): BodyWrites | null {
  const list = tokens(body, server.dialect);
  const tables: Name[] = [];
  for (let at = 0; at < list.length; at++) {
    const cursor = new Cursor(list, at, statementEnd(list, at));
    const verb = cursor.word();
    if (list[at]!.executable || verb === "CALL" || verb === "EXECUTE" || verb === "LOAD") return null;
    if (!["INSERT", "REPLACE", "UPDATE", "DELETE"].includes(verb) || cursor.isMark("(", 1)) continue;
    // ON DUPLICATE KEY UPDATE belongs to the INSERT before it; ON DELETE stands in no body.
    if (list[at - 1]?.text.toUpperCase() === "KEY") continue;
    try {
      if (verb !== "INSERT" && verb !== "REPLACE") cursor.at++;
      const read = verb === "UPDATE" ? readUpdate(cursor) : verb === "DELETE" ? readDelete(cursor) : readInsert(cursor);
      tables.push(...(read.targets ?? []));
    } catch (error) {
      if (error instanceof Unread) return null;
      throw error;
    }
  }
  return { tables, calls: readQuery(new Cursor(list)).calls };
}

function statementEnd(list: Cursor["list"], from: number): number {
  const end = list.findIndex(({ text, kind }, at) => at >= from && kind === "punctuation" && text === ";");
  return end === -1 ? list.length : end;
}
