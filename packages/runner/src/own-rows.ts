/**
 * Which rows and values in what a migration made are its own. An undo that drops a table takes everything in it along,
 * so it must be known that nobody else has put anything there. What others did before a statement ran is not in the
 * difference that the statement makes; the differences of all own statements add up to what is their own.
 */
import type { Detail, TransitionRecord } from "@surefoot/model";

/** What is in a table, or in a column beside NULL and the default. */
export interface Contents {
  readonly count: number;
  /** The sum of the hashes of its rows or values, modulo 2^64: it knows no order, and it can be added and subtracted. */
  readonly sum: bigint;
}

type Route = "steps" | "down" | "engine" | null;

/** By what was made: `table:t` or `column:t.c`. */
export type ContentsOf = ReadonlyMap<string, Contents>;

export const nothing: Contents = { count: 0, sum: 0n };

/**
 * What the migration's own statements have left there, as its records tell.
 * @param route the way back that is taken: the statements of a `down` section are no steps' undos.
 */
export function ownContents(records: readonly TransitionRecord[], route: Route): ContentsOf {
  let own: ContentsOf = new Map();
  const before = new Map<number, ContentsOf>();
  for (const { event, step, detail } of records) {
    if (event === "step_sent" && step !== null) before.set(step, own);
    // Nobody saw what a statement wrote that was decided afterwards. Its undo leads back to what was there before it.
    const isStep = detail["way"] === "up" || route === "steps";
    if (event === "step_decided" && detail["applied"] === true && step !== null && isStep)
      own = before.get(step) ?? own;
    if (detail["own"] !== undefined) own = contentsFrom(detail["own"]);
  }
  return own;
}

/** False when a statement of the step took effect unseen: what its statements write can't be added up. */
export function isCounted(records: readonly TransitionRecord[], step: number): boolean {
  return !records.some(
    (record) => record.event === "step_decided" && record.step === step && record.detail["applied"] === true,
  );
}

/** `own`, and what has come or gone between two looks. */
export function withDifference(own: ContentsOf, before: ContentsOf, after: ContentsOf): ContentsOf {
  const sum = new Map(own);
  for (const [key, earlier] of before) {
    const { count, sum: known } = own.get(key) ?? nothing;
    const later = after.get(key) ?? nothing;
    sum.set(key, {
      count: count + later.count - earlier.count,
      sum: BigInt.asUintN(64, known + later.sum - earlier.sum),
    });
  }
  return sum;
}

export function contentsDetail(own: ContentsOf): Detail {
  return Object.fromEntries([...own].map(([key, { count, sum }]) => [key, [count, sum.toString(16)]]));
}

function contentsFrom(value: unknown): ContentsOf {
  if (typeof value !== "object" || value === null) return new Map();
  return new Map(
    Object.entries(value).map(([key, pair]: [string, unknown]) => {
      const [count, sum] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
      return [key, { count: Number(count), sum: BigInt(`0x${String(sum)}`) }];
    }),
  );
}
