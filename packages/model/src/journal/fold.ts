import type { Epoch, Seq } from "../brand.ts";
import { epoch, seq } from "../brand.ts";
import type { PlannedStatement, PlannedStep, Plan, StepClass } from "../plan/step-plan.ts";
import { emptyPlan } from "../plan/step-plan.ts";
import type { State } from "../state.ts";
import { atStart } from "../state.ts";
import { transition } from "../transition.ts";
import type { Detail, JournalRecord, Json, TransitionRecord } from "./record.ts";
import { eventOf } from "./record.ts";

/** What a restart knows after reading the journal. */
export interface Folded {
  readonly state: State;
  /** The plan of the migration under way; empty in `idle` and before `prepared`. */
  readonly plan: Plan;
  /** The records of the last migration since its `start`, oldest first; none once it is recorded. */
  readonly records: readonly TransitionRecord[];
  readonly tail: Seq;
  readonly epoch: Epoch;
}

export type FoldResult =
  | { readonly type: "folded"; readonly folded: Folded }
  /** The record cannot have been written by this machine: somebody changed the journal, or a bug of ours did. */
  | { readonly type: "impossible"; readonly seq: number; readonly why: string };

export const emptyFold: Folded = { state: atStart, plan: emptyPlan, records: [], tail: seq(0), epoch: epoch(0) };

/**
 * Folds records into a state by running each event through `transition` once more: the journal is read by the very
 * function that wrote it. `from` is where to begin; it may be the fold of everything before, or, since `recorded`
 * leaves nothing behind, an idle machine whose tail is the last `recorded`.
 */
export function fold(records: Iterable<JournalRecord>, from: Folded = emptyFold): FoldResult {
  let { state, plan, tail, epoch } = from;
  let kept: TransitionRecord[] = [...from.records];
  for (const record of records) {
    if (record.seq !== tail + 1)
      return impossible(record.seq, `expected record ${tail + 1}: a record is missing or doubled`);
    if (record.epoch < epoch) return impossible(record.seq, `its epoch ${record.epoch} is older than ${epoch}`);
    tail = record.seq;
    epoch = record.epoch;
    if (record.kind === "note") continue;
    const event = eventOf(record);
    if (event === null) return impossible(record.seq, `its detail lacks what the event ${record.event} needs`);
    if (record.from !== state.type)
      return impossible(record.seq, `it leads from ${record.from}, but the migration was in ${state.type}`);
    const planned = record.event === "prepared" || record.event === "retry_rollback" ? planOf(record.detail) : plan;
    if (planned === null) return impossible(record.seq, "the plan in its detail cannot be read");
    plan = record.event === "step_sent" ? withFoundUndo(planned, record.step, record.detail) : planned;
    const process = { epoch, tail: seq(record.seq - 1), awaiting: null };
    const outcome = transition({ plan }, { state, process }, event, null);
    if (outcome.type !== "moved") return impossible(record.seq, `${state.type} does not accept ${event.type} here`);
    if (outcome.record.to !== record.to)
      return impossible(record.seq, `${event.type} leads to ${outcome.record.to}, not to ${record.to}`);
    if (outcome.record.migration !== record.migration || outcome.record.direction !== record.direction)
      return impossible(
        record.seq,
        `it speaks of ${record.migration} (${record.direction}), but ${outcome.record.migration} ` +
          `(${outcome.record.direction}) is under way`,
      );
    state = outcome.machine.state;
    if (record.event === "start") kept = [];
    kept.push(record);
    if (state.type === "idle") plan = emptyPlan;
    if (record.event === "recorded") kept = [];
  }
  return { type: "folded", folded: { state, plan, records: kept, tail, epoch } };
}

/**
 * An undo can be found only when its step is about to be sent, because steps before it change what it depends on. It is in
 * the detail of that record, and the plan has it from there on: nothing of the step could be undone any sooner.
 */
export function withFoundUndo(plan: Plan, step: number | null, detail: Detail): Plan {
  const found = statements(object(detail["undo"])?.["classes"]);
  if (found === undefined || found === null) return plan;
  return { ...plan, steps: plan.steps.map((one, index) => (index === step ? { ...one, undo: found } : one)) };
}

/** The plan as it is stored in the detail of `prepared` and `retry_rollback`. */
export function planDetail(plan: Plan): Detail {
  const { transaction, recovery } = plan;
  return {
    transaction,
    recovery,
    steps: plan.steps.map((step) => ({
      class: step.class,
      lossy: step.lossy,
      undo: step.undo?.map((statement) => statement.class) ?? null,
    })),
    down: plan.down?.map((statement) => statement.class) ?? null,
  };
}

/** Reads `detail.plan`; null when it is not what `planDetail` writes. */
export function planOf(detail: Detail): Plan | null {
  const plan = object(detail["plan"]);
  const { transaction, recovery, steps, down } = {
    transaction: plan?.["transaction"],
    recovery: plan?.["recovery"],
    steps: plan?.["steps"],
    down: statements(plan?.["down"]),
  };
  if (transaction !== "migration" && transaction !== "step" && transaction !== "none") return null;
  if (recovery !== "rollback" && recovery !== "resume" && recovery !== "stop") return null;
  if (!isList(steps) || down === undefined) return null;
  const planned: PlannedStep[] = [];
  for (const value of steps) {
    const step = object(value);
    const promise = step?.["class"];
    const lossy = step?.["lossy"];
    const undo = statements(step?.["undo"]);
    if (!isClass(promise) || typeof lossy !== "boolean" || undo === undefined) return null;
    planned.push({ class: promise, lossy, undo });
  }
  return { transaction, recovery, steps: planned, down };
}

/** Undefined when it is neither null nor a list of classes. */
function statements(value: Json | undefined): readonly PlannedStatement[] | null | undefined {
  if (value === null) return null;
  if (!isList(value)) return undefined;
  const classes = value.filter(isClass);
  return classes.length === value.length ? classes.map((promise) => ({ class: promise })) : undefined;
}

function object(value: Json | undefined): Detail | null {
  return typeof value === "object" && value !== null && !isList(value) ? value : null;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isClass(value: Json | undefined): value is StepClass {
  return value === "transactional" || value === "atomic" || value === "opaque";
}

function impossible(at: number, why: string): FoldResult {
  return { type: "impossible", seq: at, why };
}
