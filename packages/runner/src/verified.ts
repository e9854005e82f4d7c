/** How far a claim of "as before" reaches. */
export interface Verified {
  /** `exact`: the engine's own counter says that no DDL took effect. `equal`: every object has its old fingerprint. */
  readonly schema: "equal" | "exact";
  readonly data: "untouched" | "rolled_back" | "undone_not_compared" | "compared";
}

/** `engine`: the engine took the steps back itself. `compared`: tables named by `option data=` were read and are equal. */
export function verifiedAfter(seen: {
  readonly engine: boolean;
  readonly changedRows: boolean;
  readonly compared: boolean;
}): Verified {
  const schema = seen.engine ? "exact" : "equal";
  if (seen.compared) return { schema, data: "compared" };
  if (!seen.changedRows) return { schema, data: "untouched" };
  return { schema, data: seen.engine ? "rolled_back" : "undone_not_compared" };
}
