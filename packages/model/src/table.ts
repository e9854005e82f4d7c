import type { EventType } from "./event.ts";
import type { StateType } from "./state.ts";

export type Table = { readonly [S in StateType]: { readonly [E in EventType]?: readonly StateType[] } };

/**
 * Every event that a state accepts, and every state that it may lead to. An event that is absent is refused.
 * Where two states stand, the recovery policy decides: `rollback` and `stop` lead to the first, `resume` to the second.
 */
export const table = {
  idle: {
    start: ["preparing"],
  },
  preparing: {
    prepared: ["validating_pre"],
    dependency_missing: ["failed"],
    preparation_failed: ["failed"],
    interrupted: ["failed"],
    connection_lost: ["failed"],
  },
  validating_pre: {
    precheck_passed: ["migrating"],
    doctrine_violated: ["failed"],
    precheck_failed: ["failed"],
    interrupted: ["failed"],
    connection_lost: ["failed"],
  },
  migrating: {
    step_sent: ["migrating"],
    step_applied: ["migrating"],
    step_decided: ["migrating"],
    all_applied: ["validating_post"],
    step_failed: ["rolling_back"],
    interrupted: ["rolling_back", "migrating"],
    connection_lost: ["rolling_back", "migrating"],
  },
  validating_post: {
    postcheck_passed: ["completing"],
    postcheck_failed: ["rolling_back"],
    interrupted: ["rolling_back", "validating_post"],
    connection_lost: ["rolling_back", "validating_post"],
  },
  completing: {
    recorded: ["idle"],
    interrupted: ["completing"],
    connection_lost: ["completing"],
  },
  rolling_back: {
    undo_sent: ["rolling_back"],
    step_undone: ["rolling_back"],
    step_decided: ["rolling_back"],
    rollback_verified: ["idle"],
    undo_failed: ["failed"],
    no_rollback: ["failed"],
    rollback_unverified: ["failed"],
    undecidable: ["failed"],
    halted: ["failed"],
    interrupted: ["rolling_back"],
    connection_lost: ["rolling_back"],
  },
  failed: {
    retry: ["idle"],
    resolve_reverted: ["idle"],
    resolve_applied: ["completing"],
    retry_rollback: ["rolling_back"],
  },
} as const satisfies Table;

/** Where `event` may lead from `state`; empty when it is refused. */
export function targets(state: StateType, event: EventType, of: Table = table): readonly StateType[] {
  return of[state][event] ?? [];
}
