/**
 * The machine as the explorer drives it: every call goes to `judge` and `transition` themselves, and its answer is kept,
 * because the same few machines come up again in hundreds of thousands of worlds. Plans, states and machines get numbers
 * in the order in which they are met, so that a world can name them in a few bits; equal numbers, equal data.
 */
import { assertNever } from "../assert-never.ts";
import { epoch, seq } from "../brand.ts";
import type { Effect } from "../effect.ts";
import type { Event } from "../event.ts";
import { isBarrier } from "../barrier.ts";
import type { Reply } from "../judge.ts";
import { judge } from "../judge.ts";
import type { Plan, PlannedStatement } from "../plan/step-plan.ts";
import { emptyPlan } from "../plan/step-plan.ts";
import { remaining } from "../plan/way-back.ts";
import type { Evidence } from "../recovery.ts";
import { afterRefusal, doubtTable } from "../recovery.ts";
import type { State } from "../state.ts";
import { atStart } from "../state.ts";
import type { EffectId, Machine } from "../transition.ts";
import { transition } from "../transition.ts";
import type { Variant } from "../variant.ts";
import { afterLoss, afterRestart, shownType } from "../variant.ts";
import { stepCountMax } from "../world-limits.ts";
import type { Configuration, Job } from "./configuration.ts";
import { forget } from "./forget.ts";
import { requireRoom } from "./room.ts";

/** The pure functions under test. A mutant replaces one of them. */
export interface Rules {
  readonly transition: typeof transition;
  readonly judge: typeof judge;
  readonly isBarrier: typeof isBarrier;
  readonly afterRestart: typeof afterRestart;
  readonly afterLoss: typeof afterLoss;
  readonly afterRefusal: typeof afterRefusal;
}

export const productionRules: Rules = { transition, judge, isBarrier, afterRestart, afterLoss, afterRefusal };

/** How often something was seen. */
interface Count {
  times: number;
}

/** What came of an event. */
export interface Move {
  /** The machine after it; null when the event was refused or ignored, and nothing changed. */
  readonly machine: KnownMachine | null;
  readonly event: Event | null;
  /** The event was refused although the machine's own effect led to it. */
  readonly refused: boolean;
  /** The row of the table that was taken, `from event to`. */
  readonly edge: string | null;
  /** The row of the doubt table that has decided. */
  readonly decision: string | null;
  /** Counters of that edge and that row. */
  readonly counts: readonly Count[];
}

/** A state with its plan: what the journal can hold. */
export interface KnownState {
  readonly id: number;
  readonly state: State;
  readonly plan: Plan;
  /** Index into `configuration.jobs`, -1 in `idle`. */
  readonly job: number;
  /** What the journal implies of each cell: 0 as before, 1 as the job makes it, 3 half undone, -1 either. */
  readonly implied: Int8Array;
  /** Numbers of the steps that are still to be taken back, for what is told. */
  readonly remaining: readonly number[];
}

/** A state and the effect that is outstanding: what a runner has in memory. */
export interface KnownMachine {
  readonly id: number;
  readonly at: KnownState;
  readonly effect: Effect | null;
  /** Every record so far must be durable before the effect is performed. */
  readonly barrier: boolean;
  /** The statement that the effect asks to run, observe or decide; -1: none. */
  readonly statement: number;
  /** What each reply, event or word leads to, by `code`. */
  readonly moves: Map<number, Move>;
}

/** One statement of a job, as the database side knows it. */
export interface Statement {
  readonly id: number;
  readonly job: number;
  readonly way: "up" | "undo" | "down";
  readonly step: number;
  readonly part: number;
  /** It is the last one of its undo. */
  readonly last: boolean;
  readonly class: PlannedStatement["class"];
}

/** What an operator or a restart may say to a machine that waits for no reply of theirs. */
export type Word =
  | { readonly type: "start"; readonly job: number }
  | { readonly type: "restart" }
  | { readonly type: "loss" }
  | { readonly type: "refused" }
  | { readonly type: "commit_failed" }
  | { readonly type: "raise" }
  | { readonly type: "event"; readonly event: Event }
  /** `retry_rollback` with the undos as the file has them now. */
  | { readonly type: "retry_rollback"; readonly corrected: boolean }
  /** A reply to an effect that nobody waits for any more. */
  | { readonly type: "late"; readonly event: Event };

/** The widths in which a world names states and machines. */
const stateIdMax = 0x3fff;
const machineIdMax = 0x3fff;

export class Moves {
  readonly configuration: Configuration;
  readonly variant: Variant;
  readonly rules: Rules;
  readonly states: KnownState[] = [];
  readonly machines: KnownMachine[] = [];
  readonly statements: readonly Statement[];
  /** The edges that some machine has taken, `from event to`, each with the first machine that it led to. */
  readonly edges = new Map<string, KnownMachine>();
  /** How often each edge was a transition of the world, and each row of the doubt table decided one. */
  readonly edgeCounts = new Map<string, Count>();
  readonly decisionCounts = new Map<string, Count>();
  private readonly stateIds = new Map<string, KnownState>();
  private readonly machineIds = new Map<string, KnownMachine>();
  private readonly plans: readonly Plan[];
  /** Where a machine at its commit point came from, should the engine refuse the commit. */
  private readonly beforeCommit = new Map<number, KnownMachine>();

  constructor(configuration: Configuration, variant: Variant, rules: Rules = productionRules) {
    this.configuration = configuration;
    this.variant = variant;
    this.rules = rules;
    const { jobs } = configuration;
    const followed = (plan: Plan): Plan => ({ ...plan, recovery: variant.recovery ?? plan.recovery });
    const plans = jobs.map(({ plan }) => followed(plan));
    const later = jobs.map((job) => followed(job.corrected ?? corrected(job.plan)));
    this.plans = [emptyPlan, ...plans, ...later];
    this.statements = statementsOf(jobs, later);
    requireRoom(configuration, this.statements.length);
    this.rest(this.state(0, atStart));
  }

  /** The machine of a new process that has read the journal and waits for nothing. */
  rest(at: KnownState): KnownMachine {
    return this.machine(at, null);
  }

  /** A state that an earlier life has left in the journal; in `idle` there is no job. `state` as `KnownState` has it. */
  remember(state: State): KnownState {
    if (state.type === "idle") return this.state(0, state);
    const job = this.configuration.jobs.findIndex(
      ({ migration, direction }) => migration === state.migration && direction === state.direction,
    );
    const isPrepared = state.type !== "preparing" && (state.type !== "failed" || state.wayBack !== null);
    return this.state(isPrepared ? job + 1 : 0, state);
  }

  /** The reply to the machine's effect. `code` names the reply within one machine. */
  reply(machine: KnownMachine, code: number, reply: Reply, corrected = false): Move {
    const known = machine.moves.get(code);
    if (known !== undefined) return known;
    const { effect, at } = machine;
    if (effect === null || effect.type === "raise") throw new Error("A machine at rest awaits no reply.");
    const decision = reply.type === "evidence" ? this.decisionOn(machine, reply) : null;
    const taken = this.take(machine, this.rules.judge(at.plan, at.state, effect, reply), awaited, corrected);
    const move =
      decision === null
        ? taken
        : { ...taken, decision, counts: [...taken.counts, counter(this.decisionCounts, decision)] };
    machine.moves.set(code, move);
    return move;
  }

  /** Something that is no reply. Codes of words lie above those of replies. */
  say(machine: KnownMachine, code: number, word: Word): Move {
    const known = machine.moves.get(code);
    if (known !== undefined) return known;
    const move = this.hear(machine, word);
    machine.moves.set(code, move);
    return move;
  }

  private decisionOn({ statement }: KnownMachine, seen: Evidence): string | null {
    const promise = this.statements[statement]?.class ?? "opaque";
    return doubtTable.find(({ when }) => when(promise, seen))?.name ?? null;
  }

  private hear(machine: KnownMachine, word: Word): Move {
    const { at, effect } = machine;
    switch (word.type) {
      case "start": {
        const { migration, direction } = this.configuration.jobs[word.job]!;
        return this.take(machine, { type: "start", migration, direction }, null);
      }
      case "restart":
        return this.perhaps(machine, this.rules.afterRestart(at.state));
      case "loss":
        return this.perhaps(machine, this.rules.afterLoss(this.variant, at.state));
      case "refused":
        return this.perhaps(machine, this.rules.afterRefusal(at.plan, at.state));
      case "commit_failed": {
        const before = this.beforeCommit.get(machine.at.id);
        return before === undefined
          ? nothing
          : this.take(before, { type: "postcheck_failed", cause: "commit_failed" }, null);
      }
      case "raise":
        return effect?.type === "raise" ? this.take(machine, effect.event, awaited) : nothing;
      case "event":
        return this.take(machine, word.event, null);
      case "retry_rollback": {
        const job = at.job + 1 + (word.corrected ? this.configuration.jobs.length : 0);
        const better = this.machine(this.state(job, at.state), effect);
        return this.take(better, { type: "retry_rollback" }, null);
      }
      case "late":
        return this.take(machine, word.event, outdated);
      default:
        return assertNever(word);
    }
  }

  private perhaps(machine: KnownMachine, event: Event | null): Move {
    return event === null ? { ...nothing, machine } : this.take(machine, event, null);
  }

  private take(machine: KnownMachine, event: Event, answers: EffectId | null, corrected = false): Move {
    const { at, effect } = machine;
    const file = at.job + 1 + (corrected ? this.configuration.jobs.length : 0);
    const plan = event.type === "prepared" ? this.plans[file]! : at.plan;
    const awaiting = effect === null ? null : awaited;
    const before: Machine = { state: at.state, process: { epoch: epoch(1), tail: seq(1), awaiting } };
    const outcome = this.rules.transition({ plan, variant: this.variant }, before, event, answers);
    if (outcome.type !== "moved") return { ...nothing, event, refused: outcome.type === "refused" };
    const state = forget(outcome.machine.state);
    const planIndex = state.type === "idle" ? 0 : this.plans.indexOf(plan);
    const next = this.machine(this.state(planIndex, state), outcome.effect);
    const from = shownType(this.variant, at.plan, at.state);
    const edge = `${from} ${event.type} ${shownType(this.variant, next.at.plan, state)}`;
    if (!this.edges.has(edge)) this.edges.set(edge, next);
    if (event.type === "postcheck_passed") this.beforeCommit.set(next.at.id, machine);
    return { ...nothing, machine: next, event, edge, counts: [counter(this.edgeCounts, edge)] };
  }

  private state(planIndex: number, state: State): KnownState {
    const key = `${planIndex} ${JSON.stringify(state)}`;
    const known = this.stateIds.get(key);
    if (known !== undefined) return known;
    const id = this.states.length;
    if (id > stateIdMax) throw new RangeError(`More than ${stateIdMax} states of the machine.`);
    const job =
      state.type === "idle"
        ? -1
        : this.configuration.jobs.findIndex(
            ({ migration, direction }) => migration === state.migration && direction === state.direction,
          );
    const plan = this.plans[planIndex]!;
    const made: KnownState = {
      id,
      state,
      plan,
      job,
      implied: impliedBy(plan, state, this.configuration.jobs[job]),
      remaining: state.type === "rolling_back" ? remaining(plan, state) : [],
    };
    this.states.push(made);
    this.stateIds.set(key, made);
    return made;
  }

  private machine(at: KnownState, effect: Effect | null): KnownMachine {
    const key = `${at.id} ${effect === null ? "" : JSON.stringify(effect)}`;
    const known = this.machineIds.get(key);
    if (known !== undefined) return known;
    const id = this.machines.length;
    if (id > machineIdMax) throw new RangeError(`More than ${machineIdMax} machines.`);
    const made: KnownMachine = {
      id,
      at,
      effect,
      barrier: this.rules.isBarrier(at.plan, effect),
      statement: this.statementOf(at, effect),
      moves: new Map(),
    };
    this.machines.push(made);
    this.machineIds.set(key, made);
    return made;
  }

  private statementOf({ job, state, plan }: KnownState, effect: Effect | null): number {
    if (effect === null || !("way" in effect) || (effect.type === "run" && effect.by === "engine")) return -1;
    const down = state.type === "rolling_back" && state.route === "down";
    const way = effect.way === "up" ? "up" : down ? "down" : "undo";
    const { step, part } = effect;
    const given = way !== "undo" || plan.steps[step]?.undo?.[part] !== undefined;
    const found = this.statements.find(
      (one) => one.job === job && one.way === way && one.step === step && one.part === part,
    );
    return given && found !== undefined ? found.id : -1;
  }
}

const nothing: Move = { machine: null, event: null, refused: false, edge: null, decision: null, counts: [] };
const awaited: EffectId = { epoch: epoch(1), seq: seq(1) };
const outdated: EffectId = { epoch: epoch(1), seq: seq(0) };

function counter(counts: Map<string, Count>, name: string): Count {
  const known = counts.get(name);
  if (known !== undefined) return known;
  const made: Count = { times: 0 };
  counts.set(name, made);
  return made;
}

/** The file after its author has given every undo that was missing. */
function corrected(plan: Plan): Plan {
  return {
    ...plan,
    steps: plan.steps.map((step) => (step.undo === null ? { ...step, undo: [{ class: step.class }] } : step)),
  };
}

function statementsOf(jobs: readonly Job[], plans: readonly Plan[]): readonly Statement[] {
  const all: Omit<Statement, "id">[] = [];
  for (const [job] of jobs.entries()) {
    const { steps, down } = plans[job]!;
    for (const [step, planned] of steps.entries()) {
      all.push({ job, way: "up", step, part: 0, last: true, class: planned.class });
      const undo = planned.undo ?? [];
      for (const [part, one] of undo.entries())
        all.push({ job, way: "undo", step, part, last: part === undo.length - 1, class: one.class });
    }
    for (const [step, one] of (down ?? []).entries())
      all.push({ job, way: "down", step, part: 0, last: true, class: one.class });
  }
  return all.map((one, id) => ({ ...one, id }));
}

/** What the journal says of each cell that the job's steps change. */
function impliedBy(plan: Plan, state: State, job: Job | undefined): Int8Array {
  const implied = new Int8Array(cellMax);
  if (job === undefined) return implied;
  const back = state.type === "failed" ? state.wayBack : state.type === "rolling_back" ? state : null;
  const progress = back ?? (state.type === "migrating" || state.type === "validating_post" ? state : null);
  const all = state.type === "completing";
  for (const [step, cell] of job.cells.entries()) {
    const changes = !(job.steps[step]?.preexisting ?? false);
    const reached = all || (progress !== null && step < progress.reached && !progress.unchanged.includes(step));
    let value = reached && changes ? 1 : 0;
    if (back !== null && value === 1) value = stillThere(plan, back, job, step);
    implied[cell] = value;
  }
  const doubt = back?.doubt === "up" || (state.type === "migrating" && state.inDoubt) ? progress!.reached : null;
  if (doubt !== null) implied[job.cells[doubt]!] = -1;
  if (back?.doubt === "undo") {
    const step = back.route === "down" ? plan.steps.length - 1 - back.done : back.left - 1;
    for (const [at, cell] of job.cells.entries())
      if (at === step || job.steps[at]?.coveredBy === step) implied[cell] = -1;
  }
  return implied;
}

function stillThere(
  plan: Plan,
  back: { readonly route: string; readonly left: number; readonly part: number; readonly done: number },
  job: Job,
  step: number,
): number {
  if (back.route === "down") return plan.steps.length - 1 - step >= back.done ? 1 : 0;
  const by = job.steps[step]?.coveredBy ?? step;
  if (by >= back.left) return 0;
  return by === back.left - 1 && back.part > 0 && by === step ? 3 : 1;
}

/** So many cells fit into a world. */
export const cellMax = stepCountMax;
