/** Defects of a runner, seeded beneath it: what its adapter promises is not kept. Agreement must see each of them. */
import type { JournalRecord, StoredRow } from "@surefoot/model";
import { decodeRow, packRecords, unpackRow } from "@surefoot/model";
import type { Session } from "../../../packages/runner/src/port.ts";
import { overriding } from "../../../packages/runner/src/wrapped.ts";
import type { Defect } from "./drive.ts";

function recordsOf(rows: readonly StoredRow[]): readonly JournalRecord[] {
  return rows.flatMap(unpackRow).map((row) => {
    const decoded = decodeRow(row);
    if (decoded.type === "bad") throw new Error(`record ${row.seq}: ${decoded.why}`);
    return decoded.record;
  });
}

interface Seeded {
  readonly seed: Defect;
  /** Streams that come to this see it soon; null: any do. */
  readonly goal: string | null;
}

export const defects: { readonly [story: string]: Seeded } = {
  "a record is written with the next one, after the statement that it announces": {
    goal: null,
    seed: (session) => {
      let held: readonly JournalRecord[] = [];
      return overriding(session, {
        append: async (rows: readonly StoredRow[]) => {
          const due = [...held, ...recordsOf(rows)];
          held = due.slice(-1);
          await session.append(packRecords(due.slice(0, -1)));
        },
      });
    },
  },
  "the last record of several is lost": {
    goal: null,
    seed: (session) =>
      overriding(session, {
        append: async (rows: readonly StoredRow[]) => {
          const records = recordsOf(rows);
          await session.append(packRecords(records.length > 1 ? records.slice(0, -1) : records));
        },
      }),
  },
  "the engine is not asked to take the steps back": {
    goal: "action engine_takes_back",
    seed: (session) => overriding(session, { takeBack: async () => undefined }),
  },
  "an SQL error is reported as applied": {
    goal: "action statement_fails",
    seed: (session) =>
      overriding(session, {
        run: async (...args: Parameters<Session["run"]>) => {
          const reply = await session.run(...args);
          return reply.type === "sql_error" ? { type: "applied", changed: true, rowCount: 1 } : reply;
        },
      }),
  },
  "a fingerprint sees nothing": {
    goal: "action decide",
    seed: (session) => overriding(session, { look: async () => new Map() }),
  },
  "a step commits by itself, before its record": {
    goal: null,
    seed: (session) =>
      overriding(session, {
        run: async (sql: string, framing: string) =>
          session.run(sql, framing === "own" ? "alone" : (framing as "alone"), null),
      }),
  },
  "a probe always says yes": {
    goal: "decision its probe says that it did not",
    seed: (session) =>
      overriding(session, {
        check: async (sql: string, expect: "true" | "empty") =>
          sql.includes("FROM r") ? { type: "passed" } : session.check(sql, expect),
      }),
  },
};
