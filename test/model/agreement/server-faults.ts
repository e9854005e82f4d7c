/** Faults that servers have: sessions end without their clients, and statements go on without theirs. */
import type { ActionName } from "@surefoot/model/explorer";
import { SurefootError } from "../../../packages/runner/src/error.ts";
import type { Link } from "../../../packages/runner/src/mysql/link.ts";
import type { RunReply, Session } from "../../../packages/runner/src/port.ts";
import type { Faults, Strike } from "./ground.ts";
import type { ServerGrounds } from "./server-ground.ts";
import type { Directive, Stage } from "./stage.ts";
import { rowsAt } from "./stage.ts";

interface Pair {
  readonly control: Link;
  readonly statements: Link;
}

/** A statement whose client is gone. */
interface Orphan {
  readonly pair: Pair;
  /** Null: the server has it, and it waits for a lock. Otherwise it can't be made to wait, and is sent when its time comes. */
  readonly late: string | null;
}

/** As the world numbers it. */
const running = 1;
const cutError = (): Error => Object.assign(new Error("The connection was cut."), { code: "ECONNRESET" });
const lostReply = (): RunReply => ({ type: "lost", error: cutError() });

export class ServerFaults implements Faults {
  private readonly grounds: ServerGrounds;
  private orphan: Orphan | null = null;

  constructor(grounds: ServerGrounds) {
    this.grounds = grounds;
  }

  async crash(strike: Strike): Promise<void> {
    const { stage, step } = strike;
    if (isRunning(strike)) await this.leave(strike);
    const left = this.orphan;
    await stage.kill(async (session) => {
      // What was not sent yet has to be sent on this very session.
      if (left?.late == null) cut(session);
    });
    if (step.after.runners[0]!.orphan === 0 || left === null) await this.grounds.settled();
  }

  async strike(strike: Strike): Promise<void> {
    const { stage, step, part } = strike;
    const { name } = step.action;
    switch (name) {
      case "connection_cut":
        return this.cutConnection(strike);
      case "session_ends":
        return this.grounds.settled();
      case "orphan_applies":
      case "orphan_does_a_part":
        return this.finish();
      case "orphan_fails":
        // A runner that comes next ends it itself, where its policy says so.
        return this.orphan?.late === null && endsItself(strike) ? undefined : this.abort();
      case "session_killed":
        return this.killSession(strike, false);
      case "session_killed_too_late":
        return this.killAfter(stage, null);
      case "session_killed_half_way":
        return this.killAfter(stage, part);
      case "server_crash":
        if (this.orphan !== null) return this.abort();
        return hasSession(strike) ? this.killSession(strike, true) : this.grounds.settled();
      case "server_crash_after_effect":
        return this.orphan === null ? this.killAfter(stage, null) : this.finish();
      case "server_crash_half_way":
        return this.orphan === null ? this.killAfter(stage, part) : this.finish();
      default:
        throw new Error(`${name} is no fault of a server.`);
    }
  }

  failing(sql: string, name: ActionName, part: string | null): Directive {
    const rows = /^(INSERT|UPDATE|DELETE)/.test(sql);
    const fails = rows ? "DELETE FROM nowhere" : "DROP TABLE nowhere";
    if (name === "statement_fails") return { type: "instead", args: ([, framing]) => [fails, framing] };
    const done = name === "fails_after_a_part" ? part : sql;
    if (done === null) throw new Error(`Nothing does a part of ${sql}`);
    return {
      type: "act",
      act: async (session) => {
        required(await session.run(done, "alone", null));
        return session.run(fails, "alone", null);
      },
    };
  }

  unheard(stage: Stage, written: boolean): Directive {
    const rows = rowsAt(stage);
    return {
      type: "act",
      act: async (session) => {
        if (written) await session.append(rows);
        cut(stage.session!);
        await this.grounds.settled();
        if (!written) await session.append(rows);
        throw new SurefootError("DATABASE_LOST", "the answer to the COMMIT was lost");
      },
    };
  }

  commitRefused(): Directive {
    throw new Error("No COMMIT is refused on a server.");
  }

  /** The session that the next runner has to end; null: none. */
  get left(): number | null {
    return this.orphan?.pair.statements.id ?? null;
  }

  /** What it had to end is gone. */
  async leaseTaken(): Promise<void> {
    this.orphan = null;
    await this.grounds.unlock();
  }

  /** Whatever still waits is ended. */
  async end(): Promise<void> {
    await this.abort();
  }

  private async cutConnection(strike: Strike): Promise<void> {
    const { stage } = strike;
    if (isRunning(strike)) {
      await this.leave(strike);
      if (this.orphan?.late != null) return stage.release({ type: "answer", value: lostReply() });
      cut(stage.session!);
      return stage.quiet();
    }
    if (stage.gate?.name === "run:done") stage.lostAnswer = lostReply();
    if (stage.session !== null) cut(stage.session);
    await this.grounds.settled();
  }

  /** The statement that the runner is about to send becomes one that its client will not hear of. */
  private async leave({ stage, later, part }: Strike): Promise<void> {
    const own = String(stage.gate?.args[0]);
    const fate = later.find(({ action: { name } }) => /^orphan_|^server_crash/.test(name))?.action.name;
    const sql = fate === "orphan_does_a_part" || fate === "server_crash_half_way" ? (part ?? own) : own;
    const pair = pairOf(stage.session!);
    if (!(await this.holdUp(stage, sql))) {
      this.orphan = { pair, late: sql };
      return;
    }
    this.orphan = { pair, late: null };
  }

  /** Sends the statement, and has it wait for a lock. False: that can't be done with it. */
  private async holdUp(stage: Stage, sql: string): Promise<boolean> {
    const table = changedTable(sql);
    if (table === null || !(await this.grounds.has(table))) return false;
    await this.grounds.lock(table);
    stage.begun({ type: "instead", args: ([, framing]) => [sql, framing, null] });
    await this.grounds.waitsForLock(pairOf(stage.session!).statements.id, () => stage.gate !== null || stage.ended);
    return true;
  }

  /** The statement that was left behind comes to its end. */
  private async finish(): Promise<void> {
    const { orphan } = this;
    this.orphan = null;
    if (orphan?.late != null) {
      await orphan.pair.statements.send(orphan.late);
      cutPair(orphan.pair);
    }
    await this.grounds.unlock();
    await this.grounds.settled();
  }

  /** It comes to nothing. */
  private async abort(): Promise<void> {
    const { orphan } = this;
    this.orphan = null;
    if (orphan !== null) {
      cutPair(orphan.pair);
      await this.grounds.kill(orphan.pair.statements.id);
      await this.grounds.settled();
    }
    await this.grounds.unlock();
  }

  /** `both`: as when the server goes down. Otherwise the runner keeps its other session, and finds out with the next statement. */
  private async killSession(strike: Strike, both: boolean): Promise<void> {
    const { stage } = strike;
    const { statements, control } = pairOf(stage.session!);
    const held = isRunning(strike) && (await this.holdUp(stage, String(stage.gate?.args[0])));
    if (stage.gate?.name === "run:done") stage.lostAnswer = lostReply();
    await this.grounds.kill(statements.id);
    if (both) await this.grounds.kill(control.id);
    if (held) await stage.quiet();
    await this.grounds.gone(new Set(both ? [] : [control.id]));
    if (held) await this.grounds.unlock();
  }

  /** The statement has run, and its answer is lost with the session. */
  private async killAfter(stage: Stage, part: string | null): Promise<void> {
    const [sql, framing] = stage.gate?.args ?? [];
    const { statements, control } = pairOf(stage.session!);
    await stage.release({
      type: "act",
      act: async (session) => {
        required(await session.run(part ?? String(sql), framing as "alone", null));
        await this.grounds.kill(statements.id);
        await this.grounds.gone(new Set([control.id]));
        return session.run("DO 0", "alone", null);
      },
    });
  }
}

function isRunning({ step }: Strike): boolean {
  const runner = step.before.runners[0]!;
  return runner.progress === running && runner.orphan === 0;
}

function hasSession({ step }: Strike): boolean {
  const { phase } = step.before.runners[0]!;
  return phase === 1 || phase === 3;
}

function endsItself({ later, resumes }: Strike): boolean {
  const next = later[0]?.action.name;
  return !resumes && (next === "restart" || next === "reconnect");
}

function pairOf(session: Session): Pair {
  return (session as unknown as { readonly sessions: { readonly pair: Pair } }).sessions.pair;
}

function cut(session: Session): void {
  cutPair(pairOf(session));
}

function cutPair({ control, statements }: Pair): void {
  statements.cut(cutError());
  control.cut(cutError());
}

/** What must run for the fault to be the one that was chosen. */
function required(reply: RunReply): void {
  if (reply.type !== "applied") throw new Error(`A statement was to run: ${reply.error.message}`);
}

/** The table that a lock holds it up by. What makes a table can't be held up. */
function changedTable(sql: string): string | null {
  return (
    /^(?:ALTER TABLE|DROP TABLE|INSERT INTO|DELETE FROM|UPDATE) (\w+)/.exec(sql)?.[1] ??
    /^(?:CREATE|DROP) INDEX \w+ ON (\w+)/.exec(sql)?.[1] ??
    null
  );
}
