import { expect, test } from "vitest";
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import type { Reply } from "./judge.ts";
import { judge } from "./judge.ts";
import type { Plan } from "./plan/step-plan.ts";
import type { Evidence } from "./recovery.ts";
import type { Failed, Migrating, Preparing, RollingBack } from "./state.ts";
import type { Machine } from "./transition.ts";
import { transition } from "./transition.ts";
import { epoch, seq } from "./brand.ts";

type Asked = Exclude<Effect, { type: "raise" }>;

const subject = { migration: "0001_note", direction: "up", interruptionCount: 0 } as const;
const preparing: Preparing = { ...subject, type: "preparing" };
const migrating: Migrating = { ...subject, type: "migrating", reached: 0, unchanged: [], inDoubt: true };
const rollingBack: RollingBack = {
  ...subject,
  type: "rolling_back",
  reached: 3,
  unchanged: [],
  route: "steps",
  left: 3,
  part: 0,
  done: 0,
  doubt: "undo",
  cause: "postcheck_false",
};
/** Step 0 is atomic, step 1 opaque, step 2 lossy. */
const plan: Plan = {
  transaction: "step",
  recovery: "rollback",
  steps: [
    { class: "atomic", undo: [{ class: "atomic" }], lossy: false },
    { class: "opaque", undo: [{ class: "atomic" }, { class: "opaque" }], lossy: false },
    { class: "atomic", undo: [{ class: "atomic" }], lossy: true },
  ],
  down: [{ class: "opaque" }],
};

const ready = { type: "preparation", missing: [], dependents: [], newer: [], undoMissing: [] } as const;
const sound = { type: "validation", refused: false, doctrine: false, checks: "passed" } as const;
const same = { type: "observation", changedOutside: false, destroysData: false } as const;
const applied = { type: "applied", changed: true } as const;
const back = { type: "comparison", equal: true, changedOutside: false } as const;
const quiet: Evidence = { changedOutside: false, mark: "none", picture: "blind", probe: "none", operator: "none" };

const prepare: Asked = { type: "prepare" };
const validatePre: Asked = { type: "validate_pre" };
const validatePost: Asked = { type: "validate_post" };

function observe(way: "up" | "undo", step: number, part = 0): Asked {
  return { type: "observe", way, step, part, compare: false };
}
function run(way: "up" | "undo", step: number, part = 0, by: "statement" | "engine" = "statement"): Asked {
  return { type: "run", way, step, part, by };
}
function decide(way: "up" | "undo", step: number, part = 0): Asked {
  return { type: "decide", way, step, part };
}
function verify(compare: boolean): Asked {
  return { type: "verify", compare };
}

const everyEffect: readonly (readonly [Asked, Reply])[] = [
  [prepare, ready],
  [validatePre, sound],
  [validatePost, { type: "checks", checks: "passed" }],
  [observe("up", 0), same],
  [observe("undo", 0), same],
  [run("up", 0), applied],
  [run("undo", 0), applied],
  [run("undo", 0, 0, "engine"), applied],
  [decide("up", 0), { type: "evidence", ...quiet }],
  [decide("undo", 0), { type: "evidence", ...quiet }],
  [verify(true), back],
  [verify(false), back],
];

test("a lost reply to any effect is a lost connection", () => {
  const events = everyEffect.map(([effect]) => judge(plan, rollingBack, effect, { type: "lost" }));

  expect(events).toEqual(everyEffect.map(() => ({ type: "connection_lost" })));
});

test("a reply to another effect is a bug, and says so", () => {
  const mismatched = everyEffect.flatMap(([effect]) =>
    everyEffect.flatMap(([other, reply]) => (other.type === effect.type ? [] : [{ effect, reply }])),
  );

  expect(mismatched.length).toBeGreaterThan(0);
  for (const { effect, reply } of mismatched)
    expect(() => judge(plan, rollingBack, effect, reply)).toThrow(
      `The reply ${reply.type} does not answer the effect ${effect.type}.`,
    );
});

const afterPreparation = (found: Partial<typeof ready> | object) =>
  judge(plan, preparing, prepare, { ...ready, ...found });

test("what a preparation found decides whether it may go on", () => {
  expect(afterPreparation({})).toEqual({ type: "prepared" });
  expect(afterPreparation({ missing: ["0000_base"] })).toEqual({ type: "dependency_missing" });
  expect(afterPreparation({ newer: ["0002_more"] })).toEqual({ type: "preparation_failed", cause: "out_of_order" });
  expect(afterPreparation({ dependents: ["0002_more"] })).toEqual({
    type: "preparation_failed",
    cause: "dependents_applied",
  });
  expect(afterPreparation({ undoMissing: [1] })).toEqual({ type: "preparation_failed", cause: "undo_missing" });
});

test("what a preparation misses comes before what forbids it", () => {
  const reply: Reply = { ...ready, missing: ["0000_base"], newer: ["0002_more"], dependents: ["0002_more"] };

  expect(judge(plan, preparing, prepare, reply)).toEqual({ type: "dependency_missing" });
  expect(judge(plan, preparing, prepare, { ...reply, missing: [] })).toMatchObject({ cause: "out_of_order" });
});

test("interruptions are not judged here: `start` has looked at them", () => {
  expect(judge(plan, { ...preparing, interruptionCount: 3 }, prepare, ready)).toEqual({ type: "prepared" });
});

const afterValidation = (found: object) => judge(plan, preparing, validatePre, { ...sound, ...found });

test("refused statements come before doctrine, and doctrine before checks", () => {
  expect(afterValidation({})).toEqual({ type: "precheck_passed" });
  expect(afterValidation({ refused: true, doctrine: true, checks: "error" })).toEqual({
    type: "doctrine_violated",
    cause: "transaction_control",
  });
  expect(afterValidation({ doctrine: true, checks: "false" })).toEqual({
    type: "doctrine_violated",
    cause: "doctrine",
  });
  expect(afterValidation({ checks: "false" })).toEqual({ type: "precheck_failed", cause: "precheck_false" });
  expect(afterValidation({ checks: "error" })).toEqual({ type: "precheck_failed", cause: "precheck_error" });
});

const afterChecks = (checks: "passed" | "false" | "error") =>
  judge(plan, migrating, validatePost, { type: "checks", checks });

test("a post-check passes, is false, or is itself in error", () => {
  expect(afterChecks("passed")).toEqual({ type: "postcheck_passed" });
  expect(afterChecks("false")).toEqual({ type: "postcheck_failed", cause: "postcheck_false" });
  expect(afterChecks("error")).toEqual({ type: "postcheck_failed", cause: "postcheck_error" });
});

test("a step is sent only onto what the journal implies", () => {
  const changed: Reply = { ...same, changedOutside: true };

  expect(judge(plan, migrating, observe("up", 0), same)).toEqual({ type: "step_sent", step: 0 });
  expect(judge(plan, migrating, observe("up", 3), same)).toEqual({ type: "all_applied" });
  expect(judge(plan, migrating, observe("up", 0), changed)).toEqual({ type: "step_failed", step: 0, unknown: false });
});

const afterLook = (found: object) => judge(plan, rollingBack, observe("undo", 1, 1), { ...same, ...found });

test("an undo is sent only onto what the journal implies, and only if it destroys nothing of others", () => {
  expect(afterLook({})).toEqual({ type: "undo_sent", step: 1, part: 1 });
  expect(afterLook({ changedOutside: true, destroysData: true })).toEqual({
    type: "undecidable",
    cause: "changed_outside",
  });
  expect(afterLook({ destroysData: true })).toEqual({
    type: "undo_failed",
    step: 1,
    part: 1,
    cause: "undo_destroys_data",
    unknown: false,
  });
});

test("a step that ran was applied, and says whether it changed anything", () => {
  const events = [true, false].map((changed) => judge(plan, migrating, run("up", 0), { type: "applied", changed }));

  expect(events).toEqual([
    { type: "step_applied", step: 0, changed: true },
    { type: "step_applied", step: 0, changed: false },
  ]);
});

const undoFailed = (step: number, part: number, unknown: boolean) =>
  ({ type: "undo_failed", step, part, cause: "undo_error", unknown }) as const;

test("an SQL error means not applied, but unknown for an opaque statement", () => {
  const error: Reply = { type: "sql_error" };

  expect(judge(plan, migrating, run("up", 0), error)).toEqual({ type: "step_failed", step: 0, unknown: false });
  expect(judge(plan, migrating, run("up", 1), error)).toEqual({ type: "step_failed", step: 1, unknown: true });
  expect(judge(plan, rollingBack, run("undo", 1, 0), error)).toEqual(undoFailed(1, 0, false));
  expect(judge(plan, rollingBack, run("undo", 1, 1), error)).toEqual(undoFailed(1, 1, true));
  expect(judge(plan, { ...rollingBack, route: "down" }, run("undo", 0), error)).toEqual(undoFailed(0, 0, true));
});

test("an undo that ran was undone, by whom it was asked", () => {
  expect(judge(plan, rollingBack, run("undo", 1, 1), applied)).toEqual({
    type: "step_undone",
    by: "statement",
    step: 1,
    part: 1,
  });
  expect(judge(plan, { ...rollingBack, route: "engine" }, run("undo", 2, 0, "engine"), applied)).toEqual({
    type: "step_undone",
    by: "engine",
    step: 2,
    part: 0,
  });
});

test("a step without an undo is looked at before the way back stops at it", () => {
  const without: Plan = { ...plan, steps: plan.steps.map((step) => ({ ...step, undo: null })) };
  const look = (found: object) => judge(without, rollingBack, observe("undo", 2), { ...same, ...found });

  expect(look({})).toEqual({ type: "no_rollback", step: 2 });
  expect(look({ changedOutside: true })).toEqual({ type: "undecidable", cause: "changed_outside" });
});

const evidence = (seen: Partial<Evidence>): Reply => ({ type: "evidence", ...quiet, ...seen });

test("a doubt that evidence decides is decided, with the statement it is about", () => {
  const up = judge(plan, migrating, decide("up", 0), evidence({ picture: "after" }));
  const undo = judge(plan, rollingBack, decide("undo", 1, 1), evidence({ probe: "false" }));

  expect(up).toEqual({ type: "step_decided", way: "up", step: 0, part: 0, applied: true, changed: true });
  expect(undo).toEqual({ type: "step_decided", way: "undo", step: 1, part: 1, applied: false, changed: true });
});

test("a step that ran although its objects are as before it has changed nothing", () => {
  const seen = (["before", "after", "changed", "blind"] as const).map((picture) =>
    judge(plan, migrating, decide("up", 0), evidence({ mark: "set", picture, operator: "applied" })),
  );

  expect(seen).toEqual(
    [false, true, true, true].map((changed) => ({
      type: "step_decided",
      way: "up",
      step: 0,
      part: 0,
      applied: true,
      changed,
    })),
  );
});

const asBefore = (state: Migrating | RollingBack, effect: Asked, classes: Plan = plan) =>
  judge(classes, state, effect, evidence({ mark: "set", picture: "before", probe: "true", operator: "applied" }));

test("what cannot be seen whole counts as changed, however its objects look", () => {
  const lossy: Plan = { ...plan, steps: plan.steps.map((step) => ({ ...step, lossy: true })) };
  const ran = (changed: boolean) => ({ type: "step_decided", applied: true, changed });

  expect(asBefore(migrating, decide("up", 0))).toMatchObject(ran(false));
  expect(asBefore(migrating, decide("up", 1))).toMatchObject(ran(true));
  expect(asBefore(migrating, decide("up", 0), lossy)).toMatchObject(ran(true));
  expect(asBefore(rollingBack, decide("undo", 0))).toMatchObject(ran(false));
  expect(asBefore(rollingBack, decide("undo", 0), lossy)).toMatchObject(ran(false));
  expect(asBefore(rollingBack, decide("undo", 1, 1))).toMatchObject(ran(true));
});

test("a doubt that nothing decides turns round on the way up, and needs a person on the way back", () => {
  const nothing: Reply = { type: "evidence", ...quiet };
  const touched: Reply = { type: "evidence", ...quiet, changedOutside: true };

  expect(judge(plan, migrating, decide("up", 1), nothing)).toEqual({ type: "step_failed", step: 1, unknown: true });
  expect(judge(plan, rollingBack, decide("up", 1), nothing)).toEqual({ type: "undecidable", cause: "no_evidence" });
  expect(judge(plan, rollingBack, decide("undo", 1, 1), touched)).toEqual({
    type: "undecidable",
    cause: "changed_outside",
  });
});

/** Step 2 is lossy: where it changed something, rows are lost. */
const afterComparison = (compare: boolean, equal: boolean, rowsLost: boolean, changedOutside: boolean) =>
  judge(plan, { ...rollingBack, left: 0, doubt: null, unchanged: rowsLost ? [] : [2] }, verify(compare), {
    type: "comparison",
    equal,
    changedOutside,
  });

test("a rollback is verified only if the snapshot is back and no rows are lost", () => {
  expect(afterComparison(false, true, false, false)).toEqual({ type: "rollback_verified" });
  expect(afterComparison(false, true, true, false)).toEqual({ type: "rollback_unverified", cause: "rows_lost" });
  expect(afterComparison(false, false, false, false)).toEqual({
    type: "rollback_unverified",
    cause: "fingerprint_differs",
  });
});

test("a difference is somebody else's if nothing ran since a restart, and the journal implies something else", () => {
  const someone = { type: "undecidable", cause: "changed_outside" };
  const ours = { type: "rollback_unverified", cause: "fingerprint_differs" };

  expect(afterComparison(true, false, false, true)).toEqual(someone);
  expect(afterComparison(true, false, false, false)).toEqual(ours);
  expect(afterComparison(false, false, false, true)).toEqual(ours);
  expect(afterComparison(true, true, false, true)).toEqual({ type: "rollback_verified" });
});

test("rows are lost by `down` and before the last step as well, but not where the engine took everything back", () => {
  const undone: RollingBack = { ...rollingBack, left: 0, doubt: null };
  const lost = { type: "rollback_unverified", cause: "rows_lost" };

  expect(judge(plan, { ...undone, route: "down", left: 3, done: 1 }, verify(false), back)).toEqual(lost);
  expect(judge(plan, { ...undone, route: "engine" }, verify(false), back)).toEqual({ type: "rollback_verified" });
  expect(judge(plan, { ...undone, reached: 2 }, verify(false), back)).toEqual({ type: "rollback_verified" });
});

const asks = (machine: Machine, event: Event): readonly [RollingBack, Asked] => {
  const outcome = transition({ plan }, machine, event, null);
  if (outcome.type !== "moved" || outcome.machine.state.type !== "rolling_back") throw new Error("not rolling back");
  if (outcome.effect === null || outcome.effect.type === "raise") throw new Error("nothing is asked");
  return [outcome.machine.state, outcome.effect];
};

test("a difference that an undo of ours left is ours after a restart, and at retry_rollback", () => {
  const process = { epoch: epoch(2), tail: seq(9), awaiting: null };
  const undone: RollingBack = { ...rollingBack, left: 0, doubt: null };
  const { migration, direction, interruptionCount, type: _, ...wayBack } = undone;
  const of = { migration, direction, interruptionCount };
  const failed: Failed = { ...of, type: "failed", cause: "fingerprint_differs", wayBack };
  const paths: readonly (readonly [Machine, Event])[] = [
    [
      { state: undone, process },
      { type: "interrupted", by: "restart" },
    ],
    [{ state: failed, process }, { type: "retry_rollback" }],
  ];

  const events = paths.map(([machine, event]) => {
    const [state, effect] = asks(machine, event);
    return judge(plan, state, effect, { ...back, equal: false });
  });

  expect(events).toEqual(paths.map(() => ({ type: "rollback_unverified", cause: "fingerprint_differs" })));
});

// The engine's own ROLLBACK is no statement: whatever the step's undo is, nothing was sent that could be in doubt.
test.each([
  ["without an undo", null],
  ["with an opaque undo", [{ class: "opaque" }]],
] as const)("an engine that cannot take back a step %s leads to failed", (_, undo) => {
  const inOne: Plan = {
    ...plan,
    transaction: "migration",
    steps: [{ class: "transactional", undo, lossy: false }],
    down: null,
  };
  const state: RollingBack = { ...rollingBack, reached: 1, left: 1, route: "engine", doubt: null };
  const event = judge(inOne, state, run("undo", 0, 0, "engine"), { type: "sql_error" });

  const outcome = transition(
    { plan: inOne },
    { state, process: { epoch: epoch(2), tail: seq(9), awaiting: null } },
    event,
    null,
  );

  expect(event).toEqual(undoFailed(0, 0, false));
  expect(outcome).toMatchObject({ type: "moved", machine: { state: { type: "failed", cause: "undo_error" } } });
});
