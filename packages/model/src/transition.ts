import { assertNever } from "./assert-never.ts";
import type { Epoch, Seq } from "./brand.ts";
import { seq } from "./brand.ts";
import type { Cause } from "./cause.ts";
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import type { Plan } from "./plan/step-plan.ts";
import { afterUndo, nextUndo } from "./plan/way-back.ts";
import { afterInterruption, interruptionCountMax } from "./recovery.ts";
import type {
  Completing,
  Failed,
  Migrating,
  Progress,
  RollingBack,
  State,
  StateType,
  Subject,
  ValidatingPost,
  WayBack,
} from "./state.ts";
import { targets } from "./table.ts";
import type { Variant } from "./variant.ts";
import { variants } from "./variant.ts";

/** What does not change while a migration is under way. Without a variant it is `adjusted`. */
export interface Config {
  readonly plan: Plan;
  readonly variant?: Variant;
}

/** An effect's name: the owner that asked for it, and the record that led to it. A late reply carries an old one. */
export interface EffectId {
  readonly epoch: Epoch;
  readonly seq: Seq;
}

/** What dies with the process: which owner it is, where the journal's tail was, and what it is waiting for. */
export interface Process {
  readonly epoch: Epoch;
  readonly tail: Seq;
  readonly awaiting: EffectId | null;
}

/** A crash is `process = null`. A restart makes a new process from the journal and nothing else. */
export interface Machine {
  readonly state: State;
  readonly process: Process;
}

/** What the journal must hold before the effect is performed. The runner adds run, time and the facts for people. */
export interface Record {
  readonly seq: Seq;
  readonly epoch: Epoch;
  readonly migration: string;
  readonly direction: "up" | "down";
  readonly from: StateType;
  readonly event: Event;
  readonly to: StateType;
}

export type Refusal = "not_in_table" | "guard";

export type Outcome =
  | { readonly type: "moved"; readonly machine: Machine; readonly record: Record; readonly effect: Effect | null }
  /** The reply to an effect that nobody waits for any more. */
  | { readonly type: "ignored"; readonly reason: "stale" }
  | { readonly type: "refused"; readonly reason: Refusal };

/**
 * Answers for every machine and every event; reads nothing else and changes nothing. `answers` is the id of the effect
 * that the event replies to, or null for what comes by itself: `start`, an interruption, an operator's word.
 */
export function transition(config: Config, machine: Machine, event: Event, answers: EffectId | null): Outcome {
  const { state, process } = machine;
  if (answers !== null && !isAwaited(process, answers)) return { type: "ignored", reason: "stale" };
  const { plan, variant = variants.adjusted } = config;
  if (targets(state.type, event.type, variant.table).length === 0) return { type: "refused", reason: "not_in_table" };
  const next = move(plan, variant, state, event);
  if (next === null) return { type: "refused", reason: "guard" };
  const subject = subjectOf(state.type === "idle" ? next.state : state);
  const place = seq(process.tail + 1);
  const awaiting = next.effect === null ? null : { epoch: process.epoch, seq: place };
  return {
    type: "moved",
    machine: { state: next.state, process: { epoch: process.epoch, tail: place, awaiting } },
    record: { seq: place, epoch: process.epoch, ...subject, from: state.type, event, to: next.state.type },
    effect: next.effect,
  };
}

function isAwaited(process: Process, id: EffectId): boolean {
  return process.awaiting !== null && process.awaiting.epoch === id.epoch && process.awaiting.seq === id.seq;
}

function subjectOf(state: State): { readonly migration: string; readonly direction: "up" | "down" } {
  if (state.type === "idle") throw new Error("An idle machine has no migration.");
  return { migration: state.migration, direction: state.direction };
}

interface Next {
  readonly state: State;
  readonly effect: Effect | null;
}

/** Null when a guard refuses. */
function move(plan: Plan, variant: Variant, state: State, event: Event): Next | null {
  switch (state.type) {
    case "idle": {
      if (event.type !== "start") return null;
      const { migration, direction } = event;
      const count = state.interrupted?.migration === migration ? state.interrupted.count : 0;
      const next: State = { type: "preparing", migration, direction, interruptionCount: count };
      // Judged before anything is looked at: what kills the runner may well be the looking.
      return count < interruptionCountMax
        ? { state: next, effect: { type: "prepare" } }
        : { state: next, effect: { type: "raise", event: { type: "preparation_failed", cause: "crash_loop" } } };
    }
    case "preparing":
      switch (event.type) {
        case "prepared":
          return { state: { ...subject(state), type: "validating_pre" }, effect: { type: "validate_pre" } };
        case "dependency_missing":
          return variant.missingDependency === "waits"
            ? { state, effect: { type: "prepare" } }
            : failClean(state, "dependency_missing");
        case "preparation_failed":
          return failClean(state, event.cause);
        case "interrupted":
          return failClean(counted(state, event), "interrupted");
        case "connection_lost":
          return failClean(state, "connection_lost");
        default:
          return null;
      }
    case "validating_pre":
      switch (event.type) {
        case "precheck_passed": {
          const next: Migrating = { ...subject(state), type: "migrating", reached: 0, unchanged: [], inDoubt: false };
          return { state: next, effect: forward(plan, next, false) };
        }
        case "doctrine_violated":
        case "precheck_failed":
          return failClean(state, event.cause);
        case "interrupted":
          return failClean(counted(state, event), "interrupted");
        case "connection_lost":
          return failClean(state, "connection_lost");
        default:
          return null;
      }
    case "migrating":
      return whileMigrating(plan, variant, state, event);
    case "validating_post":
      return whileValidatingPost(plan, variant, state, event);
    case "completing":
      switch (event.type) {
        case "recorded":
          return { state: { type: "idle", interrupted: null }, effect: null };
        case "interrupted":
        case "connection_lost":
          return complete(state, state.how);
        default:
          return null;
      }
    case "rolling_back":
      return whileRollingBack(plan, variant, state, event);
    case "failed":
      return whileFailed(plan, variant, state, event);
    default:
      return assertNever(state);
  }
}

function whileMigrating(plan: Plan, variant: Variant, state: Migrating, event: Event): Next | null {
  const { reached, inDoubt } = state;
  switch (event.type) {
    case "step_sent":
      if (inDoubt || event.step !== reached || reached >= plan.steps.length) return null;
      return {
        state: { ...state, inDoubt: true },
        effect: { type: "run", way: "up", step: reached, part: 0, by: "statement" },
      };
    case "step_applied":
      if (!inDoubt || event.step !== reached) return null;
      return goForward(plan, { ...state, ...applied(state, event.changed), inDoubt: false }, false);
    case "step_decided":
      if (!inDoubt || event.step !== reached || event.way !== "up") return null;
      return goForward(
        plan,
        { ...state, ...(event.applied ? applied(state, event.changed) : {}), inDoubt: false },
        false,
      );
    case "all_applied":
      if (inDoubt || reached !== plan.steps.length) return null;
      return {
        state: { ...subject(state), type: "validating_post", reached, unchanged: state.unchanged },
        effect: { type: "validate_post" },
      };
    case "step_failed":
      // Without a doubt it was never sent, because the look before it found somebody else's work.
      if (event.step !== reached || (event.unknown && !inDoubt)) return null;
      return rollBack(
        plan,
        variant,
        state,
        "step_error",
        event.unknown && variant.evidence === "gathered" ? "up" : null,
      );
    case "interrupted":
    case "connection_lost": {
      const found = counted(state, event);
      return afterInterruption(plan.recovery, "migrating") === "go_on"
        ? goForward(plan, found, true)
        : rollBack(plan, variant, found, event.type, inDoubt ? "up" : null);
    }
    default:
      return null;
  }
}

function whileValidatingPost(plan: Plan, variant: Variant, state: ValidatingPost, event: Event): Next | null {
  switch (event.type) {
    case "postcheck_passed":
      return complete(state, "executed");
    case "postcheck_failed":
      return rollBack(plan, variant, state, event.cause, null);
    case "interrupted":
    case "connection_lost": {
      const found = counted(state, event);
      return afterInterruption(plan.recovery, "validating_post") === "go_on"
        ? { state: found, effect: { type: "validate_post" } }
        : rollBack(plan, variant, found, event.type, null);
    }
    default:
      return null;
  }
}

function whileRollingBack(plan: Plan, variant: Variant, state: RollingBack, event: Event): Next | null {
  const next = nextUndo(plan, state);
  switch (event.type) {
    case "undo_sent":
      if (state.doubt !== null || next.type !== "statement" || !isAt(event, next)) return null;
      return {
        // Steps above it that need no undo are behind us: the doubt is about the statement that was sent.
        state: {
          ...state,
          ...(state.route === "down" ? {} : { left: event.step + 1, part: event.part }),
          doubt: "undo",
        },
        effect: { type: "run", way: "undo", step: event.step, part: event.part, by: "statement" },
      };
    case "step_undone": {
      const asked =
        next.type === "engine"
          ? event.by === "engine" && event.part === 0 && event.step === next.step && state.doubt === null
          : next.type === "statement" && event.by === "statement" && isAt(event, next) && state.doubt === "undo";
      return asked ? goBack(plan, variant, { ...state, ...afterUndo(plan, state, event.step) }, false) : null;
    }
    case "step_decided":
      if (state.doubt === null || event.way !== state.doubt) return null;
      if (event.way === "up") {
        if (event.step !== state.reached) return null;
        if (!event.applied) return goBack(plan, variant, { ...state, doubt: null }, false);
        const progress = applied(state, event.changed);
        const decided: RollingBack = { ...state, ...progress, left: state.left + 1, doubt: null };
        return goBack(plan, variant, { ...decided, route: routeBack(plan, progress) }, false);
      }
      if (next.type !== "statement" || !isAt(event, next)) return null;
      return goBack(
        plan,
        variant,
        { ...state, ...(event.applied ? afterUndo(plan, state, event.step) : { doubt: null }) },
        false,
      );
    case "rollback_verified":
      if (state.doubt !== null || next.type !== "nothing") return null;
      return { state: { type: "idle", interrupted: interruptedAt(state) }, effect: null };
    case "undo_failed": {
      const missing = next.type === "missing" && event.cause === "no_undo";
      if (
        (next.type !== "statement" || !isAt(event, next)) &&
        ((next.type !== "engine" && !missing) || event.step !== next.step)
      )
        return null;
      if (state.doubt === "up" || (event.unknown && state.doubt === null)) return null;
      return failUnclean(
        { ...state, doubt: event.unknown && variant.evidence === "gathered" ? state.doubt : null },
        event.cause,
      );
    }
    case "no_rollback":
      if (state.doubt !== null || next.type !== "missing" || event.step !== next.step) return null;
      return failUnclean(state, "no_undo");
    case "rollback_unverified":
      if (state.doubt !== null || next.type !== "nothing") return null;
      return failUnclean(state, event.cause);
    case "undecidable":
      return failUnclean(state, event.cause);
    case "halted":
      return failUnclean(state, "halted");
    case "interrupted":
    case "connection_lost":
      return isUntouched(state) ? turnRound(plan, variant, state) : goBack(plan, variant, state, true);
    default:
      return null;
  }
}

function whileFailed(plan: Plan, variant: Variant, state: Failed, event: Event): Next | null {
  switch (event.type) {
    case "retry":
      if ((state.wayBack !== null && variant.retry === "clean") || (state.cause === "crash_loop" && event.by === "up"))
        return null;
      return {
        state: { type: "idle", interrupted: event.by === "operator" ? null : interruptedAt(state) },
        effect: null,
      };
    case "resolve_reverted":
      return { state: { type: "idle", interrupted: interruptedAt(state) }, effect: null };
    case "resolve_applied":
      return complete(state, "resolved");
    case "retry_rollback":
      if (state.wayBack === null || !doubtHasStatement(plan, state.wayBack)) return null;
      return goBack(plan, variant, { ...subject(state), ...state.wayBack, type: "rolling_back" }, true);
    default:
      return null;
  }
}

/** What to do next on the way up. A transactional step needs no look beforehand: its record commits with it. */
function forward(plan: Plan, state: Migrating, compare: boolean): Effect {
  const step = state.reached;
  if (state.inDoubt) return { type: "decide", way: "up", step, part: 0 };
  if (compare) return { type: "observe", way: "up", step, part: 0, compare };
  const planned = plan.steps[step];
  if (planned === undefined) return { type: "raise", event: { type: "all_applied" } };
  return planned.class === "transactional" && plan.transaction === "migration"
    ? { type: "raise", event: { type: "step_sent", step } }
    : { type: "observe", way: "up", step, part: 0, compare };
}

function goForward(plan: Plan, state: Migrating, compare: boolean): Next {
  return { state, effect: forward(plan, state, compare) };
}

function complete(from: Subject, how: Completing["how"]): Next {
  return {
    state: { ...subject(from), type: "completing", how },
    effect: { type: "raise", event: { type: "recorded" } },
  };
}

/** Turns round. Everything took effect: by the `down` section, if there is one. The engine goes before both. */
function rollBack(
  plan: Plan,
  variant: Variant,
  from: Migrating | ValidatingPost,
  cause: Cause,
  doubt: "up" | null,
): Next {
  const route = routeBack(plan, doubt === null ? from : null);
  const state: RollingBack = {
    ...subject(from),
    type: "rolling_back",
    reached: from.reached,
    unchanged: from.unchanged,
    route,
    left: from.reached,
    part: 0,
    done: 0,
    // The engine takes back a statement that did a part of its work like any other.
    doubt: route === "engine" ? null : doubt,
    cause,
  };
  return turnRound(plan, variant, state);
}

/** Null: a step is in doubt. The `down` section counts on every step having done its work. */
function routeBack(plan: Plan, progress: Progress | null): WayBack["route"] {
  if (plan.transaction === "migration") return "engine";
  const all = progress !== null && progress.reached === plan.steps.length && progress.reached > 0;
  return all && progress.unchanged.length === 0 && plan.down !== null ? "down" : "steps";
}

/**
 * Nothing is undone before everything was compared with what the journal implies, whatever led here: the runner may have
 * been interrupted before, or the journal may have been written by another. `stop` undoes nothing where there is anything.
 */
function turnRound(plan: Plan, variant: Variant, state: RollingBack): Next {
  const anything = state.reached > state.unchanged.length || state.doubt !== null;
  return plan.recovery === "stop" && state.route !== "engine" && anything
    ? { state, effect: { type: "raise", event: { type: "halted" } } }
    : goBack(plan, variant, state, true);
}

/** A corrected undo must still have a statement where one is in doubt. */
function doubtHasStatement(plan: Plan, back: WayBack): boolean {
  if (back.doubt !== "undo") return true;
  const undo = back.route === "down" ? plan.down : plan.steps[back.left - 1]?.undo;
  return undo?.[back.route === "down" ? back.done : back.part] !== undefined;
}

function isUntouched({ left, reached, part, done, doubt }: RollingBack): boolean {
  return left === reached && part === 0 && done === 0 && doubt !== "undo";
}

/** What to do next on the way back: decide a doubt, take one statement back, or verify. */
function goBack(plan: Plan, variant: Variant, state: RollingBack, compare: boolean): Next {
  return { state, effect: backward(plan, variant, state, compare && variant.evidence === "gathered") };
}

function backward(plan: Plan, variant: Variant, state: RollingBack, compare: boolean): Effect {
  const next = nextUndo(plan, state);
  if (state.doubt === "up") return { type: "decide", way: "up", step: state.reached, part: 0 };
  switch (next.type) {
    case "statement": {
      const { step, part } = next;
      return state.doubt === "undo"
        ? { type: "decide", way: "undo", step, part }
        : { type: "observe", way: "undo", step, part, compare };
    }
    case "engine":
      return { type: "run", way: "undo", step: next.step, part: 0, by: "engine" };
    case "missing": {
      const { step } = next;
      if (variant.missingUndo === "undo_failed") {
        const event: Event = { type: "undo_failed", step, part: 0, cause: "no_undo", unknown: false };
        return { type: "raise", event };
      }
      return compare
        ? { type: "observe", way: "undo", step, part: 0, compare }
        : { type: "raise", event: { type: "no_rollback", step } };
    }
    case "nothing":
      return variant.evidence === "assumed"
        ? { type: "raise", event: { type: "rollback_verified" } }
        : { type: "verify", compare };
    default:
      return assertNever(next);
  }
}

function failClean(from: Subject, cause: Cause): Next {
  return { state: { ...subject(from), type: "failed", cause, wayBack: null }, effect: null };
}

function failUnclean(from: RollingBack, cause: Cause): Next {
  const { reached, unchanged, route, left, part, done, doubt } = from;
  const wayBack: WayBack = { reached, unchanged, route, left, part, done, doubt, cause: from.cause };
  return { state: { ...subject(from), type: "failed", cause, wayBack }, effect: null };
}

function applied(progress: Progress, changed: boolean): Progress {
  const { reached, unchanged } = progress;
  return { reached: reached + 1, unchanged: changed ? unchanged : [...unchanged, reached] };
}

/**
 * Only what a restart finds counts: a signal is a person's wish, and a lost connection is nobody's fault here. Past the
 * most that anybody asks for it stays, so that a migration that is resumed for ever has no more than finitely many states.
 */
function counted<S extends Subject>(state: S, event: Event): S {
  return event.type === "interrupted" && event.by === "restart"
    ? { ...state, interruptionCount: Math.min(state.interruptionCount + 1, interruptionCountMax) }
    : state;
}

function interruptedAt(from: Subject): { readonly migration: string; readonly count: number } | null {
  return from.interruptionCount === 0 ? null : { migration: from.migration, count: from.interruptionCount };
}

function subject({ migration, direction, interruptionCount }: Subject): Subject {
  return { migration, direction, interruptionCount };
}

function isAt(event: { readonly step: number; readonly part: number }, next: { step: number; part: number }): boolean {
  return event.step === next.step && event.part === next.part;
}
