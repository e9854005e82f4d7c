import type { WayBack } from "../state.ts";
import type { Plan, PlannedStatement } from "./step-plan.ts";

/** What comes next on the way back. */
export type NextUndo =
  | { readonly type: "statement"; readonly step: number; readonly part: number; readonly statement: PlannedStatement }
  | { readonly type: "engine"; readonly step: number }
  | { readonly type: "missing"; readonly step: number }
  | { readonly type: "nothing" };

/** The undo of the last step still in effect, the next statement of `down`, or nothing. */
export function nextUndo(plan: Plan, back: WayBack): NextUndo {
  if (back.route === "down") {
    const statement = plan.down?.[back.done];
    return statement === undefined ? { type: "nothing" } : { type: "statement", step: back.done, part: 0, statement };
  }
  for (let step = back.left - 1; step >= 0; step--) {
    if (back.unchanged.includes(step)) continue;
    if (back.route === "engine") return { type: "engine", step };
    const undo = plan.steps[step]?.undo ?? null;
    if (undo === null) return { type: "missing", step };
    const part = step === back.left - 1 ? back.part : 0;
    const statement = undo[part];
    // All of it has run, or there was nothing to run because another undo takes the step back as well.
    if (statement === undefined) continue;
    return { type: "statement", step, part, statement };
  }
  return { type: "nothing" };
}

/** The way back after the statement that `nextUndo` named took effect. */
export function afterUndo(plan: Plan, back: WayBack, step: number): WayBack {
  if (back.route === "down") return { ...back, done: back.done + 1, doubt: null };
  if (back.route === "engine") return { ...back, left: step, part: 0, doubt: null };
  const count = plan.steps[step]?.undo?.length ?? 0;
  const part = (step === back.left - 1 ? back.part : 0) + 1;
  return part < count ? { ...back, left: step + 1, part, doubt: null } : { ...back, left: step, part: 0, doubt: null };
}

/**
 * What of the migration is still in the database, in the order in which it would be taken back: numbers of steps, or,
 * when the `down` section is on its way, numbers of its statements that have not run.
 */
export function remaining(plan: Plan, back: WayBack): readonly number[] {
  if (back.route === "down") {
    const left = Math.max(0, (plan.down?.length ?? 0) - back.done);
    return Array.from({ length: left }, (_, index) => back.done + index);
  }
  const steps: number[] = back.doubt === "up" ? [back.reached] : [];
  for (let step = back.left - 1; step >= 0; step--) if (!back.unchanged.includes(step)) steps.push(step);
  return steps;
}

/**
 * Have rows been destroyed that no undo brings back? Once everything has been taken back, every lossy step that took
 * effect has lost them, whoever wrote its undo. Only the engine brings rows back.
 */
export function rowsLost(plan: Plan, back: WayBack): boolean {
  if (back.route === "engine") return false;
  return plan.steps.some(({ lossy }, step) => lossy && step < back.reached && !back.unchanged.includes(step));
}
