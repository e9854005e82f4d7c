/**
 * A database whose sessions stop at one statement: before it is sent, or once it has run and nobody has heard so, or before
 * what was heard is written into the journal.
 */
import type { Database, Session } from "surefoot/parts";
import { overriding, withSessions } from "surefoot/parts";

export interface Gate {
  readonly sql: string;
  readonly when: "before_effect" | "after_effect" | "after_answer";
}

/** `stop` is called once, there; the call goes on when it settles. */
export function gated(inner: Database, gate: Gate, stop: () => Promise<void>): Database {
  let reached = false;
  return withSessions(inner, (session) => {
    let ran = false;
    const once = async (): Promise<void> => {
      if (reached) return;
      reached = true;
      await stop();
    };
    const run: Session["run"] = async (sql, framing, cancel) => {
      const meant = sql === gate.sql;
      if (meant && gate.when === "before_effect") await once();
      const reply = await session.run(sql, framing, cancel);
      ran ||= meant;
      if (meant && gate.when === "after_effect") await once();
      return reply;
    };
    const append: Session["append"] = async (rows) => {
      if (ran && gate.when === "after_answer") await once();
      return session.append(rows);
    };
    return overriding(session, { run, append });
  });
}
