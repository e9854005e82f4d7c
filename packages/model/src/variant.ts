/**
 * The alternatives that were considered, as data, so that they can be checked and not argued about. None adds a state.
 * The runner always drives `adjusted`; the others exist for the explorer.
 */
import { assertNever } from "./assert-never.ts";
import type { Event, EventType } from "./event.ts";
import type { Plan, RecoveryPolicy } from "./plan/step-plan.ts";
import { nextUndo } from "./plan/way-back.ts";
import type { State, StateType } from "./state.ts";
import { isSink, stateTypes } from "./state.ts";
import type { Table } from "./table.ts";
import { table } from "./table.ts";

export const variantNames = ["adjusted", "documented", "resuming", "blocked", "rollback_state"] as const;
export type VariantName = (typeof variantNames)[number];

/** A state by the name under which a variant shows it. */
export type ShownType = StateType | "validating_rollback";
type ShownTable = { readonly [S in ShownType]?: { readonly [E in EventType]?: readonly ShownType[] } };

export interface Variant {
  readonly name: VariantName;
  /** What it is, in one sentence. */
  readonly summary: string;
  readonly table: Table;
  /** The moves by the names under which the variant shows states; null: by those of the table. */
  readonly shown: ShownTable | null;
  /** The policy of every migration; null leaves it to each. */
  readonly recovery: RecoveryPolicy | null;
  /** A missing dependency: `waits` looks again and again. */
  readonly missingDependency: "fails" | "waits";
  /** A lost connection: `failed` takes it for an error of what was under way. */
  readonly lostConnection: "interruption" | "failed";
  readonly missingUndo: "no_rollback" | "undo_failed";
  /** What the database is asked on the way back. `assumed`: nothing; an error did nothing, and what was undone is gone. */
  readonly evidence: "gathered" | "assumed";
  /** Which failures `retry` leaves. */
  readonly retry: "clean" | "any";
}

/** The table with the rows of some events left out. */
function without(of: Table, dropped: readonly EventType[]): Table {
  const rows = stateTypes.map((state): [StateType, Table[StateType]] => [
    state,
    Object.fromEntries(Object.entries(of[state]).filter(([event]) => !dropped.includes(event as EventType))),
  ]);
  return Object.fromEntries(rows) as { [S in StateType]: Table[S] };
}

/** An interruption leads nowhere else. */
function staying(state: StateType): Partial<Table[StateType]> {
  return { interrupted: [state], connection_lost: [state] };
}

const either = ["rolling_back", "validating_rollback"] as const;

/**
 * `validating_rollback` is what `rolling_back` is once nothing is left to undo, which plan and state tell. A migration that
 * turns round before it has changed anything is there at once.
 */
const withRollbackCheck: ShownTable = {
  ...table,
  migrating: {
    ...table.migrating,
    step_failed: either,
    interrupted: [...either, "migrating"],
    connection_lost: [...either, "migrating"],
  },
  rolling_back: {
    interrupted: ["rolling_back"],
    connection_lost: ["rolling_back"],
    step_decided: either,
    undo_sent: ["rolling_back"],
    step_undone: either,
    undo_failed: ["failed"],
    no_rollback: ["failed"],
    undecidable: ["failed"],
    halted: ["failed"],
  },
  validating_rollback: {
    interrupted: ["validating_rollback"],
    connection_lost: ["validating_rollback"],
    rollback_verified: ["idle"],
    rollback_unverified: ["failed"],
    undecidable: ["failed"],
    halted: ["failed"],
  },
  failed: { ...table.failed, retry_rollback: either },
};

const base: Variant = {
  name: "adjusted",
  summary: "The table as it is: every interruption has a row, every rollback is verified, every failure has a way out.",
  table,
  shown: null,
  recovery: null,
  missingDependency: "fails",
  lostConnection: "interruption",
  missingUndo: "no_rollback",
  evidence: "gathered",
  retry: "clean",
};

export const variants: { readonly [N in VariantName]: Variant } = {
  adjusted: base,
  documented: {
    name: "documented",
    summary:
      "The model as first written: no rows for interruptions and missing dependencies, nothing verified, no override.",
    table: without(table, [
      "interrupted",
      "connection_lost",
      "dependency_missing",
      "step_decided",
      "no_rollback",
      "rollback_unverified",
      "undecidable",
      "halted",
      "resolve_reverted",
      "resolve_applied",
      "retry_rollback",
    ]),
    shown: null,
    recovery: null,
    missingDependency: "fails",
    lostConnection: "failed",
    missingUndo: "undo_failed",
    evidence: "assumed",
    retry: "any",
  },
  resuming: {
    ...base,
    name: "resuming",
    summary: "After an interruption the migration goes on, once the step in doubt is decided.",
    table: {
      ...table,
      migrating: { ...table.migrating, ...staying("migrating") },
      validating_post: { ...table.validating_post, ...staying("validating_post") },
    },
    recovery: "resume",
  },
  blocked: {
    ...base,
    name: "blocked",
    summary: "A missing dependency is waited for in `preparing`.",
    table: { ...table, preparing: { ...table.preparing, dependency_missing: ["preparing"] } },
    missingDependency: "waits",
  },
  rollback_state: {
    ...base,
    name: "rollback_state",
    summary: "The check of a rollback is shown as a state of its own, a part of `rolling_back`.",
    shown: withRollbackCheck,
  },
};

/** Every move of a variant, by the names under which it shows states. */
export function shownTable({ shown, table: own }: Variant): ShownTable {
  return shown ?? own;
}

export function shownType({ shown }: Variant, plan: Plan, state: State): ShownType {
  if (state.type !== "rolling_back" || shown?.validating_rollback === undefined) return state.type;
  return state.doubt === null && nextUndo(plan, state).type === "nothing" ? "validating_rollback" : "rolling_back";
}

/** What a restart is told; null: nothing to recover. */
export function afterRestart(state: State): Event | null {
  return isSink(state.type) ? null : { type: "interrupted", by: "restart" };
}

/** What a lost connection means to a runner that has read the journal again; null: nothing to recover. */
export function afterLoss(variant: Variant, state: State): Event | null {
  if (variant.lostConnection === "interruption") return isSink(state.type) ? null : { type: "connection_lost" };
  switch (state.type) {
    case "preparing":
      return { type: "preparation_failed", cause: "connection_lost" };
    case "validating_pre":
      return { type: "precheck_failed", cause: "connection_lost" };
    case "migrating":
      return { type: "step_failed", step: state.reached, unknown: false };
    case "validating_post":
      return { type: "postcheck_failed", cause: "connection_lost" };
    case "completing":
      return { type: "recorded" };
    case "rolling_back":
      return {
        type: "undo_failed",
        step: Math.max(0, state.left - 1),
        part: state.part,
        cause: "undo_error",
        unknown: false,
      };
    case "idle":
    case "failed":
      return null;
    default:
      return assertNever(state);
  }
}
