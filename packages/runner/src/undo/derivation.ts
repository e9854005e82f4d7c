/** What an adapter knows of the way back of a statement, in the schema as the statements above it leave it. */

/** The exact inverse of a statement. */
export type Derived =
  /** Top to bottom. None: there is nothing to take back. */
  | { readonly type: "undo"; readonly statements: readonly string[] }
  /** `later`: another look, just before it runs, may find one. */
  | { readonly type: "none"; readonly reason: string; readonly later?: boolean };

export interface Derivation {
  readonly derived: Derived;
  /** Which of the statements that were offered is provably its exact inverse, by number. */
  readonly matches: readonly number[];
  /**
   * All that it changes, as `table:t` (with everything that goes when the table is dropped) or `column:t.c` (its values);
   * null: more than that, or not known.
   */
  readonly changes: readonly string[] | null;
}

/** Follows migrations statement by statement, from the schema as it is now. */
export interface Deriver {
  /**
   * The way back of each statement of the next migration, each in the schema as those above it leave it. `candidates` are
   * statements that may be the inverse of one of them. Nothing is believed: what is not exact is none.
   */
  derive(statements: readonly string[], candidates: readonly string[]): Promise<readonly Derivation[]>;
  /** The next migration needs none. */
  pass(statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
