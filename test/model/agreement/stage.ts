/**
 * A database whose sessions stop at every call, until somebody says how it goes on. What happens between two calls, and
 * what becomes of a call, is then the driver's to decide: time belongs to the test.
 */
import { assertNever } from "@surefoot/model";
import { SurefootError } from "../../../packages/runner/src/error.ts";
import type { Database, RunReply, Session } from "../../../packages/runner/src/port.ts";
import { withSessions } from "../../../packages/runner/src/wrapped.ts";

/** How a call goes on. */
export type Directive =
  | { readonly type: "proceed" }
  /** The real call, with other arguments: it fails in earnest, or is answered otherwise. */
  | { readonly type: "instead"; readonly args: (own: readonly unknown[]) => readonly unknown[] }
  | { readonly type: "answer"; readonly value: unknown }
  /** Something of the driver's own in place of the call, on the session behind. */
  | { readonly type: "act"; readonly act: (session: Session) => Promise<unknown> };

interface Gate {
  /** The call's name; `run:done` when a statement has run and nobody has heard so. */
  readonly name: string;
  readonly args: readonly unknown[];
  readonly go: (directive: Directive) => void;
  readonly die: () => void;
}

/** Longer than anything in these tests lasts; a process that is stuck is a failure to be told, not to be waited for. */
const stuckMs = 1_000;

export class Stuck extends Error {
  override readonly name = "Stuck";

  constructor() {
    super("The runner neither calls its session nor ends.");
  }
}

/** For the loop this is the error after which it does nothing more: nobody is there to wait or to write. */
const dead = (): SurefootError => new SurefootError("FENCED", "The process has died.");

export class Stage {
  readonly database: Database;
  gate: Gate | null = null;
  ended = false;
  /** The one behind the calls; null: the process has no lease yet. */
  session: Session | null = null;
  /** The answer of the statement that has run does not reach the runner: this one does. */
  lostAnswer: RunReply | null = null;
  private dead = false;
  private wake: () => void = () => undefined;

  constructor(inner: Database, wrap: (session: Session) => Session = (session) => session) {
    this.database = withSessions(inner, (session) => {
      this.session = session;
      return this.staged(wrap(session));
    });
  }

  /** Begins a process. Its answer is nobody's business: what counts is what it leaves. */
  begin(act: (database: Database) => Promise<unknown>): void {
    const end = (): void => {
      this.ended = true;
      this.wake();
    };
    act(this.database).then(end, end);
  }

  /** Until the process stands at a call, or has ended. */
  async quiet(): Promise<void> {
    while (this.gate === null && !this.ended)
      await new Promise<void>((resolve, reject) => {
        const stuck = setTimeout(() => reject(new Stuck()), stuckMs);
        this.wake = () => {
          clearTimeout(stuck);
          resolve();
        };
      });
  }

  /** Lets the call happen, and waits for the next. */
  async release(directive: Directive): Promise<void> {
    this.begun(directive);
    await this.quiet();
  }

  /** Lets the call happen, and waits for nothing: it is held where the database is. */
  begun(directive: Directive): void {
    const { gate } = this;
    if (gate === null) throw new Error("The process stands at no call.");
    this.gate = null;
    gate.go(directive);
  }

  /** The process dies where it stands. `leave`: what becomes of its session. */
  async kill(leave: (session: Session) => Promise<void>): Promise<void> {
    this.dead = true;
    if (this.session !== null) await leave(this.session);
    const { gate } = this;
    this.gate = null;
    gate?.die();
    await this.quiet();
  }

  private async arrive(name: string, args: readonly unknown[]): Promise<Directive> {
    if (this.dead) throw dead();
    return new Promise((resolve, reject) => {
      this.gate = { name, args, go: resolve, die: () => reject(dead()) };
      this.wake();
    });
  }

  private staged(session: Session): Session {
    return new Proxy(session, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function" || typeof name !== "string") return value;
        const method = value.bind(target) as (...args: readonly unknown[]) => Promise<unknown>;
        if (name === "close") return async () => (this.dead ? undefined : method());
        return async (...args: readonly unknown[]) => {
          const directive = await this.arrive(name, args);
          const answer = await perform(directive, method, args, session);
          if (name !== "run") return answer;
          await this.arrive("run:done", args);
          const lost = this.lostAnswer;
          this.lostAnswer = null;
          return lost ?? answer;
        };
      },
    });
  }
}

async function perform(
  directive: Directive,
  method: (...args: readonly unknown[]) => Promise<unknown>,
  args: readonly unknown[],
  session: Session,
): Promise<unknown> {
  switch (directive.type) {
    case "proceed":
      return method(...args);
    case "instead":
      return method(...directive.args(args));
    case "answer":
      return directive.value;
    case "act":
      return directive.act(session);
    default:
      return assertNever(directive);
  }
}

type Rows = Parameters<Session["append"]>[0];

/** The records that the runner is about to write. */
export function rowsAt({ gate }: Stage): Rows {
  return (gate?.args[0] ?? []) as Rows;
}
