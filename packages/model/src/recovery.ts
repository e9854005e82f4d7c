/**
 * Recovery as decision tables. The first says what a restart does with a migration that it finds unfinished, the second
 * decides a statement in doubt. Neither guesses: what no row decides by evidence is undecidable, and a person is asked.
 */
import type { Cause } from "./cause.ts";
import type { Event } from "./event.ts";
import type { Plan, RecoveryPolicy, StepClass } from "./plan/step-plan.ts";
import type { State } from "./state.ts";
import { isSink } from "./state.ts";

/** So many restarts in a row may find the same migration unfinished; the next `up` stops before it begins. */
export const interruptionCountMax = 3;

export type Interruptible = "migrating" | "validating_post";

/** `go_on` stays in the state; `turn_round` leads to `rolling_back`, where the policy `stop` then halts. */
const interruption: { readonly [P in RecoveryPolicy]: { readonly [S in Interruptible]: "go_on" | "turn_round" } } = {
  rollback: { migrating: "turn_round", validating_post: "turn_round" },
  resume: { migrating: "go_on", validating_post: "go_on" },
  stop: { migrating: "turn_round", validating_post: "turn_round" },
};

export function afterInterruption(policy: RecoveryPolicy, state: Interruptible): "go_on" | "turn_round" {
  return interruption[policy][state];
}

/**
 * What a runner hears when the journal has surely refused its records, once it has read the journal again. A statement
 * that was to commit with them has not taken effect, and would be refused for ever; any other is decided by evidence.
 */
export function afterRefusal(plan: Plan, state: State): Event | null {
  if (isSink(state.type)) return null;
  return state.type === "migrating" && state.inDoubt && plan.steps[state.reached]?.class === "transactional"
    ? { type: "step_failed", step: state.reached, unknown: false }
    : { type: "connection_lost" };
}

/** What can be known of a statement in doubt, once no orphan of it can act any more. */
export interface Evidence {
  /** Objects of the plan that are neither as before nor as the plan made them: somebody else's work. */
  readonly changedOutside: boolean;
  /** The engine's own mark, atomic with the effect; `none` where the engine has no such thing. */
  readonly mark: "set" | "absent" | "none";
  /**
   * The statement's objects now: as before it; as it leaves them; `changed`: not as before, and how it leaves them is
   * not known; `blind`: its effect cannot be seen in them. Neither the one nor the other is `changedOutside`.
   */
  readonly picture: "before" | "after" | "changed" | "blind";
  /** The author's own query. */
  readonly probe: "true" | "false" | "unknown" | "none";
  /** The operator's word for it (`--decide`). */
  readonly operator: "applied" | "not_applied" | "none";
}

export type Decision =
  | { readonly type: "applied"; readonly by: Basis }
  | { readonly type: "not_applied"; readonly by: Basis }
  | { readonly type: "undecidable"; readonly cause: Cause };

/** What a decision rests on. */
export type Basis = "journal" | "mark" | "picture" | "probe" | "operator";

interface Row {
  readonly name: string;
  readonly when: (promise: StepClass, seen: Evidence) => boolean;
  readonly answer: Decision;
}

const unseen = (seen: Evidence): boolean => seen.picture === "blind" || seen.picture === "changed";

/** Somebody else's work comes before everything: nothing of ours may be undone on top of it. */
const untouched = (seen: Evidence): boolean => !seen.changedOutside;
/** The journal does not tell. */
const open = (promise: StepClass, seen: Evidence): boolean => untouched(seen) && promise !== "transactional";
/** The engine shows the whole effect or none of it. */
const shown = (promise: StepClass, seen: Evidence): boolean => open(promise, seen) && promise === "atomic";
/** Nothing of the engine's tells; only the author's probe may. */
const asked = (promise: StepClass, seen: Evidence): boolean =>
  open(promise, seen) && (promise === "opaque" || (seen.mark === "none" && unseen(seen)));
/** Mark and picture say the opposite of each other. */
const contradicted = (promise: StepClass, seen: Evidence): boolean =>
  shown(promise, seen) &&
  ((seen.mark === "set" && seen.picture === "before") || (seen.mark === "absent" && seen.picture === "after"));
/** Where evidence can't decide, and only there, an operator's word counts. */
const silent = (promise: StepClass, seen: Evidence): boolean =>
  contradicted(promise, seen) || (asked(promise, seen) && (seen.probe === "unknown" || seen.probe === "none"));

/** Exactly one row answers for every combination; a test tries them all. */
export const doubtTable: readonly Row[] = [
  {
    name: "somebody else has changed the database meanwhile",
    when: (_, seen) => !untouched(seen),
    answer: { type: "undecidable", cause: "changed_outside" },
  },
  {
    name: "its record commits with its effect, and the record is not there",
    when: (promise, seen) => untouched(seen) && promise === "transactional",
    answer: { type: "not_applied", by: "journal" },
  },
  {
    name: "its objects are as it leaves them",
    when: (promise, seen) => shown(promise, seen) && seen.mark !== "absent" && seen.picture === "after",
    answer: { type: "applied", by: "picture" },
  },
  {
    name: "its objects are as they were before it",
    when: (promise, seen) => shown(promise, seen) && seen.mark !== "set" && seen.picture === "before",
    answer: { type: "not_applied", by: "picture" },
  },
  {
    name: "its mark is set, and no picture speaks against it",
    when: (promise, seen) => shown(promise, seen) && seen.mark === "set" && unseen(seen),
    answer: { type: "applied", by: "mark" },
  },
  {
    name: "its mark is absent, and its effect could not be seen",
    when: (promise, seen) => shown(promise, seen) && seen.mark === "absent" && seen.picture === "blind",
    answer: { type: "not_applied", by: "mark" },
  },
  {
    name: "its mark is absent, and yet its objects are not as before",
    when: (promise, seen) => shown(promise, seen) && seen.mark === "absent" && seen.picture === "changed",
    answer: { type: "undecidable", cause: "changed_outside" },
  },
  {
    name: "its probe says that it took effect",
    when: (promise, seen) => asked(promise, seen) && seen.probe === "true",
    answer: { type: "applied", by: "probe" },
  },
  {
    name: "its probe says that it did not",
    when: (promise, seen) => asked(promise, seen) && seen.probe === "false",
    answer: { type: "not_applied", by: "probe" },
  },
  {
    name: "nothing tells, and the operator says that it took effect",
    when: (promise, seen) => silent(promise, seen) && seen.operator === "applied",
    answer: { type: "applied", by: "operator" },
  },
  {
    name: "nothing tells, and the operator says that it did not",
    when: (promise, seen) => silent(promise, seen) && seen.operator === "not_applied",
    answer: { type: "not_applied", by: "operator" },
  },
  {
    name: "nothing tells, and nobody has said",
    when: (promise, seen) => silent(promise, seen) && seen.operator === "none",
    answer: { type: "undecidable", cause: "no_evidence" },
  },
];

/** Decides a statement in doubt from its class and the evidence. */
export function decideDoubt(promise: StepClass, seen: Evidence): Decision {
  const row = doubtTable.find(({ when }) => when(promise, seen));
  return row === undefined ? { type: "undecidable", cause: "no_evidence" } : row.answer;
}
