import { assertNever } from "./assert-never.ts";
import type { Cause } from "./cause.ts";
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import type { Plan, PlannedStatement } from "./plan/step-plan.ts";
import { rowsLost } from "./plan/way-back.ts";
import type { Evidence } from "./recovery.ts";
import { decideDoubt } from "./recovery.ts";
import type { State } from "./state.ts";

/** What a runner answers to an effect: observations, never conclusions. */
export type Reply =
  | {
      readonly type: "preparation";
      /** Dependencies that are neither applied nor about to be. */
      readonly missing: readonly string[];
      /** Applied migrations that depend on this one. Asked on the way down. */
      readonly dependents: readonly string[];
      /** Applied migrations that come after this one in the order, where the policy forbids that. */
      readonly newer: readonly string[];
      /** Steps of a `down` that nothing takes back: it can't begin. */
      readonly undoMissing: readonly number[];
    }
  | {
      readonly type: "validation";
      /** Statements that may not run here at all, such as a COMMIT inside a migration. */
      readonly refused: boolean;
      /** A doctrine rule of level `error` is violated. */
      readonly doctrine: boolean;
      readonly checks: CheckResult;
    }
  | { readonly type: "checks"; readonly checks: CheckResult }
  | {
      readonly type: "observation";
      /** An object is neither as the journal implies nor, for a statement in doubt, as it would leave it. */
      readonly changedOutside: boolean;
      /** The undo would destroy rows or values that this migration did not write. */
      readonly destroysData: boolean;
    }
  | { readonly type: "applied"; readonly changed: boolean }
  | { readonly type: "sql_error" }
  /** No reply, or one that tells nothing: a lost connection, an unclear COMMIT. */
  | { readonly type: "lost" }
  | ({ readonly type: "evidence" } & Evidence)
  | {
      readonly type: "comparison";
      /** Every object that a step names is as in the snapshot. */
      readonly equal: boolean;
      /** An object is not even as the journal implies. */
      readonly changedOutside: boolean;
    };

export type CheckResult = "passed" | "false" | "error";

/** Reads a reply: what happened, in the words of the table. Each decision that an effect leads to is taken here. */
export function judge(plan: Plan, state: State, effect: Exclude<Effect, { type: "raise" }>, reply: Reply): Event {
  if (reply.type === "lost") return { type: "connection_lost" };
  switch (effect.type) {
    case "prepare":
      return reply.type === "preparation" ? judgePreparation(reply) : mismatch(effect, reply);
    case "validate_pre": {
      if (reply.type !== "validation") return mismatch(effect, reply);
      if (reply.refused) return { type: "doctrine_violated", cause: "transaction_control" };
      if (reply.doctrine) return { type: "doctrine_violated", cause: "doctrine" };
      if (reply.checks === "passed") return { type: "precheck_passed" };
      return { type: "precheck_failed", cause: reply.checks === "false" ? "precheck_false" : "precheck_error" };
    }
    case "validate_post": {
      if (reply.type !== "checks") return mismatch(effect, reply);
      if (reply.checks === "passed") return { type: "postcheck_passed" };
      return { type: "postcheck_failed", cause: reply.checks === "false" ? "postcheck_false" : "postcheck_error" };
    }
    case "observe": {
      if (reply.type !== "observation") return mismatch(effect, reply);
      const { step, part } = effect;
      if (effect.way === "up") {
        // Not sent: the way back compares once more, finds the same, and stops there.
        if (reply.changedOutside) return { type: "step_failed", step, unknown: false };
        return step >= plan.steps.length ? { type: "all_applied" } : { type: "step_sent", step };
      }
      if (reply.changedOutside) return { type: "undecidable", cause: "changed_outside" };
      if (statementAt(plan, state, effect) === null) return { type: "no_rollback", step };
      if (reply.destroysData) return { type: "undo_failed", step, part, cause: "undo_destroys_data", unknown: false };
      return { type: "undo_sent", step, part };
    }
    case "run":
      return judgeRun(plan, state, effect, reply);
    case "decide": {
      if (reply.type !== "evidence") return mismatch(effect, reply);
      const { way, step, part } = effect;
      const statement = statementAt(plan, state, effect);
      const decision = decideDoubt(statement?.class ?? "opaque", reply);
      if (decision.type === "undecidable")
        return state.type === "migrating"
          ? { type: "step_failed", step, unknown: true }
          : { type: "undecidable", cause: decision.cause };
      // Where its whole effect can be seen and isn't there, it changed nothing, whoever says that it ran. Rows don't show.
      const blind = statement?.class !== "atomic" || (way === "up" && (plan.steps[step]?.lossy ?? true));
      const changed = blind || reply.picture !== "before";
      return { type: "step_decided", way, step, part, applied: decision.type === "applied", changed };
    }
    case "verify": {
      if (reply.type !== "comparison") return mismatch(effect, reply);
      const lost = state.type === "rolling_back" && rowsLost(plan, state);
      if (!reply.equal)
        return effect.compare && reply.changedOutside
          ? { type: "undecidable", cause: "changed_outside" }
          : { type: "rollback_unverified", cause: "fingerprint_differs" };
      return lost ? { type: "rollback_unverified", cause: "rows_lost" } : { type: "rollback_verified" };
    }
    default:
      return assertNever(effect);
  }
}

function judgePreparation(facts: Extract<Reply, { type: "preparation" }>): Event {
  if (facts.missing.length > 0) return { type: "dependency_missing" };
  const cause: Cause | null =
    facts.newer.length > 0
      ? "out_of_order"
      : facts.dependents.length > 0
        ? "dependents_applied"
        : facts.undoMissing.length > 0
          ? "undo_missing"
          : null;
  return cause === null ? { type: "prepared" } : { type: "preparation_failed", cause };
}

function judgeRun(plan: Plan, state: State, effect: Extract<Effect, { type: "run" }>, reply: Reply): Event {
  const { way, step, part, by } = effect;
  const opaque = by === "statement" && (statementAt(plan, state, effect)?.class ?? "opaque") === "opaque";
  switch (reply.type) {
    case "applied": {
      if (way === "up") return { type: "step_applied", step, changed: reply.changed };
      return { type: "step_undone", step, part, by };
    }
    // An error means "not applied" for all but opaque statements: those may have done a part.
    case "sql_error":
      return way === "up"
        ? { type: "step_failed", step, unknown: opaque }
        : { type: "undo_failed", step, part, cause: "undo_error", unknown: opaque };
    default:
      return mismatch(effect, reply);
  }
}

function statementAt(
  plan: Plan,
  state: State,
  at: { readonly way: "up" | "undo"; readonly step: number; readonly part: number },
): PlannedStatement | null {
  const down = state.type === "rolling_back" && state.route === "down";
  const statement =
    at.way === "up" ? plan.steps[at.step] : down ? plan.down?.[at.step] : plan.steps[at.step]?.undo?.[at.part];
  return statement ?? null;
}

function mismatch(effect: Effect, reply: Reply): never {
  throw new Error(`The reply ${reply.type} does not answer the effect ${effect.type}.`);
}
