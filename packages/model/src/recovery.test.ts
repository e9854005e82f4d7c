import { expect, test } from "vitest";
import type { StepClass } from "./plan/step-plan.ts";
import type { Evidence } from "./recovery.ts";
import { afterInterruption, decideDoubt, doubtTable, interruptionCountMax } from "./recovery.ts";

const classes: readonly StepClass[] = ["transactional", "atomic", "opaque"];

const evidences: readonly Evidence[] = [false, true].flatMap((changedOutside) =>
  (["set", "absent", "none"] as const).flatMap((mark) =>
    (["before", "after", "changed", "blind"] as const).flatMap((picture) =>
      (["true", "false", "unknown", "none"] as const).flatMap((probe) =>
        (["applied", "not_applied", "none"] as const).map((operator) => ({
          changedOutside,
          mark,
          picture,
          probe,
          operator,
        })),
      ),
    ),
  ),
);

const cases = classes.flatMap((promise) =>
  evidences.map((seen) => ({
    promise,
    seen,
    rows: doubtTable.filter(({ when }) => when(promise, seen)),
    decision: decideDoubt(promise, seen),
  })),
);

const quiet: Evidence = { changedOutside: false, mark: "none", picture: "blind", probe: "none", operator: "none" };

test("exactly one row answers for every combination of facts", () => {
  const wrong = cases.filter(({ rows }) => rows.length !== 1);

  expect(cases).toHaveLength(3 * 2 * 3 * 4 * 4 * 3);
  expect(wrong).toEqual([]);
});

test("every row answers for some combination, and the decision is that row's", () => {
  const answering = new Set(cases.flatMap(({ rows }) => rows));
  const deviating = cases.filter(({ rows, decision }) => rows[0]?.answer !== decision);

  expect([...answering].map(({ name }) => name).toSorted()).toEqual(doubtTable.map(({ name }) => name).toSorted());
  expect(new Set(doubtTable.map(({ name }) => name)).size).toBe(doubtTable.length);
  expect(deviating).toEqual([]);
});

test("a transactional statement in doubt was never applied", () => {
  const transactional = cases.filter(({ promise }) => promise === "transactional");

  expect(transactional.filter(({ decision }) => decision.type === "applied")).toEqual([]);
  expect(transactional.filter(({ decision }) => decision.type === "not_applied").length).toBeGreaterThan(0);
});

test("with changes from outside nothing is decided, whatever else is seen or said", () => {
  const touched = cases.filter(({ seen }) => seen.changedOutside);

  expect(touched).toHaveLength(cases.length / 2);
  expect(new Set(touched.map(({ decision }) => JSON.stringify(decision)))).toEqual(
    new Set([JSON.stringify({ type: "undecidable", cause: "changed_outside" })]),
  );
});

test("the engine's evidence never decides an opaque statement", () => {
  const byEngine = cases.filter(
    ({ promise, decision }) =>
      promise === "opaque" && decision.type !== "undecidable" && decision.by !== "probe" && decision.by !== "operator",
  );

  expect(byEngine).toEqual([]);
});

const tell = (seen: Partial<Evidence>) => decideDoubt("atomic", { ...quiet, ...seen });

test("what the evidence on an atomic statement tells", () => {
  expect(tell({ picture: "after" })).toEqual({ type: "applied", by: "picture" });
  expect(tell({ picture: "before" })).toEqual({ type: "not_applied", by: "picture" });
  expect(tell({ mark: "set" })).toEqual({ type: "applied", by: "mark" });
  expect(tell({ mark: "set", picture: "changed" })).toEqual({ type: "applied", by: "mark" });
  expect(tell({ mark: "absent" })).toEqual({ type: "not_applied", by: "mark" });
  expect(tell({ mark: "absent", picture: "changed" })).toEqual({ type: "undecidable", cause: "changed_outside" });
  expect(tell({ mark: "set", picture: "before" })).toEqual({ type: "undecidable", cause: "no_evidence" });
  expect(tell({ mark: "absent", picture: "after" })).toEqual({ type: "undecidable", cause: "no_evidence" });
  expect(tell({ probe: "true" })).toEqual({ type: "applied", by: "probe" });
  expect(tell({ picture: "changed" })).toEqual({ type: "undecidable", cause: "no_evidence" });
});

test("an operator's word answers the doubt that evidence cannot", () => {
  expect(decideDoubt("opaque", quiet)).toEqual({ type: "undecidable", cause: "no_evidence" });
  expect(decideDoubt("opaque", { ...quiet, operator: "applied" })).toEqual({ type: "applied", by: "operator" });
  expect(decideDoubt("opaque", { ...quiet, operator: "not_applied" })).toEqual({ type: "not_applied", by: "operator" });
  expect(tell({ mark: "set", picture: "before", operator: "applied" })).toEqual({ type: "applied", by: "operator" });
  expect(tell({ mark: "absent", picture: "after", operator: "not_applied" })).toEqual({
    type: "not_applied",
    by: "operator",
  });
  expect(tell({ picture: "before", operator: "applied" })).toEqual({ type: "not_applied", by: "picture" });
});

test("an operator's word counts exactly where without it there would be no evidence", () => {
  const spoken = cases.filter(({ seen }) => seen.operator !== "none");
  const wrong = spoken.filter(({ promise, seen, decision }) => {
    const unspoken = decideDoubt(promise, { ...seen, operator: "none" });
    const open = unspoken.type === "undecidable" && unspoken.cause === "no_evidence";
    const expected = open ? { type: seen.operator, by: "operator" } : unspoken;
    return JSON.stringify(decision) !== JSON.stringify(expected);
  });

  expect(spoken).toHaveLength((cases.length * 2) / 3);
  expect(wrong).toEqual([]);
});

test("only resume goes on after an interruption", () => {
  const states = ["migrating", "validating_post"] as const;

  expect(states.map((state) => afterInterruption("rollback", state))).toEqual(["turn_round", "turn_round"]);
  expect(states.map((state) => afterInterruption("resume", state))).toEqual(["go_on", "go_on"]);
  expect(states.map((state) => afterInterruption("stop", state))).toEqual(["turn_round", "turn_round"]);
});

test("three interruptions in a row are too many", () => {
  expect(interruptionCountMax).toBe(3);
});
