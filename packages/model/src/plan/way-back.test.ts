import { expect, test } from "vitest";
import type { WayBack } from "../state.ts";
import type { Plan, PlannedStep } from "./step-plan.ts";
import { afterUndo, nextUndo, remaining, rowsLost } from "./way-back.ts";

const atomic = { class: "atomic" } as const;
const opaque = { class: "opaque" } as const;
const step: PlannedStep = { class: "atomic", undo: [atomic], lossy: false };
const plan: Plan = { transaction: "step", recovery: "rollback", steps: [step, step, step], down: null };
const back: WayBack = {
  reached: 3,
  unchanged: [],
  route: "steps",
  left: 3,
  part: 0,
  done: 0,
  doubt: null,
  cause: "step_error",
};

/** Takes back whatever comes next until nothing does, and says what came. */
function walk(plan: Plan, from: WayBack): readonly string[] {
  const seen: string[] = [];
  let at = from;
  for (let next = nextUndo(plan, at); next.type !== "nothing"; next = nextUndo(plan, at)) {
    if (next.type === "missing") return [...seen, `missing ${next.step}`];
    seen.push(next.type === "engine" ? `engine ${next.step}` : `${next.step}.${next.part} ${next.statement.class}`);
    at = afterUndo(plan, at, next.step);
    if (seen.length > 100) throw new Error("the way back does not end");
  }
  return seen;
}

test("steps are undone from the last one that took effect to the first", () => {
  expect(walk(plan, back)).toEqual(["2.0 atomic", "1.0 atomic", "0.0 atomic"]);
  expect(walk(plan, { ...back, left: 1 })).toEqual(["0.0 atomic"]);
  expect(walk(plan, { ...back, left: 0 })).toEqual([]);
});

test("the statements of one undo run in their order, and the next step follows the last of them", () => {
  const several: Plan = { ...plan, steps: [step, { ...step, undo: [atomic, opaque, atomic] }] };

  expect(walk(several, { ...back, left: 2 })).toEqual(["1.0 atomic", "1.1 opaque", "1.2 atomic", "0.0 atomic"]);
  expect(walk(several, { ...back, left: 2, part: 2 })).toEqual(["1.2 atomic", "0.0 atomic"]);
});

test("steps that changed nothing are passed over, also by the engine", () => {
  const unchanged = [0, 2];

  expect(walk(plan, { ...back, unchanged })).toEqual(["1.0 atomic"]);
  expect(walk(plan, { ...back, unchanged, route: "engine" })).toEqual(["engine 1"]);
  expect(walk(plan, { ...back, unchanged: [0, 1, 2] })).toEqual([]);
});

test("a step without an undo stops the way back, and one that changed nothing needs none", () => {
  const without: Plan = { ...plan, steps: [step, { ...step, undo: null }, step] };

  expect(walk(without, back)).toEqual(["2.0 atomic", "missing 1"]);
  expect(walk(without, { ...back, unchanged: [1] })).toEqual(["2.0 atomic", "0.0 atomic"]);
});

test("the engine takes steps back whole, last one first, with or without an undo", () => {
  const several: Plan = {
    ...plan,
    steps: [
      { ...step, undo: null },
      { ...step, undo: [atomic, atomic] },
    ],
  };

  expect(walk(several, { ...back, left: 2, route: "engine" })).toEqual(["engine 1", "engine 0"]);
});

test("the `down` section runs first to last, and looks at no step", () => {
  const withDown: Plan = { ...plan, steps: [{ ...step, undo: null }], down: [opaque, atomic] };

  expect(walk(withDown, { ...back, route: "down" })).toEqual(["0.0 opaque", "1.0 atomic"]);
  expect(walk(withDown, { ...back, route: "down", done: 1 })).toEqual(["1.0 atomic"]);
  expect(walk(withDown, { ...back, route: "down", done: 2 })).toEqual([]);
  expect(walk({ ...withDown, down: null }, { ...back, route: "down" })).toEqual([]);
});

test("a doubt ends with the statement that it was about", () => {
  const first = afterUndo(plan, { ...back, doubt: "undo" }, 2);
  const second = afterUndo(plan, first, 1);

  expect(first).toEqual({ ...back, left: 2 });
  expect(second).toEqual({ ...back, left: 1 });
});

test("`down` goes on by its statements, and the engine by steps", () => {
  const withDown: Plan = { ...plan, down: [atomic, atomic] };

  expect(afterUndo(withDown, { ...back, route: "down" }, 0)).toEqual({ ...back, route: "down", done: 1 });
  expect(afterUndo(withDown, { ...back, route: "engine", left: 2 }, 1)).toEqual({ ...back, route: "engine", left: 1 });
});

const lossyAt = (lossy: number, undo: PlannedStep["undo"] = [atomic]): Plan => ({
  ...plan,
  steps: plan.steps.map((step, at) => (at === lossy ? { ...step, undo, lossy: true } : step)),
  down: [],
});

test("a lossy step that took effect has lost rows, whoever wrote its undo, by whatever statements", () => {
  const undone = { ...back, left: 0 };
  const undos: readonly PlannedStep["undo"][] = [[atomic], [atomic, opaque], [], null];

  expect(undos.map((undo) => rowsLost(lossyAt(2, undo), undone))).toEqual(undos.map(() => true));
  expect(rowsLost(lossyAt(0), undone)).toBe(true);
  expect(rowsLost(lossyAt(1), { ...back, route: "down" })).toBe(true);
  expect(rowsLost(plan, undone)).toBe(false);
});

test("no rows are lost by a step that was not reached or changed nothing, nor where the engine takes back", () => {
  const undone = { ...back, left: 0 };

  expect(rowsLost(lossyAt(2), { ...undone, reached: 2 })).toBe(false);
  expect(rowsLost(lossyAt(1), { ...undone, reached: 2 })).toBe(true);
  expect(rowsLost(lossyAt(1), { ...undone, unchanged: [1] })).toBe(false);
  expect(rowsLost(lossyAt(1), { ...undone, unchanged: [0, 2] })).toBe(true);
  expect(rowsLost(lossyAt(1), { ...undone, route: "engine" })).toBe(false);
});

test("what remains are the steps in effect, in the order of their undos", () => {
  expect(remaining(plan, back)).toEqual([2, 1, 0]);
  expect(remaining(plan, { ...back, unchanged: [1], left: 2 })).toEqual([0]);
  expect(remaining(plan, { ...back, left: 1, doubt: "undo" })).toEqual([0]);
  expect(remaining(plan, { ...back, left: 0 })).toEqual([]);
});

test("a step in doubt on its way up remains, before all others", () => {
  expect(remaining(plan, { ...back, reached: 2, left: 2, doubt: "up" })).toEqual([2, 1, 0]);
});

test("on the way through `down`, what remains are its statements that have not run", () => {
  const withDown: Plan = { ...plan, down: [atomic, atomic, atomic] };

  expect(remaining(withDown, { ...back, route: "down" })).toEqual([0, 1, 2]);
  expect(remaining(withDown, { ...back, route: "down", done: 2 })).toEqual([2]);
  expect(remaining(withDown, { ...back, route: "down", done: 3 })).toEqual([]);
  expect(remaining(withDown, { ...back, route: "down", done: 4 })).toEqual([]);
});

test("a step whose undo is covered by an earlier one needs no statement, and remains until that one has run", () => {
  const covered: Plan = { ...plan, steps: [step, { ...step, undo: [] }, step] };

  expect(walk(covered, back)).toEqual(["2.0 atomic", "0.0 atomic"]);
  expect(walk({ ...plan, steps: [{ ...step, undo: [] }] }, { ...back, left: 1 })).toEqual([]);
  expect(remaining(covered, { ...back, left: 2 })).toEqual([1, 0]);
  expect(afterUndo(covered, { ...back, left: 2 }, 0)).toEqual({ ...back, left: 0 });
});

test("a corrected undo with no more statements than have run is done", () => {
  expect(walk(plan, { ...back, left: 2, part: 1 })).toEqual(["0.0 atomic"]);
  expect(walk(plan, { ...back, left: 2, part: 2 })).toEqual(["0.0 atomic"]);
});

test("under a covered step the undo of several statements runs whole", () => {
  const covered: Plan = {
    ...plan,
    steps: [
      { ...step, undo: [atomic, opaque] },
      { ...step, undo: [] },
    ],
  };

  expect(walk(covered, { ...back, left: 2 })).toEqual(["0.0 atomic", "0.1 opaque"]);
});
