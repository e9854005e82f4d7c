/**
 * Everything that may happen next in a world. A runner's own steps call the machine through `moves`; the server's, the
 * operator's and the faults are written here, each as one atomic act of the real system: one packet, one commit, one look.
 */
import type { Event } from "../event.ts";
import type { Reply } from "../judge.ts";
import { isSink } from "../state.ts";
import type { Action, ActionName, Commit } from "./action.ts";
import { actionId, actionNames, actionOf, commits } from "./action.ts";
import { code, evidenceCode, words } from "./codes.ts";
import type { Configuration, Job } from "./configuration.ts";
import type { Hazard, RunnerWorld, World } from "./world.ts";
import { arrival, cell, copyWorld, emptyWorld, hazards, phase, progress } from "./world.ts";
import type { KnownMachine, KnownState, Move, Moves, Statement } from "./moves.ts";
import { cellMax } from "./moves.ts";

/** What the runners' protocol promises beside the machine. A mutant breaks one of them. */
export interface Protocol {
  /** Whose is the lease: the session's that runs the statements, the client's, or the clock's. */
  readonly lease: "session" | "client" | "clock";
  /** A record is written only if nobody else has written since the journal was read. */
  readonly fence: boolean;
  /** A transactional step commits with its record. */
  readonly together: boolean;
  /** A lost connection drops what was in memory. */
  readonly forgets: boolean;
  /** What a statement in doubt has done is looked at; else it is taken for not applied (`none`) or applied (`all`). */
  readonly evidence: "looked_at" | "none" | "all";
  /** Before the first undo after an interruption every object is compared. */
  readonly compares: boolean;
  /** A rollback's end is compared with the snapshot. */
  readonly verifies: boolean;
  /** Replies to effects of an earlier life are recognised by their id. A mutant hands them on as if they were awaited. */
  readonly lateReplies: "outdated" | "awaited";
  /** A runner that asks what is missing asks for what is applied, not for what is planned. */
  readonly asksDependencies: boolean;
  /** Is a resolved claim held against the database? */
  readonly judgesClaims: boolean;
}

export const soundProtocol: Protocol = {
  lease: "session",
  fence: true,
  together: true,
  forgets: true,
  evidence: "looked_at",
  compares: true,
  verifies: true,
  lateReplies: "outdated",
  asksDependencies: true,
  judgesClaims: true,
};

const nameIds = Object.fromEntries(actionNames.map((name, id) => [name, id])) as { readonly [N in ActionName]: number };
const commitIds = Object.fromEntries(commits.map((name, id) => [name, id])) as { readonly [C in Commit]: number };
const hazardBits = Object.fromEntries(hazards.map((name, id) => [name, 1 << id])) as { readonly [H in Hazard]: number };

const preparation = { type: "preparation", missing: [], dependents: [], newer: [], undoMissing: [] } as const;
const preparations: readonly Reply[] = [
  preparation,
  { ...preparation, missing: ["it"] },
  { ...preparation, newer: ["it"] },
  { ...preparation, dependents: ["it"] },
];
const validation = { type: "validation", refused: false, doctrine: false, checks: "passed" } as const;
const validations: readonly Reply[] = [
  validation,
  { ...validation, doctrine: true },
  { ...validation, refused: true },
  { ...validation, checks: "false" },
  { ...validation, checks: "error" },
];
const validationNames: readonly ActionName[] = [
  "prechecks_pass",
  "doctrine_violated",
  "statement_refused",
  "precheck_false",
  "precheck_error",
];
const checks: readonly Reply[] = [
  { type: "checks", checks: "passed" },
  { type: "checks", checks: "false" },
  { type: "checks", checks: "error" },
];
const checkNames: readonly ActionName[] = ["postchecks_pass", "postcheck_false", "postcheck_error"];
const runs: readonly Reply[] = [
  { type: "applied", changed: true },
  { type: "applied", changed: false },
  { type: "sql_error" },
];
const observations: readonly Reply[] = [
  { type: "observation", changedOutside: false, destroysData: false },
  { type: "observation", changedOutside: true, destroysData: false },
  { type: "observation", changedOutside: false, destroysData: true },
];
const comparisons: readonly Reply[] = [
  { type: "comparison", equal: false, changedOutside: false },
  { type: "comparison", equal: true, changedOutside: false },
  { type: "comparison", equal: false, changedOutside: true },
  { type: "comparison", equal: true, changedOutside: true },
];
const marks = ["none", "set", "absent"] as const;
const pictures = ["before", "after", "changed", "blind"] as const;
const probes = ["none", "true", "false", "unknown"] as const;
const answers = ["none", "applied", "not_applied"] as const;
/** By `evidenceCode`. */
const evidence = new Map<number, Reply>();
for (const changedOutside of [false, true])
  for (const [m, mark] of marks.entries())
    for (const [p, picture] of pictures.entries())
      for (const [q, probe] of probes.entries())
        for (const [a, operator] of answers.entries())
          evidence.set(evidenceCode(changedOutside, m, p, q, a), {
            type: "evidence",
            changedOutside,
            mark,
            picture,
            probe,
            operator,
          });

const signal: Event = { type: "interrupted", by: "signal" };

/** Whether an action may be taken in a world. */
export type IsAllowed = (action: Action, world: World, moves: Moves) => boolean;

export type Emit = (action: number, next: World) => void;

export class Successors {
  readonly moves: Moves;
  readonly protocol: Protocol;
  /** Migrations by bit. */
  readonly migrations: readonly string[];
  /** What the runner's machine has done in the successor that is being told; null where none moved, or it is forgotten. */
  move: Move | null = null;
  /** Told of each act that leads nowhere, because the machine refuses what comes of it. */
  onRefused: ((action: number) => void) | null = null;
  private readonly configuration: Configuration;
  /** Null: whatever can happen may. */
  private readonly isAllowed: IsAllowed | null;
  private readonly next: World;
  private readonly branch: World;
  private base: World;
  private emit: Emit = () => undefined;
  private readonly needs: readonly number[];
  private readonly dependents: readonly number[];
  private readonly bits: readonly number[];
  private readonly arriving: number;
  private readonly correctable: boolean;
  /** With the lease on the session only transactions can be left behind, and the fence ends those. */
  private readonly isFenceable: boolean;

  constructor(moves: Moves, protocol: Protocol = soundProtocol, isAllowed: IsAllowed | null = null) {
    const { configuration } = moves;
    const { jobs, arrives, runners } = configuration;
    this.moves = moves;
    this.protocol = protocol;
    this.isAllowed = isAllowed;
    this.configuration = configuration;
    this.migrations = [...new Set([...jobs.map(({ migration }) => migration), ...(arrives === null ? [] : [arrives])])];
    const mask = (names: readonly string[]) =>
      names.reduce((sum, name) => sum | (1 << this.migrations.indexOf(name)), 0);
    this.needs = jobs.map(({ needs }) => mask(needs));
    this.dependents = jobs.map(({ dependents }) => mask(dependents));
    this.bits = jobs.map(({ migration }) => mask([migration]));
    this.arriving = arrives === null ? 0 : mask([arrives]);
    this.correctable = jobs.some(
      ({ plan, corrected }) => corrected !== undefined || plan.steps.some(({ undo }) => undo === null),
    );
    this.isFenceable = protocol.fence && protocol.lease === "session" && protocol.together;
    this.next = emptyWorld(runners);
    this.branch = emptyWorld(runners);
    this.base = this.next;
  }

  /** Where it all begins: nothing under way, nobody there. */
  initial(): World {
    const world = emptyWorld(this.configuration.runners);
    for (const name of this.configuration.appliedFirst) {
      const job = this.configuration.jobs.findIndex(
        ({ migration, direction }) => migration === name && direction === "up",
      );
      world.applied |= this.bits[job] ?? 0;
      for (const at of this.configuration.jobs[job]?.cells ?? []) world.cells[at] = cell.after;
    }
    return world;
  }

  /** Calls `emit` for each successor. The world that it gets is used again afterwards. */
  each(world: World, emit: Emit): void {
    this.base = world;
    this.emit = emit;
    for (let at = 0; at < world.runners.length; at++) this.runner(at);
    this.everybody();
  }

  private runner(at: number): void {
    const { base } = this;
    const one = base.runners[at]!;
    switch (one.phase) {
      case phase.off: {
        if (!this.leaseIsFree()) break;
        const rests = isSink(this.journal().state.type);
        const next = this.copy();
        this.takeLease(next, at, arrival.started);
        this.tell(rests ? "invoke" : "restart", at, next);
        break;
      }
      case phase.cut_off: {
        if (this.leaseIsFree()) {
          const next = this.copy();
          this.takeLease(next, at, arrival.reconnected);
          this.tell("reconnect", at, next);
        }
        const next = this.copy();
        next.runners[at]!.phase = phase.off;
        this.tell("give_up", at, next);
        this.crash(at);
        break;
      }
      case phase.leased:
        this.readJournal(at, one);
        this.crash(at);
        this.disturb(at, one);
        break;
      default:
        this.live(at, one, this.moves.machines[one.machine]!);
        this.crash(at);
        this.disturb(at, one);
    }
    if (one.orphan === 1) this.orphan(at, one);
  }

  private takeLease(next: World, at: number, how: number): void {
    this.endSession(next, at, phase.leased, next.runners[at]!.machine);
    next.runners[at]!.arrival = how;
  }

  private readJournal(at: number, one: RunnerWorld): void {
    const kept = this.moves.machines[one.machine]!;
    if (one.machine !== 0 && !isSink(kept.at.state.type)) {
      // Only where `forgets` does not hold: it goes on with what it had in memory.
      const next = this.copy();
      const made = next.runners[at]!;
      made.phase = phase.live;
      made.arrival = 0;
      made.current = 1;
      this.tell("read_journal", at, next);
      return;
    }
    const found = this.moves.rest(this.journal());
    const move =
      one.arrival === arrival.started
        ? this.moves.say(found, words.restart, { type: "restart" })
        : one.arrival === arrival.reconnected
          ? this.moves.say(found, words.loss, { type: "loss" })
          : this.moves.say(found, words.refused, { type: "refused" });
    const next = this.copy();
    const made = next.runners[at]!;
    made.phase = phase.live;
    made.arrival = 0;
    made.current = 1;
    made.machine = found.id;
    this.proceed("read_journal", at, move, next, found);
  }

  private live(at: number, one: RunnerWorld, machine: KnownMachine): void {
    const { effect } = machine;
    if (one.current === 0 && this.isFenceable) {
      const next = this.copy();
      this.rollBackOf(next, at);
      this.endSession(next, at, phase.off);
      this.tell("fenced", at, next);
      return;
    }
    if (this.configuration.eager && effect !== null && machine.at.id !== this.base.journal)
      this.flushEarly(at, machine);
    if (effect === null) {
      this.rest(at, machine);
      return;
    }
    const mayStop = effect.type !== "run" && one.progress === progress.none;
    if (mayStop && this.configuration.operator) this.interrupt(at, machine);
    switch (effect.type) {
      case "raise":
        this.proceed("raise", at, this.moves.say(machine, words.raise, { type: "raise" }), this.copy(), machine);
        break;
      case "prepare":
        this.prepare(at, machine);
        break;
      case "validate_pre":
        this.validatePre(at, machine);
        break;
      case "validate_post":
        for (let index = 0; index < checks.length; index++) {
          const next = this.copy();
          next.runners[at]!.checked = index === 0 ? 1 : 0;
          this.reply(checkNames[index]!, at, machine, code.checks + index, checks[index]!, next);
        }
        break;
      case "observe":
        this.observe(at, machine, effect.compare);
        break;
      case "run":
        if (effect.by === "engine") this.takeBack(at, machine);
        else this.runStatement(at, one, machine);
        break;
      case "decide":
        this.decide(at, one, machine);
        break;
      case "verify": {
        const outside = effect.compare && this.protocol.compares && this.differs(at, machine.at);
        const equal = !this.protocol.verifies || !this.differsFromSnapshot(at, machine.at);
        const index = (equal ? 1 : 0) + (outside ? 2 : 0);
        const next = this.copy();
        this.reply("verify", at, machine, code.comparison + index, comparisons[index]!, next);
        break;
      }
    }
  }

  private rest(at: number, machine: KnownMachine): void {
    const { base } = this;
    const { state } = machine.at;
    const close = this.copy();
    this.endSession(close, at, phase.off);
    this.tell("close", at, close);
    if (state.type === "idle") {
      for (const [job, { direction }] of this.configuration.jobs.entries()) {
        if (((base.applied & this.bits[job]!) !== 0) !== (direction === "down")) continue;
        const next = this.copy();
        const move = this.moves.say(machine, code.starts + job, { type: "start", job });
        this.proceed("start", at, move, next, machine, job);
      }
      return;
    }
    if (!this.configuration.operator) return;
    const event = (name: ActionName, id: number, event: Event, next: World) =>
      this.proceed(name, at, this.moves.say(machine, id, { type: "event", event }), next, machine);
    // Who has worked by hand says so, or puts it back, before anything is tried again.
    if (base.byHand === 0 || this.isMade(base, machine.at.job, 0)) {
      event("retry_by_up", words.retryByUp, { type: "retry", by: "up" }, this.copy());
      event("retry", words.retry, { type: "retry", by: "operator" }, this.copy());
    }
    for (const word of base.byHand === 0 || this.seesHand(base, machine.at) ? [0, 1] : []) {
      const next = this.copy();
      next.runners[at]!.word = word;
      const corrected = base.corrected === 1;
      const id = corrected ? words.retryRollbackCorrected : words.retryRollback;
      const move = this.moves.say(machine, id, { type: "retry_rollback", corrected });
      this.proceed(word === 0 ? "retry_rollback" : "retry_rollback_decided", at, move, next, machine);
    }
    this.resolve(machine, event);
  }

  /**
   * A claim is made by who has made it true, and believed when the database bears it out; forced where it does not show.
   */
  private resolve(
    machine: KnownMachine,
    event: (name: ActionName, id: number, event: Event, next: World) => void,
  ): void {
    const { base } = this;
    const { job } = machine.at;
    const { steps } = this.configuration.jobs[job]!;
    const free = base.transaction === 0;
    if (!free) return;
    const all = (value: number) =>
      steps.every(
        (facts, step) => facts.preexisting === true || base.cells[this.cellOf(job, step)] === this.valueOf(job, value),
      );
    const judged = this.protocol.judgesClaims;
    const undone = !judged || all(0);
    if (undone && base.drift === 0 && base.rowsGone === 0)
      event("resolve_reverted", words.reverted, { type: "resolve_reverted", forced: false }, this.copy());
    if (undone)
      event("resolve_reverted_forced", words.revertedForced, { type: "resolve_reverted", forced: true }, this.copy());
    if (judged && !(all(1) && this.mayBeMade(job))) return;
    event("resolve_applied", words.applied, { type: "resolve_applied", forced: false }, this.copy());
    event("resolve_applied_forced", words.appliedForced, { type: "resolve_applied", forced: true }, this.copy());
  }

  private interrupt(at: number, machine: KnownMachine): void {
    const { state } = machine.at;
    switch (state.type) {
      case "migrating":
        if (state.inDoubt) return;
        break;
      case "preparing":
      case "validating_pre":
      case "validating_post":
        break;
      case "rolling_back": {
        const next = this.copy();
        const move = this.moves.say(machine, words.halt, { type: "event", event: { type: "halted" } });
        if (this.base.transaction !== at + 1) this.proceed("halt", at, move, next, machine);
        return;
      }
      default:
        return;
    }
    this.proceed(
      "signal",
      at,
      this.moves.say(machine, words.signal, { type: "event", event: signal }),
      this.copy(),
      machine,
    );
  }

  private prepare(at: number, machine: KnownMachine): void {
    const { base } = this;
    const { job } = machine.at;
    const missing = this.protocol.asksDependencies && (base.applied & this.needs[job]!) !== this.needs[job];
    const dependents = (base.applied & this.dependents[job]!) !== 0;
    const refuse = (name: ActionName, index: number) => {
      const next = this.copy();
      next.runners[at]!.refused = 1;
      this.reply(name, at, machine, code.preparation + index, preparations[index]!, next);
    };
    if (missing) return refuse("dependency_missing", 1);
    if (dependents) return refuse("dependents_applied", 3);
    const next = this.copy();
    // The snapshot takes in what others have changed before it.
    if (next.runners[at]!.leaseLost === 0) next.drift = 0;
    next.runners[at]!.refused = 0;
    this.reply(
      "prepared",
      at,
      machine,
      code.preparation + (base.corrected === 1 ? 4 : 0),
      preparation,
      next,
      base.corrected === 1,
    );
    refuse("newer_applied", 2);
  }

  private validatePre(at: number, machine: KnownMachine): void {
    const inOne = machine.at.plan.transaction === "migration";
    if (inOne && this.base.transaction !== 0) return;
    for (let index = 0; index < validations.length; index++) {
      const next = this.copy();
      if (index > 0) next.runners[at]!.refused = 1;
      else if (inOne) {
        next.drift = 0;
        this.begin(next, at);
      }
      this.reply(validationNames[index]!, at, machine, code.validation + index, validations[index]!, next);
    }
  }

  private observe(at: number, machine: KnownMachine, compare: boolean): void {
    const { effect } = machine;
    const outside = compare && this.protocol.compares && this.differs(at, machine.at);
    const index = outside ? 1 : 0;
    this.reply("observe", at, machine, code.observation + index, observations[index]!, this.copy());
    if (effect?.type !== "observe" || effect.way === "up" || machine.statement < 0 || outside) return;
    const next = this.copy();
    this.reply("undo_would_destroy", at, machine, code.observation + 2, observations[2]!, next);
  }

  private runStatement(at: number, one: RunnerWorld, machine: KnownMachine): void {
    const statement = this.moves.statements[machine.statement]!;
    const own = statement.class === "transactional" && this.protocol.together;
    const { base } = this;
    switch (one.progress) {
      case progress.none: {
        if (own && base.transaction !== 0 && base.transaction !== at + 1) break;
        const next = this.copy();
        next.runners[at]!.progress = progress.running;
        if (own && base.transaction === 0) this.begin(next, at);
        this.noticeSending(next, at, machine, statement);
        this.tell("send", at, next);
        this.lateReply(at, machine, statement);
        break;
      }
      case progress.running: {
        this.execute(at, statement, machine);
        this.lateReply(at, machine, statement);
        break;
      }
      default: {
        const index = one.progress === progress.applied ? 0 : one.progress === progress.unchanged ? 1 : 2;
        this.reply("receive", at, machine, code.run + index, runs[index]!, this.copy());
      }
    }
  }

  /** The server has the statement and does it, does a part of it, or refuses. */
  private execute(at: number, statement: Statement, machine: KnownMachine): void {
    const done = this.copy();
    const changed = this.apply(done, at, statement, false);
    done.runners[at]!.progress = changed ? progress.applied : progress.unchanged;
    this.tell("executes", at, done);
    const failed = this.copy();
    failed.runners[at]!.progress = progress.failed;
    this.tell("statement_fails", at, failed);
    if (statement.class === "opaque") {
      if (statement.way === "up") {
        const part = this.copy();
        this.apply(part, at, statement, true);
        part.runners[at]!.progress = progress.failed;
        this.tell("fails_after_a_part", at, part);
      }
      const all = this.copy();
      this.apply(all, at, statement, false);
      all.runners[at]!.progress = progress.failed;
      this.tell("fails_after_all", at, all);
    }
    if (machine.at.plan.transaction === "migration" && this.base.transaction === at + 1) {
      const ended = this.copy();
      this.rollBack(ended);
      ended.runners[at]!.progress = progress.failed;
      this.tell("engine_ends_transaction", at, ended);
    }
  }

  /** A reply to what an earlier life of this process has asked for. */
  private lateReply(at: number, machine: KnownMachine, statement: Statement): void {
    const { step, part } = statement;
    const event: Event =
      statement.way === "up"
        ? { type: "step_applied", step, changed: true }
        : { type: "step_undone", by: "statement", step, part };
    const late = this.protocol.lateReplies === "outdated";
    const move = this.moves.say(machine, words.late, late ? { type: "late", event } : { type: "event", event });
    if (move.machine !== null) this.proceed("late_reply", at, move, this.copy(), machine);
  }

  private takeBack(at: number, machine: KnownMachine): void {
    const next = this.copy();
    if (next.transaction === at + 1) {
      for (let index = 0; index < cellMax; index++) next.inside[index] = next.cells[index]!;
      next.rowsGoneInside = next.rowsGone;
    }
    this.reply("engine_takes_back", at, machine, code.run, runs[0]!, next);
  }

  /** What can be known of a statement in doubt. With an orphan still at work nothing can be known yet. */
  private decide(at: number, one: RunnerWorld, machine: KnownMachine): void {
    const { base } = this;
    if (this.protocol.lease === "session") for (const other of base.runners) if (other.orphan === 1) return;
    const { effect } = machine;
    if (effect?.type !== "decide") return;
    const statement = this.moves.statements[machine.statement];
    const view = this.view(at);
    const outside = this.protocol.compares && this.differs(at, machine.at);
    const next = this.copy();
    let [mark, picture, probe, answer] = [0, 3, 0, 0];
    if (statement !== undefined && statement.class !== "transactional") {
      const { step, job } = statement;
      const facts = this.configuration.jobs[job]!.steps[step] ?? {};
      const value = view[this.cellOf(job, this.stepOf(statement))]!;
      const made = this.valueOf(job, 1);
      const partial = value === cell.partial;
      const truth =
        statement.way === "up"
          ? value === made
          : statement.last
            ? value === this.valueOf(job, 0)
            : value === cell.half_undone || value === this.valueOf(job, 0);
      const seen = this.protocol.evidence === "looked_at" ? truth : this.protocol.evidence === "all";
      if (statement.class === "atomic") {
        if (statement.way === "up" && facts.preexisting === true) [mark, picture] = [facts.mark === true ? 1 : 0, 0];
        else if (facts.mark === true) [mark, picture] = seen ? [1, 2] : [2, 3];
        else picture = seen ? 1 : 0;
        if (mark === 1 && picture === 0 && one.word === 1) answer = 1;
      } else {
        if (statement.way === "up" && facts.probe === true) probe = partial ? 3 : seen ? 1 : 2;
        if (one.word === 1 && !partial) answer = seen ? 1 : 2;
      }
    }
    this.tellEvidence(at, machine, next, outside, mark, picture, probe, answer);
    if (statement?.class !== "atomic" || mark === 0 || statement.way !== "up") return;
    // What others have changed may be the very object that is in doubt, and then it is not told apart; but for a
    // statement that finds what it would make, of which an adapter knows that it leaves its objects as they are.
    if (base.drift === 1 && picture !== 0) this.tellEvidence(at, machine, this.copy(), false, mark, 2, probe, answer);
    // A statement that changes nothing leaves its mark all the same.
    if (picture === 0) this.tellEvidence(at, machine, this.copy(), outside, 3 - mark, picture, probe, answer);
  }

  private tellEvidence(
    at: number,
    machine: KnownMachine,
    next: World,
    outside: boolean,
    mark: number,
    picture: number,
    probe: number,
    answer: number,
  ): void {
    const id = evidenceCode(outside, mark, picture, probe, answer);
    this.reply("decide", at, machine, id, evidence.get(id)!, next);
  }

  private flushEarly(at: number, machine: KnownMachine): void {
    const inOne = machine.at.plan.transaction === "migration" && machine.at.plan.steps.length > 0;
    if (inOne || this.base.runners[at]!.progress !== progress.none) return;
    this.commit("flush_early", at, machine, null, this.copy(), machine, 0);
  }

  private reply(
    name: ActionName,
    at: number,
    machine: KnownMachine,
    id: number,
    reply: Reply,
    next: World,
    corrected = false,
  ): void {
    this.proceed(name, at, this.moves.reply(machine, id, reply, corrected), next, machine);
  }

  /** The machine has moved: its records become durable where they must, in one of the ways in which that can end. */
  private proceed(name: ActionName, at: number, move: Move, next: World, before: KnownMachine, job = 0): void {
    const { machine, event } = move;
    if (machine === null) {
      const action = actionId(nameIds[name], commitIds[""], at, job);
      if (move.refused && this.onRefused !== null && this.mayHappen(action)) this.onRefused(action);
      return;
    }
    const made = next.runners[at]!;
    made.machine = machine.id;
    made.progress = progress.none;
    if (machine.effect === null) {
      made.word = 0;
      made.refused = 0;
    }
    const due = machine.barrier && (machine.at.id !== next.journal || next.transaction === at + 1);
    this.move = move;
    if (due) this.commit(name, at, machine, event, next, before, job);
    else this.tell(name, at, next, "", job);
    this.move = null;
  }

  private commit(
    name: ActionName,
    at: number,
    machine: KnownMachine,
    event: Event | null,
    next: World,
    before: KnownMachine,
    job: number,
  ): void {
    const runner = next.runners[at]!;
    const { move } = this;
    this.move = null;
    if (runner.current === 0 && this.protocol.fence) {
      this.rollBackOf(next, at);
      this.endSession(next, at, phase.off);
      this.tell(name, at, next, "fenced", job);
      return;
    }
    const { branch } = this;
    const inOne = before.at.plan.transaction === "migration" && next.transaction === at + 1;
    // The commit is refused, and the transaction stays open: the machine goes back to before its commit point.
    if (inOne && event?.type === "recorded") {
      copyWorld(next, branch);
      const back = this.moves.say(before, words.commitFailed, { type: "commit_failed" });
      if (back.machine !== null) {
        branch.runners[at]!.machine = back.machine.id;
        this.move = back;
        this.pass(actionId(nameIds[name], commitIds.commit_refused, at, job), branch);
        this.move = null;
      }
    }
    copyWorld(next, branch);
    this.rollBackOf(branch, at);
    if (isSink(this.journal().state.type)) this.endSession(branch, at, phase.off);
    else {
      this.endSession(branch, at, phase.leased);
      branch.runners[at]!.arrival = arrival.refused;
    }
    this.pass(actionId(nameIds[name], commitIds.journal_refused, at, job), branch);

    copyWorld(next, branch);
    this.rollBackOf(branch, at);
    this.endSession(branch, at, phase.cut_off, machine.id);
    this.pass(actionId(nameIds[name], commitIds.unwritten_unheard, at, job), branch);

    this.move = move;
    this.write(next, at, machine, event, before);
    copyWorld(next, branch);
    this.endSession(branch, at, phase.cut_off, machine.id);
    this.pass(actionId(nameIds[name], commitIds.written_unheard, at, job), branch);

    this.tell(name, at, next, "", job);
  }

  /** The records are durable, and with them what the open transaction holds. */
  private write(next: World, at: number, machine: KnownMachine, event: Event | null, before: KnownMachine): void {
    if (next.runners[at]!.current === 0) this.notice(next, "stale_writer");
    if (next.transaction === at + 1) {
      for (let index = 0; index < cellMax; index++) next.cells[index] = next.inside[index]!;
      next.rowsGone = next.rowsGoneInside;
      next.hazards |= next.hazardsInside;
      this.rollBack(next);
    }
    const was = this.moves.states[next.journal]!;
    const { checked } = next.runners[at]!;
    next.journal = machine.at.id;
    for (let index = 0; index < next.runners.length; index++) if (index !== at) this.leaveBehind(next.runners[index]!);
    next.runners[at]!.current = 1;
    this.holdAgainst(next, machine, event, before, was, checked);
    if (event !== null && machine.at.state.type === "failed") this.excuse(next, at, event, before, machine);
    const { state } = machine.at;
    if (isSink(state.type)) next.runners[at]!.checked = 0;
    if (state.type === "idle") {
      next.byHand = 0;
      next.rowsGone = 0;
      // The next attempt takes the file and the objects as it finds them.
      next.corrected = 0;
    }
    if (state.type === "idle" || (state.type === "failed" && state.wayBack === null)) next.drift = 0;
  }

  /**
   * Somebody else has written. What the runner has in memory leads nowhere: its statements are in a transaction that the
   * fence keeps from committing, so that all that is left of it is that it exists, and what it blocks.
   */
  private leaveBehind(one: RunnerWorld): void {
    one.current = 0;
    if (this.isFenceable && one.phase === phase.live) {
      one.machine = 0;
      one.progress = progress.none;
      one.word = 0;
      one.refused = 0;
      one.checked = 0;
    }
  }

  /** Is what the journal now says true? */
  private holdAgainst(
    next: World,
    machine: KnownMachine,
    event: Event | null,
    before: KnownMachine,
    was: KnownState,
    checked: number,
  ): void {
    const { state } = machine.at;
    const job = before.at.job < 0 ? machine.at.job : before.at.job;
    const spec = this.configuration.jobs[job];
    if (spec === undefined) return;
    const claims = state.type === "completing" ? state : before.at.state.type === "completing" ? before.at.state : null;
    if (claims?.how === "executed" && was.state.type !== "completing" && checked === 0)
      this.notice(next, "false_applied");
    if (event?.type === "recorded") {
      const up = spec.direction === "up";
      const how = before.at.state.type === "completing" ? before.at.state.how : "executed";
      if (how === "executed" && next.byHand === 0 && !this.isMade(next, job, 1)) this.notice(next, "false_applied");
      if ((next.applied & (up ? this.needs[job]! : 0)) !== (up ? this.needs[job] : 0))
        this.notice(next, "dependency_broken");
      if ((next.applied & this.dependents[job]!) !== 0) this.notice(next, "dependency_broken");
      if (up) next.applied |= this.bits[job]!;
      else next.applied &= ~this.bits[job]!;
    }
    const clean =
      event?.type === "rollback_verified" ||
      (state.type === "failed" && state.wayBack === null) ||
      (event?.type === "resolve_reverted" && !event.forced);
    if (clean && next.byHand === 0) {
      const quiet = next.runners.every(
        ({ orphan, progress: running }) => orphan === 0 || running === progress.dangling,
      );
      if (!this.isMade(next, job, 0) || next.rowsGone === 1 || !quiet)
        this.notice(next, event?.type === "rollback_verified" ? "false_rollback" : "false_clean");
    }
    if (state.type !== "idle" && next.byHand === 0 && this.isLie(next, machine.at)) this.notice(next, "journal_lies");
  }

  /** A person is called: only for what a person must decide. */
  private excuse(next: World, at: number, event: Event, before: KnownMachine, machine: KnownMachine): void {
    const { base } = this;
    const others = base.drift === 1 || base.byHand === 1;
    const known = before.at;
    const cause = "cause" in event ? event.cause : null;
    switch (event.type) {
      case "undo_failed": {
        const failed = base.runners[at]!.progress === progress.failed || cause === "undo_destroys_data";
        const missing = cause === "no_undo" && known.plan.steps[event.step]?.undo === null;
        if (!failed && !missing) this.notice(next, "needless_human");
        return;
      }
      case "no_rollback":
        if (known.plan.steps[event.step]?.undo !== null) this.notice(next, "needless_human");
        return;
      case "rollback_unverified":
        if (cause === "rows_lost" ? base.rowsGone === 0 : !others) this.notice(next, "needless_human");
        return;
      case "undecidable":
        if (cause === "changed_outside" ? !others : !this.isUnseen(before)) this.notice(next, "needless_human");
        return;
      case "halted":
        // An operator's word, or the policy of a migration that undoes nothing by itself.
        return;
      default:
        if (machine.at.state.type === "failed" && machine.at.state.wayBack !== null)
          this.notice(next, "needless_human");
    }
  }

  /** Its effect may leave no evidence, or evidence that contradicts itself. */
  private isUnseen({ statement }: KnownMachine): boolean {
    const found = this.moves.statements[statement];
    if (found === undefined) return false;
    const facts = this.configuration.jobs[found.job]!.steps[found.step] ?? {};
    return found.class === "opaque" || (facts.preexisting === true && facts.mark === true);
  }

  private isMade(world: World, job: number, value: number): boolean {
    const { steps, cells } = this.configuration.jobs[job]!;
    for (let step = 0; step < cells.length; step++)
      if (steps[step]!.preexisting !== true && world.cells[cells[step]!] !== this.valueOf(job, value)) return false;
    return true;
  }

  private isLie(world: World, at: KnownState): boolean {
    for (const index of this.configuration.jobs[at.job]!.cells) {
      const implied = at.implied[index]!;
      if (implied >= 0 && world.cells[index] !== this.valueOf(at.job, implied)) return true;
    }
    return false;
  }

  /** An object is neither as the journal implies nor, for the statement in doubt, as it would leave it. */
  private differs(at: number, known: KnownState): boolean {
    const { base } = this;
    if (base.drift === 1) return true;
    const job = this.configuration.jobs[known.job]!;
    const view = this.view(at);
    for (let step = 0; step < job.cells.length; step++) {
      if (!isVisible(job, step)) continue;
      const implied = known.implied[job.cells[step]!]!;
      if (implied >= 0 && view[job.cells[step]!] !== this.valueOf(known.job, implied)) return true;
    }
    return false;
  }

  private differsFromSnapshot(at: number, known: KnownState): boolean {
    if (this.base.drift === 1) return true;
    const job = this.configuration.jobs[known.job]!;
    const view = this.view(at);
    for (let step = 0; step < job.cells.length; step++)
      if (isVisible(job, step) && view[job.cells[step]!] !== this.valueOf(known.job, 0)) return true;
    return false;
  }

  /** The database does a statement, wholly or in part. Answers whether anything changed. */
  private apply(next: World, at: number, statement: Statement, half: boolean): boolean {
    const { job, way, last } = statement;
    const inside = next.transaction === at + 1;
    const cells = inside ? next.inside : next.cells;
    const { steps, cells: names, plan } = this.configuration.jobs[job]!;
    const step = this.stepOf(statement);
    const mine = names[step]!;
    const [made, unmade] = [this.valueOf(job, 1), this.valueOf(job, 0)];
    for (const one of next.runners) one.checked = 0;
    if (way === "up") {
      if (steps[step]!.preexisting === true) return false;
      if (cells[mine] === made) this.notice(next, "twice", inside);
      for (let earlier = 0; earlier < step; earlier++)
        if (steps[earlier]!.preexisting !== true && cells[names[earlier]!] !== made)
          this.notice(next, "out_of_order", inside);
      cells[mine] = half ? cell.partial : made;
      if (plan.steps[step]!.lossy) {
        if (inside) next.rowsGoneInside = 1;
        else next.rowsGone = 1;
      }
      return true;
    }
    if (next.byHand === 1) {
      this.notice(next, "hands_work_undone", inside);
      return true;
    }
    if (steps[step]!.preexisting === true) {
      this.notice(next, "snapshot_damaged", inside);
      return true;
    }
    if (cells[mine] === unmade) this.notice(next, "twice", inside);
    for (let later = step + 1; later < names.length; later++)
      // A step that an earlier one covers is taken back with that one, whatever lies between the two.
      if (
        steps[later]!.preexisting !== true &&
        (steps[later]!.coveredBy ?? later) > step &&
        cells[names[later]!] !== unmade
      )
        this.notice(next, "out_of_order", inside);
    cells[mine] = last ? unmade : cell.half_undone;
    if (last && way === "undo")
      for (let covered = step + 1; covered < names.length; covered++)
        if (steps[covered]!.coveredBy === step) cells[names[covered]!] = unmade;
    return true;
  }

  private noticeSending(next: World, at: number, machine: KnownMachine, statement: Statement): void {
    const inside = next.transaction === at + 1;
    for (let index = 0; index < next.runners.length; index++)
      if (index !== at && next.runners[index]!.progress === progress.running) this.notice(next, "two_in_flight");
    if (statement.way === "up" && next.runners[at]!.refused === 1)
      this.notice(next, "executed_although_refused", inside);
    if (machine.at.plan.transaction === "migration") return;
    const known = this.journal();
    const mine = this.configuration.jobs[statement.job]!.cells[this.stepOf(statement)]!;
    if (known.job !== statement.job || known.implied[mine] !== -1) this.notice(next, "unannounced", inside);
  }

  private orphan(at: number, one: RunnerWorld): void {
    const end = (name: ActionName, next: World) => {
      this.endOrphan(next, at);
      this.tell(name, at, next);
    };
    if (one.progress === progress.dangling) {
      end("session_ends", this.copy());
      return;
    }
    const statement = this.moves.statements[one.statement]!;
    // Nobody is there to commit it.
    if (statement.class === "transactional") {
      end("orphan_fails", this.copy());
      return;
    }
    const applied = this.copy();
    this.apply(applied, at, statement, false);
    end("orphan_applies", applied);
    end("orphan_fails", this.copy());
    if (statement.class !== "opaque" || statement.way !== "up") return;
    const part = this.copy();
    this.apply(part, at, statement, true);
    end("orphan_does_a_part", part);
  }

  private crash(at: number): void {
    const next = this.copy();
    this.leaveSession(next, at, phase.off);
    this.tell("crash", at, next);
  }

  /** What may happen to a session while its client lives. */
  private disturb(at: number, one: RunnerWorld): void {
    const { server } = this.configuration.profile;
    if (!server) {
      if (one.leaseLost === 0) {
        const next = this.copy();
        next.runners[at]!.leaseLost = 1;
        this.tell("lease_lost", at, next);
      }
      return;
    }
    const cut = this.copy();
    this.leaveSession(cut, at, phase.cut_off);
    this.tell("connection_cut", at, cut);
    if (this.protocol.lease === "clock" && one.leaseLost === 0) {
      const next = this.copy();
      next.runners[at]!.leaseLost = 1;
      this.tell("lease_lost", at, next);
    }
    const kill = (name: ActionName, next: World) => {
      this.rollBackOf(next, at);
      this.endSession(next, at, phase.cut_off);
      this.tell(name, at, next);
    };
    kill("session_killed", this.copy());
    const statement = one.progress === progress.running ? this.running(one) : undefined;
    if (statement === undefined || statement.class === "transactional") return;
    const tooLate = this.copy();
    this.apply(tooLate, at, statement, false);
    kill("session_killed_too_late", tooLate);
    if (statement.class !== "opaque" || statement.way !== "up") return;
    const halfWay = this.copy();
    this.apply(halfWay, at, statement, true);
    kill("session_killed_half_way", halfWay);
  }

  /** What concerns everybody: the server, and people who use no runner. */
  private everybody(): void {
    const { base, configuration } = this;
    if (configuration.profile.server) this.serverCrash();
    const known = this.journal();
    if (configuration.operator) this.byHand(known);
    if (this.arriving !== 0 && (base.applied & this.arriving) === 0) {
      const next = this.copy();
      next.applied |= this.arriving;
      this.tell("dependency_arrives", 0, next);
    }
    const blocked = !configuration.profile.server && base.transaction !== 0;
    if (!configuration.drift || blocked) return;
    // Before the snapshot it makes no difference, and after the end neither.
    let matters = known.plan.steps.length > 0;
    for (const { machine } of base.runners) matters ||= this.moves.machines[machine]!.at.plan.steps.length > 0;
    if (!matters && base.drift === 0) return;
    const next = this.copy();
    next.drift = 1 - base.drift;
    this.tell(base.drift === 0 ? "object_changed" : "object_changed_back", 0, next);
  }

  private serverCrash(): void {
    const { base } = this;
    if (!this.isAnySessionOpen()) return;
    this.fall("server_crash", this.copy());
    for (let at = 0; at < base.runners.length; at++) {
      const one = base.runners[at]!;
      const statement = one.progress === progress.running ? this.running(one) : undefined;
      if (statement === undefined || statement.class === "transactional") continue;
      const after = this.copy();
      this.apply(after, at, statement, false);
      this.fall("server_crash_after_effect", after);
      if (statement.class !== "opaque" || statement.way !== "up") continue;
      const halfWay = this.copy();
      this.apply(halfWay, at, statement, true);
      this.fall("server_crash_half_way", halfWay);
    }
  }

  private fall(name: ActionName, next: World): void {
    this.rollBack(next);
    for (let at = 0; at < this.base.runners.length; at++) {
      const one = this.base.runners[at]!;
      if (one.orphan === 1) this.endOrphan(next, at);
      if (hasSession(one)) this.endSession(next, at, phase.cut_off);
    }
    this.tell(name, 0, next);
  }

  private isAnySessionOpen(): boolean {
    for (const one of this.base.runners) if (hasSession(one) || one.orphan === 1) return true;
    return false;
  }

  /** People work in the database themselves only while no runner does: that is what they are told. */
  private byHand(known: KnownState): void {
    const { base } = this;
    if (this.correctable && base.corrected === 0 && known.state.type === "failed") {
      const next = this.copy();
      next.corrected = 1;
      this.tell("correct_file", 0, next);
    }
    if (known.job < 0 || base.transaction !== 0) return;
    if (this.isAnySessionOpen()) return;
    for (const value of [1, 0]) {
      if (value === 1 && !this.mayBeMade(known.job)) continue;
      const next = this.copy();
      if (!this.makeAll(next, known.job, value)) continue;
      // What no fingerprint sees, nobody can tell from the machine's own work; see docs/model.md.
      if (known.state.type !== "failed" && !this.seesHand(next, known)) continue;
      next.byHand = 1;
      this.tell(value === 1 ? "finish_by_hand" : "restore_by_hand", 0, next);
    }
  }

  /** Does the work of hands show, so that a restart can tell it from the machine's own? */
  private seesHand(next: World, known: KnownState): boolean {
    const job = this.configuration.jobs[known.job]!;
    return job.cells.some((index, step) => {
      const implied = known.implied[index]!;
      return isVisible(job, step) && implied >= 0 && next.cells[index] !== this.valueOf(known.job, implied);
    });
  }

  /** Makes every effect of a job (1) or none (0) true. Answers whether that changed anything. */
  private makeAll(next: World, job: number, value: number): boolean {
    const { steps, cells } = this.configuration.jobs[job]!;
    let changed = false;
    for (const [step, index] of cells.entries()) {
      if (steps[step]!.preexisting === true) continue;
      const wanted = this.valueOf(job, value);
      if (next.cells[index] !== wanted) changed = true;
      next.cells[index] = wanted;
    }
    if (value === 0) next.rowsGone = 0;
    return changed;
  }

  /** Its SQL would fail without what it depends on. */
  private mayBeMade(job: number): boolean {
    const { base } = this;
    return (base.applied & this.needs[job]!) === this.needs[job] && (base.applied & this.dependents[job]!) === 0;
  }

  private leaseIsFree(): boolean {
    for (let at = 0; at < this.base.runners.length; at++) if (this.holdsLease(this.base, at)) return false;
    return true;
  }

  private holdsLease(world: World, at: number): boolean {
    const one = world.runners[at]!;
    return (hasSession(one) && one.leaseLost === 0) || (one.orphan === 1 && this.protocol.lease !== "client");
  }

  private running(one: RunnerWorld): Statement | undefined {
    const id = one.orphan === 1 ? one.statement : this.moves.machines[one.machine]!.statement;
    return this.moves.statements[id];
  }

  /** The client is gone. A server's session stays until the server notices, and its statement until it ends. */
  private leaveSession(next: World, at: number, then: number): void {
    const before = this.base.runners[at]!;
    if (!hasSession(before)) {
      next.runners[at]!.phase = then;
      return;
    }
    if (!this.configuration.profile.server) {
      this.rollBackOf(next, at);
      this.endSession(next, at, then);
      return;
    }
    const statement = before.phase === phase.live ? this.moves.machines[before.machine]!.statement : -1;
    this.endSession(next, at, then, then === phase.cut_off ? before.machine : 0);
    const left = next.runners[at]!;
    left.orphan = 1;
    const runs = before.progress === progress.running;
    left.progress = runs ? progress.running : progress.dangling;
    left.statement = runs ? statement : 0;
  }

  /** Forgets everything of a session but, for an orphan, what it still does. */
  private endSession(next: World, at: number, then: number, memory = 0): void {
    const one = next.runners[at]!;
    one.phase = then;
    one.arrival = 0;
    one.machine = this.protocol.forgets ? 0 : memory;
    one.current = 0;
    one.leaseLost = 0;
    one.word = 0;
    one.progress = progress.none;
    one.statement = 0;
    one.orphan = 0;
    one.refused = 0;
    one.checked = 0;
  }

  private endOrphan(next: World, at: number): void {
    this.rollBackOf(next, at);
    const one = next.runners[at]!;
    one.orphan = 0;
    one.progress = progress.none;
    one.statement = 0;
  }

  private begin(next: World, at: number): void {
    next.transaction = at + 1;
    for (let index = 0; index < cellMax; index++) next.inside[index] = next.cells[index]!;
    next.rowsGoneInside = next.rowsGone;
  }

  private rollBackOf(next: World, at: number): void {
    if (next.transaction === at + 1) this.rollBack(next);
  }

  private rollBack(next: World): void {
    next.transaction = 0;
    next.rowsGoneInside = 0;
    next.hazardsInside = 0;
    for (let index = 0; index < cellMax; index++) next.inside[index] = 0;
  }

  private view(at: number): readonly number[] {
    return this.base.transaction === at + 1 ? this.base.inside : this.base.cells;
  }

  private journal(): KnownState {
    return this.moves.states[this.base.journal]!;
  }

  /** The step whose effect a statement makes or takes back. */
  private stepOf({ way, step, job }: Statement): number {
    return way === "down" ? this.configuration.jobs[job]!.cells.length - 1 - step : step;
  }

  private cellOf(job: number, step: number): number {
    return this.configuration.jobs[job]!.cells[step]!;
  }

  /** A job on its way down makes what the one on its way up takes back. */
  private valueOf(job: number, value: number): number {
    return this.configuration.jobs[job]!.direction === "up" || value > 1 ? value : 1 - value;
  }

  private notice(next: World, hazard: Hazard, inside = false): void {
    if (inside) next.hazardsInside |= hazardBits[hazard];
    else next.hazards |= hazardBits[hazard];
  }

  private copy(): World {
    copyWorld(this.base, this.next);
    return this.next;
  }

  private mayHappen(action: number): boolean {
    return this.isAllowed === null || this.isAllowed(actionOf(action), this.base, this.moves);
  }

  private pass(action: number, world: World): void {
    if (!this.mayHappen(action)) return;
    if (this.move !== null) for (const count of this.move.counts) count.times++;
    this.emit(action, world);
  }

  private tell(name: ActionName, at: number, next: World, commit: Commit = "", job = 0): void {
    this.pass(actionId(nameIds[name], commitIds[commit], at, job), next);
  }
}

function hasSession(one: RunnerWorld): boolean {
  return one.phase === phase.leased || one.phase === phase.live;
}

function isVisible(job: Job, step: number): boolean {
  const facts = job.steps[step]!;
  return facts.rows !== true && facts.preexisting !== true;
}
