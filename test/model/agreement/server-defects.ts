/** Defects of a runner on a server, seeded beneath it. Agreement must see each of them in streams that come to their place. */
import { overriding } from "../../../packages/runner/src/wrapped.ts";
import type { Defect } from "./drive.ts";
import type { Session } from "../../../packages/runner/src/port.ts";

interface Seeded {
  readonly goal: string;
  readonly seed: Defect;
}

export const serverDefects: { readonly [story: string]: Seeded } = {
  "a statement whose reply was lost is sent again on a new session": {
    goal: "action session_killed_too_late",
    seed: (session) =>
      overriding(session, {
        run: async (...args: Parameters<Session["run"]>) => {
          const reply = await session.run(...args);
          if (reply.type !== "lost") return reply;
          await session.reopen();
          return session.run(...args);
        },
      }),
  },
  "a fingerprint sees nothing": {
    goal: "action orphan_applies",
    seed: (session) => overriding(session, { look: async () => new Map(), snapshot: async () => new Map() }),
  },
  "a step commits by itself, before its record": {
    goal: "undone rows",
    seed: (session) =>
      overriding(session, {
        run: async (sql: string, framing: string) =>
          session.run(sql, framing === "own" ? "alone" : (framing as "alone"), null),
      }),
  },
};
