import type { WayBack } from "../state.ts";
import type { Plan, PlannedStatement } from "./step-plan.ts";

/** What comes next on the way back. */
export type NextUndo =
  | { readonly type: "statement"; readonly step: number; readonly part: number; readonly statement: PlannedStatement }
  | { readonly type: "engine"; readonly step: number }
  | { readonly type: "missing"; readonly step: number }
  | { readonly type: "nothing" };

/** The last step still in effect, the next statement of `down`, or nothing. */
export function nextUndo(plan: Plan, back: WayBack): NextUndo {
  if (back.route === "down") {
    if (back.left === 0 || plan.down === null) return { type: "nothing" };
    const step = plan.down.length - back.left;
    const statement = plan.down[step];
    return statement === undefined ? { type: "nothing" } : { type: "statement", step, part: 0, statement };
  }
  const step = lastInEffect(back);
  if (step === null) return { type: "nothing" };
  if (back.route === "engine") return { type: "engine", step };
  const undo = plan.steps[step]?.undo ?? null;
  const statement = undo?.[back.part];
  return statement === undefined
    ? { type: "missing", step }
    : { type: "statement", step, part: back.part, statement };
}

/** The way back after the statement `next` took effect. */
export function afterUndo(plan: Plan, back: WayBack, step: number, rowsLost: boolean): WayBack {
  const lost = back.rowsLost || rowsLost;
  if (back.route === "down") return { ...back, left: back.left - 1, doubt: null, rowsLost: lost };
  const partCount = back.route === "engine" ? 1 : (plan.steps[step]?.undo?.length ?? 1);
  return back.part + 1 < partCount
    ? { ...back, part: back.part + 1, doubt: null, rowsLost: lost }
    : { ...back, left: step, part: 0, doubt: null, rowsLost: lost };
}

/**
 * What of the migration is still in the database, in the order in which it would be taken back: numbers of steps, or,
 * when the `down` section is on its way, numbers of its statements that have not run.
 */
export function remaining(plan: Plan, back: WayBack): readonly number[] {
  if (back.route === "down") {
    const count = plan.down?.length ?? 0;
    return Array.from({ length: back.left }, (_, index) => count - back.left + index);
  }
  const steps: number[] = back.doubt === "up" ? [back.reached] : [];
  for (let step = back.left - 1; step >= 0; step--) if (!back.unchanged.includes(step)) steps.push(step);
  return steps;
}

function lastInEffect(back: WayBack): number | null {
  for (let step = back.left - 1; step >= 0; step--) if (!back.unchanged.includes(step)) return step;
  return null;
}
