import { expect, test } from "vitest";
import type { Effect } from "./effect.ts";
import type { Reply } from "./judge.ts";
import { interruptionCountMax, judge } from "./judge.ts";
import type { Plan } from "./plan/step-plan.ts";
import type { Evidence } from "./recovery.ts";
import type { Failed, Migrating, Preparing, RollingBack } from "./state.ts";
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
  doubt: "undo",
  rowsLost: false,
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
  [verify(true), { type: "comparison", equal: true }],
  [verify(false), { type: "comparison", equal: true }],
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

const afterInterruptions = (interruptionCount: number) =>
  judge(plan, { ...preparing, interruptionCount }, prepare, ready);

test("the third interruption in a row is a crash loop, and the second is not", () => {
  expect(interruptionCountMax).toBe(3);
  expect(afterInterruptions(2)).toEqual({ type: "prepared" });
  expect(afterInterruptions(3)).toEqual({ type: "preparation_failed", cause: "crash_loop" });
  expect(afterInterruptions(4)).toEqual({ type: "preparation_failed", cause: "crash_loop" });
});

test("a crash loop comes before everything else that a preparation found", () => {
  const reply: Reply = { ...ready, missing: ["0000_base"], newer: ["0002_more"] };

  const event = judge(plan, { ...preparing, interruptionCount: 3 }, prepare, reply);

  expect(event).toEqual({ type: "preparation_failed", cause: "crash_loop" });
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

const afterUndoOf = (step: number, by: "statement" | "engine", route: RollingBack["route"]) =>
  judge(plan, { ...rollingBack, route }, run("undo", step, 0, by), applied);

test("rows are lost by the undo of a lossy step, unless the engine itself takes it back", () => {
  expect(afterUndoOf(0, "statement", "steps")).toMatchObject({ type: "step_undone", rowsLost: false });
  expect(afterUndoOf(2, "statement", "steps")).toMatchObject({
    type: "step_undone",
    step: 2,
    by: "statement",
    rowsLost: true,
  });
  expect(afterUndoOf(2, "engine", "engine")).toMatchObject({ type: "step_undone", by: "engine", rowsLost: false });
  expect(afterUndoOf(0, "statement", "down")).toMatchObject({ type: "step_undone", rowsLost: true });
});

test("a doubt that evidence decides is decided, with the statement it is about", () => {
  const up = judge(plan, migrating, decide("up", 0), { type: "evidence", ...quiet, picture: "after" });
  const undo = judge(plan, rollingBack, decide("undo", 1, 1), { type: "evidence", ...quiet, probe: "false" });

  expect(up).toEqual({ type: "step_decided", way: "up", step: 0, part: 0, applied: true });
  expect(undo).toEqual({ type: "step_decided", way: "undo", step: 1, part: 1, applied: false });
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

const afterComparison = (equal: boolean, rowsLost: boolean) =>
  judge(plan, { ...rollingBack, left: 0, doubt: null, rowsLost }, verify(false), { type: "comparison", equal });

test("a rollback is verified only if the snapshot is back and no rows are lost", () => {
  expect(afterComparison(true, false)).toEqual({ type: "rollback_verified" });
  expect(afterComparison(true, true)).toEqual({ type: "rollback_unverified", cause: "rows_lost" });
  expect(afterComparison(false, false)).toEqual({ type: "rollback_unverified", cause: "fingerprint_differs" });
});

test("a difference although this migration did nothing is somebody else's", () => {
  const nothing: RollingBack = { ...rollingBack, reached: 0, left: 0, doubt: null };

  const event = judge(plan, nothing, verify(true), { type: "comparison", equal: false });

  expect(event).toEqual({ type: "undecidable", cause: "changed_outside" });
});

// An undo that is written wrongly leaves a difference. If the runner dies between it and the comparison, the same
// difference is put down to somebody else: `verify` compares with the snapshot, not with what the journal implies.
test.fails("a difference that an undo of ours left is not put down to somebody else after a restart", () => {
  const undone: RollingBack = { ...rollingBack, left: 0, doubt: null };
  const machine = { state: undone, process: { epoch: epoch(2), tail: seq(9), awaiting: null } };

  const restarted = transition({ plan }, machine, { type: "interrupted", by: "restart" }, null);
  if (restarted.type !== "moved" || restarted.effect?.type !== "verify") throw new Error("not verified");
  const event = judge(plan, restarted.machine.state, restarted.effect, { type: "comparison", equal: false });

  expect(event).toEqual({ type: "rollback_unverified", cause: "fingerprint_differs" });
});

// The same for a failure that a person looks at again: `fingerprint_differs` becomes `changed_outside`.
test.fails("retry_rollback does not put our own difference down to somebody else", () => {
  const { type: _, ...back } = rollingBack;
  const { migration, direction, interruptionCount, ...rest } = back;
  const wayBack = { ...rest, left: 0, doubt: null };
  const failed: Failed = {
    migration,
    direction,
    interruptionCount,
    type: "failed",
    cause: "fingerprint_differs",
    wayBack,
  };
  const machine = { state: failed, process: { epoch: epoch(2), tail: seq(9), awaiting: null } };

  const again = transition({ plan }, machine, { type: "retry_rollback" }, null);
  if (again.type !== "moved" || again.effect?.type !== "verify") throw new Error("not verified");
  const event = judge(plan, again.machine.state, again.effect, { type: "comparison", equal: false });

  expect(event).toEqual({ type: "rollback_unverified", cause: "fingerprint_differs" });
});
