/**
 * A database whose process dies at a chosen call: a wrapper around a real adapter. In scope is every call that the loop
 * makes of its session, before it is made and after it has returned but before the loop hears of it. What was in the
 * process is gone then: the handle closes without a commit and the lease is free, as after a SIGKILL.
 *
 * `before` an effect stands for "not sent" and "sent and not executed" (in SQLite there is nothing in between), `after`
 * it for "executed and not acknowledged", and `before` the next append for "acknowledged and not journalled".
 */
import type { Database, Session } from "../../packages/runner/src/port.ts";
import { withSessions } from "../../packages/runner/src/wrapped.ts";

export type Moment = { readonly call: number; readonly when: "before" | "after" };

class Crash extends Error {
  override readonly name = "Crash";
}

export interface CrashingDatabase extends Database {
  /** Calls that were made of sessions so far, by name. */
  readonly calls: readonly string[];
  readonly crashed: boolean;
}

const watched = [
  "append",
  "begin",
  "run",
  "takeBack",
  "check",
  "picture",
  "look",
  "snapshot",
  "findUndo",
  "keep",
  "rehearse",
  "predict",
  "schemaMark",
  "integrity",
  "foreignData",
  "rowsHash",
  "settle",
  "readRows",
  "classify",
] as const satisfies readonly (keyof Session)[];

/** `die` ends the process, or stands for it; it must not return. */
export function crashing(inner: Database, moment: Moment | null, die?: () => never): CrashingDatabase {
  const calls: string[] = [];
  let crashed = false;
  return {
    ...withSessions(inner, (session) => {
      const crash = async (): Promise<never> => {
        if (die !== undefined) return die();
        crashed = true;
        await session.close();
        throw new Crash("the process has died");
      };
      return new Proxy(session, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          if (name === "close") return async () => (crashed ? undefined : session.close());
          if (typeof value !== "function") return value;
          const method = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
          if (!(watched as readonly string[]).includes(String(name))) {
            return async (...args: unknown[]) => {
              if (crashed) throw new Crash("the process is dead");
              return method(...args);
            };
          }
          return async (...args: unknown[]) => {
            if (crashed) throw new Crash("the process is dead");
            const call = calls.push(String(name)) - 1;
            if (moment?.call === call && moment.when === "before") await crash();
            const answer = await method(...args);
            if (moment?.call === call && moment.when === "after") await crash();
            return answer;
          };
        },
      });
    }),
    calls,
    get crashed() {
      return crashed;
    },
  };
}
