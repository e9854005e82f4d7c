import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { epoch, seq } from "./brand.ts";
import type { Event, EventType } from "./event.ts";
import { eventTypes } from "./event.ts";
import { judge } from "./judge.ts";
import type { Plan, PlannedStep } from "./plan/step-plan.ts";
import { emptyPlan } from "./plan/step-plan.ts";
import type { Failed, Migrating, RollingBack, State, StateType, WayBack } from "./state.ts";
import { atStart, stateTypes } from "./state.ts";
import { targets } from "./table.ts";
import type { EffectId, Machine, Outcome } from "./transition.ts";
import { transition } from "./transition.ts";

const subject = { migration: "0001_note", direction: "up", interruptionCount: 0 } as const;
const step: PlannedStep = { class: "atomic", undo: [{ class: "atomic" }], lossy: false };
const plan: Plan = { transaction: "step", recovery: "rollback", steps: [step, step], down: null };
const migrating: Migrating = { ...subject, type: "migrating", reached: 0, unchanged: [], inDoubt: false };
const wayBack: WayBack = {
  reached: 2,
  unchanged: [],
  route: "steps",
  left: 2,
  part: 0,
  done: 0,
  doubt: null,
  cause: "postcheck_false",
};
const rollingBack: RollingBack = { ...subject, ...wayBack, type: "rolling_back" };
const failed: Failed = { ...subject, type: "failed", cause: "undo_error", wayBack };

const plans: readonly Plan[] = [
  emptyPlan,
  plan,
  { ...plan, recovery: "resume" },
  { ...plan, recovery: "stop" },
  { ...plan, transaction: "migration", steps: [{ ...step, class: "transactional" }, step] },
  { ...plan, down: [{ class: "opaque" }, { class: "atomic" }] },
  {
    ...plan,
    transaction: "none",
    steps: [
      { ...step, undo: null, class: "opaque" },
      { ...step, lossy: true },
    ],
  },
  { ...plan, steps: [step, { ...step, undo: [{ class: "atomic" }, { class: "transactional" }] }] },
  { ...plan, steps: [step, { ...step, undo: [] }] },
];

const waysBack: readonly WayBack[] = [
  wayBack,
  { ...wayBack, left: 0 },
  { ...wayBack, left: 1, reached: 1, doubt: "up" },
  { ...wayBack, left: 1, doubt: "undo" },
  { ...wayBack, part: 1 },
  { ...wayBack, unchanged: [1] },
  { ...wayBack, unchanged: [0, 1] },
  { ...wayBack, left: 0 },
  { ...wayBack, route: "down" },
  { ...wayBack, route: "down", done: 1, doubt: "undo" },
  { ...wayBack, route: "down", done: 2 },
  { ...wayBack, route: "engine" },
  { ...wayBack, route: "engine", left: 0 },
  { ...wayBack, reached: 1, left: 1, doubt: "up" },
  { ...wayBack, reached: 0, left: 0 },
];

const states: { readonly [T in StateType]: readonly Extract<State, { type: T }>[] } = {
  idle: [
    { type: "idle", interrupted: null },
    { type: "idle", interrupted: { migration: "0001_note", count: 2 } },
    { type: "idle", interrupted: { migration: "0001_note", count: 3 } },
  ],
  preparing: [{ ...subject, type: "preparing" }],
  validating_pre: [{ ...subject, type: "validating_pre", direction: "down" }],
  migrating: [
    migrating,
    { ...migrating, inDoubt: true },
    { ...migrating, reached: 1 },
    { ...migrating, reached: 1, inDoubt: true, unchanged: [0] },
    { ...migrating, reached: 2, interruptionCount: 3 },
  ],
  validating_post: [
    { ...subject, type: "validating_post", reached: 2, unchanged: [] },
    { ...subject, type: "validating_post", reached: 2, unchanged: [1] },
    { ...subject, type: "validating_post", reached: 0, unchanged: [] },
  ],
  completing: [
    { ...subject, type: "completing", how: "executed" },
    { ...subject, type: "completing", how: "resolved" },
  ],
  rolling_back: waysBack.map((back) => ({ ...subject, ...back, type: "rolling_back" })),
  failed: [
    { ...subject, type: "failed", cause: "doctrine", wayBack: null },
    { ...subject, type: "failed", cause: "crash_loop", interruptionCount: 3, wayBack: null },
    ...waysBack.map((back) => ({ ...failed, wayBack: back })),
  ],
};

const numbers = [0, 1, 2, 7, -1];
const places = numbers.flatMap((step) => [0, 1].map((part) => ({ step, part })));
const bools = [true, false];

const events: { readonly [T in EventType]: readonly Extract<Event, { type: T }>[] } = {
  start: [
    { type: "start", migration: "0001_note", direction: "up" },
    { type: "start", migration: "", direction: "down" },
  ],
  prepared: [{ type: "prepared" }],
  dependency_missing: [{ type: "dependency_missing" }],
  preparation_failed: [{ type: "preparation_failed", cause: "crash_loop" }],
  interrupted: [
    { type: "interrupted", by: "restart" },
    { type: "interrupted", by: "signal" },
  ],
  connection_lost: [{ type: "connection_lost" }],
  precheck_passed: [{ type: "precheck_passed" }],
  doctrine_violated: [{ type: "doctrine_violated", cause: "doctrine" }],
  precheck_failed: [{ type: "precheck_failed", cause: "precheck_false" }],
  step_sent: numbers.map((step) => ({ type: "step_sent", step })),
  step_applied: numbers.flatMap((step) => bools.map((changed) => ({ type: "step_applied", step, changed }) as const)),
  step_decided: places.flatMap((place) =>
    (["up", "undo"] as const).flatMap((way) =>
      bools.flatMap((applied) =>
        bools.map((changed) => ({ type: "step_decided", way, ...place, applied, changed }) as const),
      ),
    ),
  ),
  all_applied: [{ type: "all_applied" }],
  step_failed: numbers.flatMap((step) => bools.map((unknown) => ({ type: "step_failed", step, unknown }) as const)),
  postcheck_passed: [{ type: "postcheck_passed" }],
  postcheck_failed: [{ type: "postcheck_failed", cause: "commit_failed" }],
  recorded: [{ type: "recorded" }],
  undo_sent: places.map((place) => ({ type: "undo_sent", ...place })),
  step_undone: places.flatMap((place) =>
    (["statement", "engine"] as const).map((by) => ({ type: "step_undone", by, ...place }) as const),
  ),
  rollback_verified: [{ type: "rollback_verified" }],
  undo_failed: places.flatMap((place) =>
    bools.map((unknown) => ({ type: "undo_failed", cause: "undo_error", unknown, ...place }) as const),
  ),
  no_rollback: numbers.map((step) => ({ type: "no_rollback", step })),
  rollback_unverified: [{ type: "rollback_unverified", cause: "rows_lost" }],
  undecidable: [{ type: "undecidable", cause: "no_evidence" }],
  halted: [{ type: "halted" }],
  retry: [
    { type: "retry", by: "up" },
    { type: "retry", by: "operator" },
  ],
  resolve_reverted: bools.map((forced) => ({ type: "resolve_reverted", forced })),
  resolve_applied: bools.map((forced) => ({ type: "resolve_applied", forced })),
  retry_rollback: [{ type: "retry_rollback" }],
};

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

const awaited: EffectId = { epoch: epoch(4), seq: seq(9) };

function machineIn(state: State): Machine {
  return { state, process: { epoch: epoch(4), tail: seq(9), awaiting: awaited } };
}

interface Case {
  readonly plan: Plan;
  readonly from: Machine;
  readonly event: Event;
  readonly outcome: Outcome;
}

/** Every state with every event under every plan; the inputs are frozen, so that a change to them throws. */
const cases: readonly Case[] = deepFreeze(plans).flatMap((plan) =>
  stateTypes.flatMap((type) =>
    states[type].flatMap((state) =>
      eventTypes.flatMap((eventType) =>
        events[eventType].map((event) => {
          const from = deepFreeze(machineIn(state));
          return { plan, from, event, outcome: transition({ plan }, from, deepFreeze(event), null) };
        }),
      ),
    ),
  ),
);

const moves = cases.flatMap(({ outcome, ...rest }) => (outcome.type === "moved" ? [{ ...rest, outcome }] : []));

function moveOf(plan: Plan, state: State, event: Event): Extract<Outcome, { type: "moved" }> {
  const outcome = transition({ plan }, machineIn(state), event, null);
  if (outcome.type !== "moved") throw new Error(`${state.type} refused ${event.type}`);
  return outcome;
}

/** Drives a machine from `migrating` at step 0 through these events, which all must be accepted. */
function after(plan: Plan, ...path: readonly Event[]): Extract<Outcome, { type: "moved" }> {
  const [first, ...rest] = path;
  if (first === undefined) throw new Error("A path has at least one event.");
  let at = moveOf(plan, migrating, first);
  for (const event of rest) at = moveOf(plan, at.machine.state, event);
  return at;
}

const sent = (step: number): Event => ({ type: "step_sent", step });
const applied = (step: number, changed = true): Event => ({ type: "step_applied", step, changed });
const lost: Event = { type: "connection_lost" };
const restarted: Event = { type: "interrupted", by: "restart" };
const postcheckFailed: Event = { type: "postcheck_failed", cause: "postcheck_false" };
const decided = (way: "up" | "undo", step: number, wasApplied: boolean, changed = true): Event => ({
  type: "step_decided",
  way,
  step,
  part: 0,
  applied: wasApplied,
  changed,
});
const undoSent = (step: number): Event => ({ type: "undo_sent", step, part: 0 });
const undone = (step: number, by: "statement" | "engine" = "statement"): Event => ({
  type: "step_undone",
  by,
  step,
  part: 0,
});
const undoFailed = (step: number, unknown = false): Event => ({
  type: "undo_failed",
  step,
  part: 0,
  cause: "undo_error",
  unknown,
});

test("every one of the 8 x 29 pairs is tried, and without a reply's id each is moved or refused", () => {
  const pairs = new Set(cases.map(({ from, event }) => `${from.state.type} ${event.type}`));

  const others = cases.filter(({ outcome }) => outcome.type === "ignored");

  expect(pairs.size).toBe(8 * 29);
  expect(others).toEqual([]);
});

test("a pair that the table lacks is refused as not in the table, and only such a pair is", () => {
  const lacking = cases.filter(({ from, event }) => targets(from.state.type, event.type).length === 0);
  const refused = cases.filter(({ outcome }) => outcome.type === "refused" && outcome.reason === "not_in_table");

  expect(lacking.length).toBeGreaterThan(0);
  expect(new Set(refused)).toEqual(new Set(lacking));
});

test("a move leads only where the table says", () => {
  const astray = moves.filter(
    ({ from, event, outcome }) => !targets(from.state.type, event.type).includes(outcome.machine.state.type),
  );

  expect(moves.length).toBeGreaterThan(0);
  expect(astray).toEqual([]);
});

test("every target in the table is reached by a move", () => {
  const listed = stateTypes.flatMap((from) =>
    eventTypes.flatMap((event) => targets(from, event).map((to) => `${from} ${event} ${to}`)),
  );
  const reached = new Set(
    moves.map(({ from, event, outcome }) => `${from.state.type} ${event.type} ${outcome.machine.state.type}`),
  );

  expect(listed).toHaveLength(44);
  expect([...reached].toSorted()).toEqual(listed.toSorted());
});

test("a refusal leaves no trace", () => {
  const refused = cases.flatMap(({ outcome }) => (outcome.type === "refused" ? [outcome] : []));

  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter((outcome) => !isDeepStrictEqual(Object.keys(outcome), ["type", "reason"]))).toEqual([]);
});

test("a move appends exactly the next record, and waits under its number for the reply to its effect", () => {
  const wrong = moves.filter(({ from, event, outcome }) => {
    const { record, machine, effect } = outcome;
    const next = seq(from.process.tail + 1);
    const awaiting = effect === null ? null : { epoch: from.process.epoch, seq: next };
    return !(
      record.seq === next &&
      record.epoch === from.process.epoch &&
      record.from === from.state.type &&
      record.to === machine.state.type &&
      record.event === event &&
      isDeepStrictEqual(machine.process, { epoch: from.process.epoch, tail: next, awaiting })
    );
  });

  expect(wrong).toEqual([]);
});

test("a sink asks for nothing, and every state in motion asks for exactly one effect", () => {
  const wrong = moves.filter(({ outcome }) => {
    const type = outcome.machine.state.type;
    return (outcome.effect === null) !== (type === "idle" || type === "failed");
  });

  expect(wrong).toEqual([]);
});

test("states, events, effects and records survive JSON", () => {
  const lost = moves.filter(({ from, event, outcome }) => {
    const value = [from.state, event, outcome];
    return !isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  });

  expect(lost).toEqual([]);
});

test("the reply that is awaited is accepted, and the same reply a second time is ignored", () => {
  const first = transition({ plan }, machineIn({ ...subject, type: "preparing" }), { type: "prepared" }, awaited);
  if (first.type !== "moved") throw new Error("refused");

  const second = transition({ plan }, first.machine, { type: "precheck_passed" }, awaited);

  expect(first.machine.state.type).toBe("validating_pre");
  expect(second).toEqual({ type: "ignored", reason: "stale" });
});

test("a reply with another number or epoch, or that nobody waits for, is ignored", () => {
  const preparing = machineIn({ ...subject, type: "preparing" });
  const quiet: Machine = { ...preparing, process: { ...preparing.process, awaiting: null } };
  const late: readonly (readonly [Machine, EffectId])[] = [
    [preparing, { epoch: awaited.epoch, seq: seq(8) }],
    [preparing, { epoch: epoch(3), seq: awaited.seq }],
    [quiet, awaited],
  ];

  const outcomes = late.map(([machine, id]) => transition({ plan }, machine, { type: "prepared" }, id));

  expect(outcomes).toEqual(late.map(() => ({ type: "ignored", reason: "stale" })));
});

test("a stale reply is ignored whatever the state and the event, even where the pair is not in the table", () => {
  const stale = cases.filter(({ plan, from, event }) => {
    const outcome = transition({ plan }, from, event, { epoch: epoch(3), seq: seq(9) });
    return outcome.type !== "ignored";
  });

  expect(stale).toEqual([]);
});

test("what the guards refuse", () => {
  const cleanFailure: Failed = { ...failed, wayBack: null };
  const done: RollingBack = { ...rollingBack, left: 0 };
  const inDoubt: RollingBack = { ...rollingBack, reached: 1, left: 1, doubt: "up" };
  const byEngine: RollingBack = { ...rollingBack, route: "engine" };
  const refusals: readonly (readonly [string, Plan, State, Event])[] = [
    ["a step out of order", plan, migrating, sent(1)],
    ["a second step while one is in doubt", plan, { ...migrating, inDoubt: true }, sent(0)],
    ["a step behind the last", plan, { ...migrating, reached: 2 }, sent(2)],
    ["a result of what was never sent", plan, migrating, applied(0)],
    ["a decision without a doubt", plan, migrating, decided("up", 0, true)],
    ["a decision on an undo on the way up", plan, { ...migrating, inDoubt: true }, decided("undo", 0, true)],
    ["the end before the last step", plan, { ...migrating, reached: 1 }, { type: "all_applied" }],
    ["the end in doubt", plan, { ...migrating, reached: 2, inDoubt: true }, { type: "all_applied" }],
    ["an unknown result of what was never sent", plan, migrating, { type: "step_failed", step: 0, unknown: true }],
    ["an undo out of order", plan, rollingBack, { type: "undo_sent", step: 0, part: 0 }],
    ["an undo while one is in doubt", plan, { ...rollingBack, doubt: "undo" }, { type: "undo_sent", step: 1, part: 0 }],
    ["an undo of an unchanged step", plan, { ...rollingBack, unchanged: [1] }, { type: "undo_sent", step: 1, part: 0 }],
    ["a claim with undos left", plan, rollingBack, { type: "rollback_verified" }],
    ["a claim with a doubt left", plan, { ...done, doubt: "up" }, { type: "rollback_verified" }],
    ["a missing undo that is there", plan, rollingBack, { type: "no_rollback", step: 1 }],
    ["a result of an undo that was never sent", plan, rollingBack, undone(1)],
    ["an unknown result of an undo that was never sent", plan, rollingBack, undoFailed(1, true)],
    ["a statement undone by the engine", plan, { ...rollingBack, doubt: "undo" }, undone(1, "engine")],
    ["an undo while the way up is in doubt", plan, inDoubt, undoSent(0)],
    ["an undo that ran while the way up is in doubt", plan, inDoubt, undone(0)],
    ["a failed undo while the way up is in doubt", plan, inDoubt, undoFailed(0)],
    ["an engine's step undone by a statement", plan, byEngine, undone(1)],
    ["an engine's step out of order", plan, byEngine, undone(0, "engine")],
    ["an engine's failure out of order", plan, byEngine, undoFailed(0)],
    [
      "the engine while the way up is in doubt",
      plan,
      { ...byEngine, reached: 1, left: 1, doubt: "up" },
      undone(0, "engine"),
    ],
    ["a part of the engine's", plan, byEngine, { type: "step_undone", by: "engine", step: 1, part: 1 }],
    ["an undo of a covered step", { ...plan, steps: [step, { ...step, undo: [] }] }, rollingBack, undoSent(1)],
    [
      "a retry of a crash loop by `up` itself",
      plan,
      { ...cleanFailure, cause: "crash_loop" },
      { type: "retry", by: "up" },
    ],
    ["retry of an unclean failure", plan, failed, { type: "retry", by: "operator" }],
    ["retry_rollback of a clean failure", plan, cleanFailure, { type: "retry_rollback" }],
  ];

  const outcomes = refusals.map(([, plan, state, event]) => transition({ plan }, machineIn(state), event, null));

  expect(outcomes).toEqual(refusals.map(() => ({ type: "refused", reason: "guard" })));
});

test("an interruption turns round by default, goes on under resume, and halts under stop", () => {
  const seen = (["rollback", "resume", "stop"] as const).map((recovery) => {
    const { machine, effect } = after({ ...plan, recovery }, sent(0), restarted);
    return [machine.state.type, effect];
  });

  expect(seen).toEqual([
    ["rolling_back", { type: "decide", way: "up", step: 0, part: 0 }],
    ["migrating", { type: "decide", way: "up", step: 0, part: 0 }],
    ["rolling_back", { type: "raise", event: { type: "halted" } }],
  ]);
});

test("the first undo after an interruption compares every object, and the next one does not", () => {
  const first = after(plan, sent(0), applied(0), sent(1), applied(1), lost);
  const second = after(plan, sent(0), applied(0), sent(1), applied(1), lost, undoSent(1), undone(1));

  expect(first.effect).toEqual({ type: "observe", way: "undo", step: 1, part: 0, compare: true });
  expect(second.effect).toEqual({ type: "observe", way: "undo", step: 0, part: 0, compare: false });
});

test("only interruptions that a restart finds are counted, and they outlive a rollback but not a success", () => {
  const one = { ...plan, steps: [step] };
  const count = (...path: readonly Event[]) => {
    const { state } = after(one, ...path).machine;
    return state.type === "idle" ? (state.interrupted?.count ?? 0) : state.interruptionCount;
  };
  const verified: Event = { type: "rollback_verified" };

  expect(count(restarted)).toBe(1);
  expect(count(lost)).toBe(0);
  expect(count({ type: "interrupted", by: "signal" })).toBe(0);
  expect(count(restarted, restarted)).toBe(1);
  expect(count(restarted, verified)).toBe(1);
  expect(count(sent(0), applied(0), { type: "all_applied" }, { type: "postcheck_passed" }, { type: "recorded" })).toBe(
    0,
  );
});

test("interruptions count for their own migration, and the operator's retry forgets them", () => {
  const interrupted: State = { type: "idle", interrupted: { migration: "0001_note", count: 2 } };
  const clean: Failed = { ...failed, interruptionCount: 2, wayBack: null };

  const same = moveOf(plan, interrupted, { type: "start", migration: "0001_note", direction: "up" }).machine.state;
  const other = moveOf(plan, interrupted, { type: "start", migration: "0002_more", direction: "up" }).machine.state;
  const byUp = moveOf(plan, clean, { type: "retry", by: "up" }).machine.state;
  const byOperator = moveOf(plan, clean, { type: "retry", by: "operator" }).machine.state;

  expect(same).toMatchObject({ type: "preparing", interruptionCount: 2 });
  expect(other).toMatchObject({ type: "preparing", interruptionCount: 0 });
  expect(byUp).toEqual(interrupted);
  expect(byOperator).toEqual({ type: "idle", interrupted: null });
});

test("when everything took effect the `down` section goes first to last; when only a part did, the undos do", () => {
  const withDown: Plan = { ...plan, down: [{ class: "atomic" }, { class: "atomic" }, { class: "atomic" }] };

  const all = after(withDown, sent(0), applied(0), sent(1), applied(1), { type: "all_applied" }, postcheckFailed);
  const part = after(withDown, sent(0), applied(0), sent(1), { type: "step_failed", step: 1, unknown: false });

  expect(all.machine.state).toMatchObject({ route: "down", left: 2, part: 0, done: 0 });
  expect(all.effect).toMatchObject({ type: "observe", way: "undo", step: 0, part: 0 });
  expect(part.machine.state).toMatchObject({ route: "steps", left: 1 });
  expect(part.effect).toMatchObject({ type: "observe", way: "undo", step: 0, part: 0 });
});

test("a step in doubt that turns out applied is undone, and one that was not applied is not", () => {
  const wasApplied = after(plan, sent(0), restarted, decided("up", 0, true));
  const wasNot = after(plan, sent(0), restarted, decided("up", 0, false));
  const changedNothing = after(plan, sent(0), restarted, decided("up", 0, true, false));

  expect(wasApplied.effect).toMatchObject({ type: "observe", way: "undo", step: 0 });
  expect(wasNot.effect).toEqual({ type: "verify", compare: false });
  expect(changedNothing.effect).toEqual({ type: "verify", compare: false });
  expect(changedNothing.machine.state).toMatchObject({ reached: 1, left: 1, unchanged: [0] });
});

test("a failed undo keeps its place and its doubt, and retry_rollback goes on there", () => {
  const undoing: RollingBack = { ...rollingBack, left: 1, doubt: "undo" };
  const surely = moveOf(plan, undoing, { type: "undo_failed", step: 0, part: 0, cause: "undo_error", unknown: false });
  const maybe = moveOf(plan, undoing, { type: "undo_failed", step: 0, part: 0, cause: "undo_error", unknown: true });

  const again = moveOf(plan, surely.machine.state, { type: "retry_rollback" });
  const asking = moveOf(plan, maybe.machine.state, { type: "retry_rollback" });

  expect(surely.machine.state).toMatchObject({
    type: "failed",
    cause: "undo_error",
    wayBack: { left: 1, doubt: null },
  });
  expect(maybe.machine.state).toMatchObject({ type: "failed", wayBack: { left: 1, doubt: "undo" } });
  expect(again.effect).toEqual({ type: "observe", way: "undo", step: 0, part: 0, compare: true });
  expect(asking.effect).toEqual({ type: "decide", way: "undo", step: 0, part: 0 });
});

test("rows are lost by an undo of a lossy step, known or decided, and by `down`, but not by the engine", () => {
  const lossy: Plan = { ...plan, steps: [{ ...step, lossy: true }] };
  const withDown: Plan = { ...lossy, down: [{ class: "atomic" }] };
  const inOne: Plan = { ...lossy, transaction: "migration" };
  const turned = [sent(0), applied(0), { type: "all_applied" }, postcheckFailed] as const;

  const states = [
    after(lossy, ...turned, undoSent(0), undone(0)),
    after(lossy, ...turned, undoSent(0), restarted, decided("undo", 0, true)),
    after(lossy, ...turned, undoSent(0), restarted, decided("undo", 0, false)),
    after(withDown, ...turned, undoSent(0), undone(0)),
    after(withDown, ...turned, undoSent(0), lost, decided("undo", 0, true)),
    after(inOne, ...turned, undone(0, "engine")),
  ].map(({ machine }) => machine.state);

  expect(states).toMatchObject([
    { left: 0 },
    { left: 0 },
    { left: 1, doubt: null },
    { left: 1, done: 1 },
    { left: 1, done: 1 },
    { left: 0 },
  ]);
});

test("the `down` section is run only when every step changed something", () => {
  const withDown: Plan = { ...plan, steps: [step], down: [{ class: "atomic" }] };
  const nothing: Plan = { ...withDown, steps: [] };

  const unchanged = after(withDown, sent(0), applied(0, false), { type: "all_applied" }, postcheckFailed);
  const decidedUnchanged = after(withDown, sent(0), lost, decided("up", 0, true, false));
  const empty = after(nothing, restarted);

  expect(unchanged.machine.state).toMatchObject({ route: "steps" });
  expect(unchanged.effect).toEqual({ type: "verify", compare: true });
  expect(decidedUnchanged.machine.state).toMatchObject({ route: "steps" });
  expect(decidedUnchanged.effect).toEqual({ type: "verify", compare: false });
  expect(empty.effect).toEqual({ type: "verify", compare: true });
});

test("the `down` section is run when the last step turns out to have taken effect", () => {
  const withDown: Plan = { ...plan, steps: [{ ...step, undo: null }], down: [{ class: "atomic" }] };

  const was = after(withDown, sent(0), lost, decided("up", 0, true));
  const wasNot = after(withDown, sent(0), lost, decided("up", 0, false));

  expect(was.machine.state).toMatchObject({ route: "down", reached: 1, left: 1, done: 0 });
  expect(was.effect).toMatchObject({ type: "observe", way: "undo", step: 0 });
  expect(wasNot.machine.state).toMatchObject({ route: "steps" });
  expect(wasNot.effect).toMatchObject({ type: "verify" });
});

test("a corrected `down` section goes on behind the statements that have run", () => {
  const statement = { class: "atomic" } as const;
  const corrected: Plan = { ...plan, down: [statement, statement, statement, statement] };
  const secondFailed: Failed = { ...failed, wayBack: { ...wayBack, route: "down", done: 1 } };

  const { effect } = moveOf(corrected, secondFailed, { type: "retry_rollback" });

  expect(effect).toMatchObject({ type: "observe", way: "undo", step: 1 });
});

test("an engine that cannot take a step back leads to failed", () => {
  const { machine } = moveOf(plan, { ...rollingBack, route: "engine" }, undoFailed(1));

  expect(machine.state).toMatchObject({ type: "failed", cause: "undo_error", wayBack: { route: "engine", left: 2 } });
});

// The runner's part: the transaction died with the failure, so the engine has nothing left to take back.
test("after a failure of the engine, retry_rollback asks the engine again", () => {
  const stuck: Failed = { ...failed, wayBack: { ...wayBack, route: "engine" } };

  const { effect } = moveOf(plan, stuck, { type: "retry_rollback" });

  expect(effect).toEqual({ type: "run", way: "undo", step: 1, part: 0, by: "engine" });
});

test("the engine takes back an opaque step in doubt like any other, so that nothing is to be decided", () => {
  const inOne: Plan = { ...plan, transaction: "migration", steps: [step, { ...step, class: "opaque" }] };

  const failing = after(inOne, sent(0), applied(0), sent(1), { type: "step_failed", step: 1, unknown: true });
  const signalled = after(inOne, sent(0), applied(0), sent(1), { type: "interrupted", by: "signal" });
  const verifying = after(inOne, sent(0), { type: "step_failed", step: 0, unknown: true });

  expect([failing, signalled].map(({ machine, effect }) => [machine.state, effect])).toMatchObject([
    [
      { route: "engine", doubt: null },
      { type: "run", by: "engine", step: 0 },
    ],
    [
      { route: "engine", doubt: null },
      { type: "run", by: "engine", step: 0 },
    ],
  ]);
  expect(verifying.effect).toEqual({ type: "verify", compare: true });
});

test("under stop nothing is undone, however often it is interrupted", () => {
  const stopping: Plan = { ...plan, recovery: "stop" };
  const halted = { type: "raise", event: { type: "halted" } };

  expect(after(stopping, sent(0), applied(0), restarted, restarted).effect).toEqual(halted);
  expect(after(stopping, sent(0), restarted, lost, restarted).effect).toEqual(halted);
  expect(
    after({ ...stopping, steps: [step] }, sent(0), applied(0), { type: "all_applied" }, restarted, lost).effect,
  ).toEqual(halted);
});

test("under stop, where there is nothing to undo nobody is asked", () => {
  const stopping: Plan = { ...plan, recovery: "stop" };

  const before = after(stopping, restarted);
  const unchanged = after(stopping, sent(0), applied(0, false), lost, lost);
  const inOne = after({ ...stopping, transaction: "migration" }, sent(0), applied(0), {
    type: "interrupted",
    by: "signal",
  });

  expect([before.effect, unchanged.effect]).toEqual([
    { type: "verify", compare: true },
    { type: "verify", compare: true },
  ]);
  expect(inOne.effect).toMatchObject({ type: "run", by: "engine" });
});

test("under stop a way back that an operator has begun goes on after an interruption", () => {
  const stopping: Plan = { ...plan, recovery: "stop" };
  const begun = [sent(0), applied(0), restarted, { type: "halted" }, { type: "retry_rollback" }, undoSent(0)] as const;

  const whileSent = after(stopping, ...begun, restarted);
  const afterwards = after(stopping, ...begun, undone(0), restarted);

  expect(whileSent.effect).toEqual({ type: "decide", way: "undo", step: 0, part: 0 });
  expect(afterwards.effect).toEqual({ type: "verify", compare: true });
});

test("under stop an interruption before the operator's first undo halts once more", () => {
  const stopping: Plan = { ...plan, recovery: "stop" };

  const { effect } = after(
    stopping,
    sent(0),
    applied(0),
    restarted,
    { type: "halted" },
    { type: "retry_rollback" },
    lost,
  );

  expect(effect).toEqual({ type: "raise", event: { type: "halted" } });
});

test("every object is compared before the way back stops at a missing undo, whatever led to it", () => {
  const without: Plan = { ...plan, steps: [{ ...step, undo: null }] };

  const interrupted = after(without, sent(0), applied(0), restarted);
  const failing = after(without, sent(0), applied(0), { type: "all_applied" }, postcheckFailed);

  expect(interrupted.effect).toEqual({ type: "observe", way: "undo", step: 0, part: 0, compare: true });
  expect(failing.effect).toEqual(interrupted.effect);
});

const begin = (count: number) =>
  moveOf(
    plan,
    { type: "idle", interrupted: { migration: "0001_note", count } },
    { type: "start", migration: "0001_note", direction: "up" },
  ).effect;

test("after three interruptions a migration is not even prepared, and after two it is", () => {
  const crashLoop = { type: "raise", event: { type: "preparation_failed", cause: "crash_loop" } };

  expect([2, 3, 4].map(begin)).toEqual([{ type: "prepare" }, crashLoop, crashLoop]);
});

test("out of a crash loop leads only the operator's own retry", () => {
  const looping: Failed = { ...failed, cause: "crash_loop", interruptionCount: 3, wayBack: null };
  const counted: State = { type: "idle", interrupted: { migration: "0001_note", count: 3 } };

  const byUp = transition({ plan }, machineIn(looping), { type: "retry", by: "up" }, null);
  const resolved = moveOf(plan, looping, { type: "resolve_reverted", forced: false }).machine.state;
  const byOperator = moveOf(plan, looping, { type: "retry", by: "operator" }).machine.state;

  expect(byUp).toEqual({ type: "refused", reason: "guard" });
  expect(resolved).toEqual(counted);
  expect(byOperator).toEqual(atStart);
});

// `idle` keeps the count of one migration. A crash loop is then noticed some attempts later, and not never.
test("interruptions of one migration are forgotten when another one fails in between", () => {
  const interrupted: State = { type: "idle", interrupted: { migration: "0001_note", count: 3 } };
  const path: readonly Event[] = [
    { type: "start", migration: "0000_late", direction: "up" },
    { type: "dependency_missing" },
    { type: "retry", by: "up" },
    { type: "start", migration: "0001_note", direction: "up" },
  ];

  const last = path.reduce<State>((state, event) => moveOf(plan, state, event).machine.state, interrupted);

  expect(last).toMatchObject({ type: "preparing", interruptionCount: 0 });
});

test("resume goes on however often it is interrupted", () => {
  const resuming: Plan = { ...plan, recovery: "resume" };

  const { machine, effect } = after(resuming, sent(0), restarted, restarted, restarted, restarted);

  expect(machine.state).toMatchObject({ type: "migrating", interruptionCount: 3 });
  expect(effect).toMatchObject({ type: "decide", step: 0 });
});

/** Nothing is left to run, and the database looks as before: what the machine then has `judge` say. */
const claimOf = (plan: Plan, { state }: Machine): Event =>
  judge(plan, state, { type: "verify", compare: false }, { type: "comparison", equal: true, changedOutside: false });

test("an undo that covers a lossy step has lost its rows", () => {
  const covered: Plan = { ...plan, steps: [step, { ...step, undo: [], lossy: true }] };

  const { machine, effect } = after(
    covered,
    sent(0),
    applied(0),
    sent(1),
    applied(1),
    { type: "all_applied" },
    postcheckFailed,
    undoSent(0),
    undone(0),
  );

  expect(effect).toEqual({ type: "verify", compare: false });
  expect(claimOf(covered, machine)).toEqual({ type: "rollback_unverified", cause: "rows_lost" });
});

// Nothing runs on the way back, and the claim is as true as if something had.
test.each([
  ["undo", { ...plan, steps: [{ ...step, undo: [], lossy: true }] }],
  ["down", { ...plan, steps: [{ ...step, lossy: true }], down: [] }],
] as const)("an empty %s does not bring back rows", (_, empty) => {
  const { machine, effect } = after(empty, sent(0), applied(0), { type: "all_applied" }, postcheckFailed);

  expect(effect).toEqual({ type: "verify", compare: true });
  expect(claimOf(empty, machine)).toEqual({ type: "rollback_unverified", cause: "rows_lost" });
});

/** Step 0 is in doubt after a restart; mark, probe and operator say that it ran, and its objects look as before. */
const ranUnseen = (first: PlannedStep): Extract<Outcome, { type: "moved" }> => {
  const one: Plan = { ...plan, steps: [first] };
  const { machine, effect } = after(one, sent(0), restarted);
  if (effect?.type !== "decide") throw new Error("nothing is decided");
  const seen = { changedOutside: false, mark: "set", picture: "before", probe: "true", operator: "applied" } as const;
  return moveOf(one, machine.state, judge(one, machine.state, effect, { type: "evidence", ...seen }));
};

// A picture shows the objects and not their rows: to be "as before" is no news of a DELETE.
test("a lossy step that ran has lost rows, even where its objects look as before", () => {
  const lossy: PlannedStep = { ...step, lossy: true };
  const { machine, effect } = ranUnseen(lossy);
  const one: Plan = { ...plan, steps: [lossy] };

  const end = [undoSent(0), undone(0)].reduce((at, event) => moveOf(one, at.state, event).machine, machine);

  expect(effect).toEqual({ type: "observe", way: "undo", step: 0, part: 0, compare: false });
  expect(claimOf(one, end)).toEqual({ type: "rollback_unverified", cause: "rows_lost" });
});

test("an opaque step that is said to have run is undone, and an atomic one whose objects are as before is not", () => {
  const opaque = ranUnseen({ ...step, class: "opaque" });
  const atomic = ranUnseen(step);

  expect(opaque.effect).toEqual({ type: "observe", way: "undo", step: 0, part: 0, compare: false });
  expect(atomic.effect).toEqual({ type: "verify", compare: false });
});

const retryInDoubt = (corrected: Plan, at: Partial<WayBack>) =>
  transition(
    { plan: corrected },
    machineIn({ ...failed, wayBack: { ...wayBack, doubt: "undo", ...at } }),
    { type: "retry_rollback" },
    null,
  );

const several: Plan = { ...plan, steps: [{ ...step, undo: [{ class: "atomic" }, { class: "opaque" }] }] };
const first = { route: "steps", reached: 1, left: 1, part: 0, done: 0 } as const;

test.each([
  ["an undo that is empty now", { ...plan, steps: [{ ...step, undo: [] }] }, first],
  ["an undo that is missing now", { ...plan, steps: [{ ...step, undo: null }] }, first],
  ["an undo that is shorter now", { ...plan, steps: [step] }, { ...first, part: 1 }],
  ["a `down` that is empty now", { ...plan, steps: [step], down: [] }, { ...first, route: "down" }],
  ["a `down` that is shorter now", { ...plan, down: [{ class: "atomic" }] }, { ...first, route: "down", done: 1 }],
  ["a `down` that is missing now", { ...plan, steps: [step] }, { ...first, route: "down" }],
] as const)("retry_rollback is refused with a statement in doubt and %s", (_, corrected, at) => {
  expect(retryInDoubt(corrected, at)).toEqual({ type: "refused", reason: "guard" });
});

test("retry_rollback decides the doubt as long as there is a statement at its place", () => {
  const down: Plan = { ...plan, down: [{ class: "opaque" }, { class: "atomic" }] };

  const effects = [
    retryInDoubt(several, first),
    retryInDoubt(several, { ...first, part: 1 }),
    retryInDoubt(down, { ...first, route: "down", done: 1 }),
  ].map((outcome) => (outcome.type === "moved" ? outcome.effect : outcome));

  expect(effects).toEqual([
    { type: "decide", way: "undo", step: 0, part: 0 },
    { type: "decide", way: "undo", step: 0, part: 1 },
    { type: "decide", way: "undo", step: 1, part: 0 },
  ]);
});

test("without a doubt about an undo, a corrected one may have any length", () => {
  const corrected: Plan = { ...plan, steps: [{ ...step, undo: [] }, step] };

  expect(retryInDoubt(corrected, { ...first, doubt: null })).toMatchObject({
    type: "moved",
    effect: { type: "verify", compare: true },
  });
  expect(retryInDoubt(corrected, { ...first, doubt: "up" })).toMatchObject({
    type: "moved",
    effect: { type: "decide", way: "up", step: 1 },
  });
});

// To pass over it would decide the undo of step 0, which was never sent.
test("a doubt does not pass to another step when its own undo is shorter now", () => {
  const corrected: Plan = { ...plan, steps: [step, { ...step, undo: [] }] };

  expect(retryInDoubt(corrected, {})).toEqual({ type: "refused", reason: "guard" });
});

// A defect: the place of a doubt is `left` - 1, but what was sent is what `nextUndo` names, and that may lie below steps
// that changed nothing or are covered. `undo_sent` does not write down which one it was.
const skipping = [
  ["changed nothing, and has no undo", { ...step, undo: null }, false],
  ["is covered", { ...step, undo: [] }, true],
] as const;

const inDoubtBelow = (plan: Plan, changed: boolean): Machine =>
  after(
    plan,
    sent(0),
    applied(0),
    sent(1),
    applied(1, changed),
    { type: "all_applied" },
    postcheckFailed,
    undoSent(0),
    restarted,
    { type: "undecidable", cause: "no_evidence" },
  ).machine;

test.each(skipping)("retry_rollback decides an undo in doubt below a step that %s", (_, second, changed) => {
  const same: Plan = { ...plan, steps: [step, second] };

  const outcome = transition({ plan: same }, inDoubtBelow(same, changed), { type: "retry_rollback" }, null);

  expect(outcome).toMatchObject({ type: "moved", effect: { type: "decide", way: "undo", step: 0, part: 0 } });
});

test.each([
  ["is missing", null],
  ["is empty", []],
] as const)(
  "retry_rollback is refused where the undo in doubt %s now, below a step that changed nothing",
  (_, undo) => {
    const corrected: Plan = { ...plan, steps: [{ ...step, undo }, step] };

    const outcome = transition({ plan: corrected }, inDoubtBelow(plan, false), { type: "retry_rollback" }, null);

    expect(outcome).toEqual({ type: "refused", reason: "guard" });
  },
);
