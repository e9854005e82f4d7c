import type { TransitionRecord } from "@surefoot/model";
import type { Material } from "./material.ts";

/** How far a claim of "as before" reaches. */
export interface Verified {
  /** `exact`: the engine's own counter says that no DDL took effect. `equal`: every object has its old fingerprint. */
  readonly schema: "equal" | "exact";
  readonly data: "untouched" | "rolled_back" | "undone_not_compared" | "compared";
}

export function verifiedAfter(seen: {
  /** The engine's own counter tells. */
  readonly exact: boolean;
  /** The engine took the steps back itself. */
  readonly rolledBack: boolean;
  readonly changedRows: boolean;
  /** Tables named by `option data=` were read and are equal. */
  readonly compared: boolean;
}): Verified {
  const schema = seen.exact ? "exact" : "equal";
  if (seen.compared) return { schema, data: "compared" };
  if (!seen.changedRows) return { schema, data: "untouched" };
  return { schema, data: seen.rolledBack ? "rolled_back" : "undone_not_compared" };
}

/** A step that changes rows took effect, seen or decided. */
export function rowsTouched(records: readonly TransitionRecord[], material: Material): boolean {
  return records.some(
    ({ event, step, detail }) =>
      (event === "step_applied" || (event === "step_decided" && detail["applied"] === true)) &&
      material.steps[step ?? -1]?.changesRows === true,
  );
}
