/** Drives a walk through the world on the real runner, and compares after each action. */
import { isDeepStrictEqual } from "node:util";
import type { Folded, JournalRecord, State } from "@surefoot/model";
import { appliedSet, fold } from "@surefoot/model";
import type { Step, Walker } from "@surefoot/model/arbitraries";
import { forget } from "../../../packages/model/src/explorer/forget.ts";
import { baseline } from "../../../packages/runner/src/adopt.ts";
import { down } from "../../../packages/runner/src/down.ts";
import { SurefootError } from "../../../packages/runner/src/error.ts";
import { bringToRest, resolve, retryRollback } from "../../../packages/runner/src/operator.ts";
import type { Database, Session } from "../../../packages/runner/src/port.ts";
import { Run } from "../../../packages/runner/src/run.ts";
import { up } from "../../../packages/runner/src/up.ts";
import type { Workshop } from "../../../packages/runner/src/workshop.ts";
import { Bench, checkSql, newerId } from "./bench.ts";
import { isDisturbance, phase } from "./drivable.ts";
import type { Ground, Strike } from "./ground.ts";
import type { Directive } from "./stage.ts";
import { rowsAt, Stage, Stuck } from "./stage.ts";

export class Disagreement extends Error {
  override readonly name = "Disagreement";
  /** How many actions were taken when it showed; 0: it is the driver's to say. */
  readonly actionCount: number;

  constructor(message: string, actionCount = 0, options: ErrorOptions = {}) {
    super(message, options);
    this.actionCount = actionCount;
  }
}

/** A seeded defect: the session as the runner sees it, with something wrong. */
export type Defect = (session: Session) => Session;

/** The time that is waited for a lost database is the driver's to move. */
const realNow = performance.now.bind(performance);
/** How often in one stream a second runner is started beside the first. */
const probeCountMax = 2;
/** Far more moves than any process makes. */
const moveCountMax = 1_000;
/** In these the plan is that of the file as it should be. */
const planned: ReadonlySet<State["type"]> = new Set(["migrating", "rolling_back", "completing"]);
const proceed: Directive = { type: "proceed" };

/** Every state that a machine of the loop has been in, in order, in the process under way. */
let moved: ((state: State) => void) | null = null;
const loop = Run.prototype as unknown as { move: (...args: readonly unknown[]) => unknown };
const originalMove = loop.move;
loop.move = function move(this: Run, ...args: readonly unknown[]): unknown {
  const effect = originalMove.apply(this, args as []);
  moved?.(this.state);
  return effect;
};

/** Answers with how many actions were compared, and how often a second runner found the lease held. */
export async function drive(
  ground: Ground,
  walker: Walker,
  steps: readonly Step[],
  defect?: Defect,
): Promise<{ readonly actionCount: number; readonly leaseHeldCount: number }> {
  const driver = new Drive(await Bench.open(ground, walker.configuration), walker, steps, defect);
  try {
    return await driver.run();
  } finally {
    await driver.end();
  }
}

class Drive {
  private readonly walker: Walker;
  private readonly steps: readonly Step[];
  private readonly defect: Defect | undefined;
  private readonly bench: Bench;
  private stage: Stage | null = null;
  private states: State[] = [];
  /** How many moves the world has seen in the process under way. */
  private moveCount = 0;
  /** How often the process has opened its session again, and how many moves it had made by then. */
  private reopenCount = 0;
  private reopenedAt = 0;
  private clockOffset = 0;
  private shut = false;
  private probeCount = 0;

  constructor(bench: Bench, walker: Walker, steps: readonly Step[], defect: Defect | undefined) {
    this.walker = walker;
    this.steps = steps;
    this.defect = defect;
    this.bench = bench;
  }

  async run(): Promise<{ readonly actionCount: number; readonly leaseHeldCount: number }> {
    let actionCount = 0;
    performance.now = () => realNow() + this.clockOffset;
    await baseline(this.shop(this.database()), { only: [newerId] });
    for (const [at, step] of this.steps.entries()) {
      const before = await this.attempt(at, () => this.act(at, step).then(() => []));
      const differing = before.length > 0 ? before : await this.attempt(at, () => this.compare(step));
      if (differing.length > 0) throw disagreement(at, step, differing);
      await this.keepUp(step);
      actionCount++;
    }
    return { actionCount, leaseHeldCount: this.probeCount };
  }

  async end(): Promise<void> {
    performance.now = realNow;
    moved = null;
    try {
      if (this.stage !== null && !this.stage.ended) await this.stage.kill((session) => session.close());
    } finally {
      await this.bench.dispose();
    }
  }

  private async attempt(at: number, act: () => Promise<readonly string[]>): Promise<readonly string[]> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Disagreement || error instanceof Stuck) return [error.message];
      throw new Error(`Action ${at + 1} could not be driven: ${String(error)}`, { cause: error });
    }
  }

  private database(): Database {
    return this.bench.grounds.database();
  }

  private shop(database: Database, signal?: AbortSignal): Workshop {
    return {
      database,
      dir: this.bench.migrations,
      config: { doctrine: { "no-foreign-key": "error" } },
      signal,
      onEvent: undefined,
    };
  }

  private async act(at: number, step: Step): Promise<void> {
    const { name } = step.action;
    const { bench } = this;
    switch (name) {
      case "invoke":
      case "restart":
        return this.begin(at);
      case "crash":
        if (this.stage !== null) await this.bench.grounds.faults.crash(this.striking(this.stage, at, step));
        return;
      case "close":
        return this.untilEnded();
      case "reconnect":
        await this.until("reopen", 1);
        return bench.grounds.faults.leaseTaken();
      case "give_up":
        return this.giveUp();
      case "read_journal":
        await this.expectLeaseHeld();
        await this.until("readRows", 1);
        return this.moves(step);
      case "send":
        return this.until("run", 0);
      case "executes":
        await this.until("run", 0);
        return this.release(proceed);
      case "statement_fails":
      case "fails_after_a_part":
      case "fails_after_all":
      case "engine_ends_transaction":
        await this.until("run", 0);
        return this.release(bench.grounds.faults.failing(String(this.open.gate?.args[0]), name, this.part(step)));
      case "dependency_arrives":
        return bench.arrive(this.walker.configuration.arrives ?? "");
      case "correct_file":
        return bench.writeFile(true);
      case "finish_by_hand":
      case "restore_by_hand":
        return bench.makeAll((name === "finish_by_hand") === (await this.isUp()) ? 1 : 0);
      case "object_changed":
        return bench.change();
      case "object_changed_back":
        return bench.changeBack();
      default:
        return isDisturbance(name) ? bench.grounds.faults.strike(this.striking(this.open, at, step)) : this.moves(step);
    }
  }

  /** The direction of the migration that the journal speaks of. */
  private async isUp(): Promise<boolean> {
    const { state } = await this.fold();
    return state.type === "idle" || state.direction === "up";
  }

  private striking(stage: Stage, at: number, step: Step): Strike {
    const resumes = this.bench.job.plan.recovery === "resume";
    return { stage, step, later: this.steps.slice(at + 1), part: this.part(step), resumes };
  }

  /** The statement that the runner stands at, done in part; null: it can't be, or there is none. */
  private part({ before }: Step): string | null {
    const { machines, statements } = this.walker.moves;
    const statement = statements[machines[before.runners[0]!.machine]?.statement ?? -1];
    return statement?.way === "up" ? (this.bench.grounds.effects[statement.step]?.part ?? null) : null;
  }

  /** Where it waits for its database, the time that was allowed is over; at rest it goes home of itself. */
  private async giveUp(): Promise<void> {
    const fail = (): Promise<never> =>
      Promise.reject(new SurefootError("DATABASE_LOST", "the database does not answer"));
    for (let count = 0; !this.open.ended; count++) {
      if (count > 200) throw new Disagreement("the runner does not come to its end");
      const waits = this.open.gate?.name === "reopen";
      if (waits) this.clockOffset += 120_000;
      await this.release(waits ? { type: "act", act: fail } : this.answerTo(null));
    }
  }

  // ---- a process

  /** The command is the one that does what the walk goes on to do. */
  private async begin(at: number): Promise<void> {
    const rest = this.steps.slice(at);
    const end = rest.findIndex(({ after }) => after.runners[0]!.phase === phase.off);
    const life = end === -1 ? rest : rest.slice(0, end + 1);
    const names = new Set(life.map(({ action }) => action.name));
    const started = life.find(({ action }) => action.name === "start");
    const direction = started === undefined ? null : this.walker.configuration.jobs[started.action.job]!.direction;
    const stop = new AbortController();
    this.states = [];
    this.moveCount = 0;
    this.reopenedAt = 0;
    this.reopenCount = 0;
    const abort = movesBefore(life, "signal");
    moved = (state) => {
      this.states.push(state);
      // Moves alone never let a timer run, so that nobody else could end it.
      if (this.states.length > moveCountMax) throw new Error("the loop makes move after move, and nothing else");
      if (this.reopenCount === abort.reopenCount && this.states.length - this.reopenedAt === abort.moveCount)
        stop.abort();
    };
    const wrong = { doctrine: names.has("doctrine_violated"), refused: names.has("statement_refused") };
    // Who retries and starts in one process takes the file as it was before it was corrected: the world forgets that at rest.
    const read = life.find(({ action }) => action.name === "prepared") ?? life[0]!;
    this.bench.writeFile(read.before.corrected === 1, wrong);
    await this.bench.grounds.settled();
    this.stage = new Stage(this.database(), this.defect);
    const outOfOrder = !names.has("newer_applied");
    const upOptions = { outOfOrder, ...(started === undefined ? { to: newerId } : {}) };
    this.stage.begin((database) => {
      const shop = this.shop(database, stop.signal);
      if (names.has("halt") || [...names].some((name) => name.startsWith("resolve"))) {
        const claim = names.has("resolve_reverted") || names.has("resolve_reverted_forced") ? "reverted" : "applied";
        const force = names.has("resolve_reverted_forced") || names.has("resolve_applied_forced");
        return resolve(shop, { claim, ...(force ? { force, reason: "so it is" } : {}) });
      }
      if (names.has("retry_rollback") || names.has("retry_rollback_decided"))
        return retryRollback(shop, names.has("retry_rollback_decided") ? { decide: this.word(life) } : {});
      if (direction === "down") return down(shop, { confirm: async () => true });
      if (names.has("retry")) return up(shop, upOptions, "retry");
      if (names.has("retry_by_up") || direction === "up") return up(shop, upOptions);
      return bringToRest(shop, {});
    });
    await this.stage.quiet();
    await this.bench.grounds.faults.leaseTaken();
  }

  /** The operator says what is true, of what is in doubt when it is asked; a loss may bring a doubt that is not meant. */
  private word(life: readonly Step[]): ReadonlyMap<number, "applied" | "not_applied"> {
    const asked = life.slice(life.findIndex(({ action }) => action.name === "retry_rollback_decided"));
    const lost = asked.findIndex(({ action }) => action.name === "reconnect");
    const events = asked.slice(0, lost === -1 ? asked.length : lost).map(({ move }) => move?.event);
    const event = events.find((one) => one?.type === "step_decided");
    if (event?.type !== "step_decided") return new Map();
    return new Map([[event.step + 1, event.applied ? "applied" : "not_applied"]]);
  }

  private get open(): Stage {
    if (this.stage === null) throw new Disagreement("the world has a runner, and there is no process");
    return this.stage;
  }

  private async release(directive: Directive): Promise<void> {
    if (this.open.gate?.name === "reopen") {
      // What it did between the loss and the moment it heard of it counts for nothing.
      this.moveCount = this.states.length;
      this.reopenedAt = this.states.length;
      this.reopenCount++;
    }
    await this.open.release(directive);
  }

  /** Goes on to a call of this name, and lets so many of them happen. */
  private async until(name: string, count: 0 | 1): Promise<void> {
    while (this.open.gate?.name !== name) {
      if (this.open.ended) throw new Disagreement(`the runner has ended before it came to ${name}`);
      await this.release(this.answerTo(null));
    }
    if (count === 1) await this.release(proceed);
  }

  private async at(name: string, directive: Directive): Promise<void> {
    await this.until(name, 0);
    await this.release(directive);
  }

  private async untilEnded(): Promise<void> {
    for (let count = 0; !this.open.ended; count++) {
      if (count > 200) throw new Disagreement("the runner does not come to its end");
      await this.release(this.answerTo(null));
    }
  }

  /** The loop makes the move that the world has made, and its records end as they do there. */
  private async moves(step: Step): Promise<void> {
    const { commit, name } = step.action;
    const forgotten =
      commit === "journal_refused" || commit === "unwritten_unheard" || commit === "commit_refused" ? 1 : 0;
    const seen = step.move?.edge != null && commit !== "commit_refused" ? 1 : 0;
    if (forgotten + seen > 0) await this.untilMove(this.moveCount + forgotten + seen, step);
    if (commit === "" && this.wasWritten(step)) await this.at("append", proceed);
    if (commit === "journal_refused" && this.isSunk(step)) return this.refuseUntilEnded();
    if (commit !== "") await this.until("append", 0);
    if (commit === "journal_refused") await this.release(refused(this.open));
    if (commit === "unwritten_unheard" || commit === "written_unheard")
      await this.release(this.bench.grounds.faults.unheard(this.open, commit === "written_unheard"));
    this.moveCount += forgotten + seen;
    if (commit === "commit_refused") {
      await this.release(this.bench.grounds.faults.commitRefused(this.open));
      await this.untilMove(this.moveCount + 1, step);
      this.moveCount++;
    }
    if (step.move?.machine != null && step.move.edge !== null) this.expectState(step, name);
  }

  private async untilMove(count: number, step: Step): Promise<void> {
    while (this.states.length < count) {
      if (this.open.ended) throw new Disagreement("the runner has ended, and the world goes on");
      await this.release(this.answerTo(step));
    }
  }

  private expectState(step: Step, name: string): void {
    const wanted = step.move!.machine!.at.state;
    const found = this.states[this.moveCount - 1];
    if (found === undefined || !isDeepStrictEqual(forget(found), wanted))
      throw new Disagreement(
        `${name} leads the world to ${JSON.stringify(wanted)}\n  and the runner to ${JSON.stringify(found)}`,
      );
  }

  private wasWritten({ before, after, move }: Step): boolean {
    return move !== null && (before.journal !== after.journal || (before.transaction === 1 && after.transaction === 0));
  }

  private isSunk({ before }: Step): boolean {
    const { type } = this.walker.moves.states[before.journal]!.state;
    return type === "idle" || type === "failed";
  }

  private async refuseUntilEnded(): Promise<void> {
    for (let count = 0; !this.open.ended; count++) {
      if (count > 200) throw new Disagreement("the runner goes on although nothing can be written");
      await this.release(this.open.gate?.name === "append" ? refused(this.open) : this.answerTo(null));
    }
  }

  /** What the database answers to this call, so that the action comes to what the world says. */
  private answerTo(step: Step | null): Directive {
    const { gate } = this.open;
    const name = step?.action.name;
    if (gate?.name === "check" && gate.args[0] === checkSql) {
      const holds = "SELECT 1";
      const asked =
        name === "precheck_false" || name === "postcheck_false"
          ? "SELECT 0"
          : name === "precheck_error" || name === "postcheck_error"
            ? "SELECT NULL"
            : name === "resolve_applied_forced" || name === "halt" || name === undefined
              ? "SELECT 0"
              : holds;
      return { type: "instead", args: () => [asked, "true"] };
    }
    if (gate?.name === "foreignData" && name === "undo_would_destroy")
      return { type: "answer", value: { what: "row(s) of others", count: 1 } };
    return proceed;
  }

  private async expectLeaseHeld(): Promise<void> {
    if (this.open.ended || this.probeCount >= probeCountMax) return;
    const second = await bringToRest(this.shop(this.database()), {});
    this.probeCount++;
    if (second.error?.code !== "LEASE_HELD")
      throw new Disagreement(`a second runner was not kept out: ${JSON.stringify(second.error)}`);
  }

  // ---- comparing

  private async fold(): Promise<Folded> {
    return this.foldOf(await this.bench.journal());
  }

  private foldOf(records: readonly JournalRecord[]): Folded {
    const folded = fold(records);
    if (folded.type !== "folded") throw new Disagreement(`the journal can't be folded: ${folded.why}`);
    return folded.folded;
  }

  private async compare({ action, after }: Step): Promise<readonly string[]> {
    const { bench } = this;
    // After a COMMIT that was refused SQLite keeps new readers out until the transaction has ended: nobody can look.
    if (action.commit === "commit_refused") this.shut = true;
    if (after.transaction === 0) this.shut = false;
    if (this.shut) return [];
    const { moves, configuration } = this.walker;
    const differing: string[] = [];
    const expect = (what: string, world: unknown, real: unknown): void => {
      if (!isDeepStrictEqual(world, real))
        differing.push(`${what}: the world has ${JSON.stringify(world)}, the real one ${JSON.stringify(real)}`);
    };
    const { state } = moves.states[after.journal]!;
    const records = await bench.journal();
    const folded = this.foldOf(records);
    expect("journal", state, forget(folded.state));
    // A file that is refused has other steps; corrected undos become durable with the next record.
    if (planned.has(state.type) && after.corrected === 0)
      expect("plan", moves.states[after.journal]!.plan, folded.plan);
    expect("cells", after.cells.slice(0, bench.job.cells.length), await bench.cells());
    const applied = appliedSet(records);
    for (const [bit, id] of this.walker.successors.migrations.entries())
      expect(`${id} applied`, ((after.applied >>> bit) & 1) === 1, applied.has(id));
    const gone = await bench.rowsGone();
    if (after.rowsGone === 1) expect("rows destroyed", true, gone.destroyed);
    else if (state.type !== "idle") expect("rows destroyed", false, gone.seen);
    const off = after.runners[0]!.phase === phase.off;
    if (off) expect("no runner", true, this.stage === null || this.stage.ended);
    if (configuration.runners !== 1) throw new Error("One runner is driven.");
    return differing;
  }

  /** What the world forgets at rest, the next attempt takes as it finds it. */
  private async keepUp({ before, after }: Step): Promise<void> {
    const { state } = this.walker.moves.states[after.journal]!;
    if (before.rowsGone === 1 && after.rowsGone === 0 && state.type === "idle") await this.bench.bringRowsBack();
  }
}

function disagreement(at: number, { action }: Step, differing: readonly string[]): Disagreement {
  return new Disagreement(`after action ${at + 1}, ${action.name}:\n  ${differing.join("\n  ")}`, at + 1);
}

/** After how many reopenings, and how many moves since, the one of this action comes; -1: it is not taken. */
function movesBefore(
  life: readonly Step[],
  name: string,
): { readonly reopenCount: number; readonly moveCount: number } {
  const at = life.findIndex(({ action }) => action.name === name);
  if (at === -1) return { reopenCount: 0, moveCount: -1 };
  let [reopenCount, moveCount] = [0, 0];
  for (const { action, move } of life.slice(0, at)) {
    if (action.name === "reconnect" || action.commit === "journal_refused")
      [reopenCount, moveCount] = [reopenCount + 1, 0];
    else if (action.commit === "commit_refused") moveCount += 2;
    else if (move?.edge != null && action.commit !== "unwritten_unheard") moveCount++;
  }
  return { reopenCount, moveCount };
}

/** A row that the table refuses: the adapter rolls back and says so. */
function refused(stage: Stage): Directive {
  const rows = rowsAt(stage).map((row) => ({ ...row, run: null }));
  return { type: "instead", args: () => [rows] };
}
