import type { Readied } from "../prepare-migration.ts";
import type { TriedRollback } from "../results.ts";

/** What is said to take a migration back, or why nothing does. */
export type Promised =
  | { readonly by: NonNullable<TriedRollback["by"]> }
  /** Nobody says that it is taken back. */
  | { readonly by: null; readonly why: string };

/** After so many steps took effect, from 1: a check afterwards fails, or the next step. */
export function promisedAfter(count: number, readied: Readied): Promised {
  const { plan, material, noUndo } = readied;
  if (plan.transaction === "migration") return { by: "engine" };
  const steps = plan.steps.slice(0, count);
  const lossy = steps.findIndex((step) => step.lossy);
  if (lossy !== -1) return { by: null, why: destroyed(lossy) };
  if (count === plan.steps.length && plan.down !== null) return { by: "down" };
  const missing = steps.findIndex(({ undo }, step) => undo === null && material.steps[step]?.later !== true);
  return missing === -1 ? { by: "undos" } : { by: null, why: withoutUndo(missing, noUndo[missing] ?? null) };
}

/** When it is reverted after it was applied. */
export function promisedDown({ plan, material, noUndo }: Readied): Promised {
  if (plan.down !== null) return { by: "down" };
  const missing = plan.steps.findIndex(({ undo }, step) => undo === null && material.steps[step]?.later !== true);
  return missing === -1 ? { by: "undos" } : { by: null, why: withoutUndo(missing, noUndo[missing] ?? null) };
}

export function destroyed(step: number): string {
  return `step ${step + 1} destroys rows, and no undo brings those back`;
}

/** Of a step whose undo was looked for when it ran. */
export function withoutFound(step: number): string {
  return `step ${step + 1} has no undo: none was found when it ran`;
}

function withoutUndo(step: number, why: string | null): string {
  return `step ${step + 1} has no undo${why === null ? "" : `: ${why}`}`;
}
