/**
 * What the pure machine says of a journal that a crash has left: where one start, on a database that answers and that
 * nobody else touches, brings it to rest.
 */
import type { Effect, Folded, Reply, State } from "@surefoot/model";
import { assertNever, isSink, judge, transition } from "@surefoot/model";

export interface Prediction {
  readonly state: State;
  readonly outcome: "untouched" | "applied" | "rolled_back" | "failed";
}

/** `applied`: did the statement in doubt take effect? The database knows; for transactional ones the journal does. */
export function predict({ state, plan, tail, epoch }: Folded, applied: boolean): Prediction {
  if (isSink(state.type)) return { state, outcome: state.type === "failed" ? "failed" : "untouched" };
  let machine = { state, process: { epoch, tail, awaiting: null } } as Parameters<typeof transition>[1];
  let event = { type: "interrupted", by: "restart" } as Parameters<typeof transition>[2];
  for (let count = 0; count < 200; count++) {
    const outcome = transition({ plan }, machine, event, null);
    if (outcome.type !== "moved") throw new Error(`${outcome.type} ${event.type} in ${machine.state.type}`);
    machine = outcome.machine;
    const { effect } = outcome;
    if (effect === null)
      return {
        state: machine.state,
        outcome: machine.state.type === "failed" ? "failed" : event.type === "recorded" ? "applied" : "rolled_back",
      };
    event = effect.type === "raise" ? effect.event : judge(plan, machine.state, effect, ideal(effect, applied));
  }
  throw new Error("no rest in 200 moves");
}

function ideal(effect: Exclude<Effect, { type: "raise" }>, applied: boolean): Reply {
  switch (effect.type) {
    case "prepare":
      return { type: "preparation", missing: [], dependents: [], newer: [], undoMissing: [] };
    case "validate_pre":
      return { type: "validation", refused: false, doctrine: false, checks: "passed" };
    case "validate_post":
      return { type: "checks", checks: "passed" };
    case "observe":
      return { type: "observation", changedOutside: false, destroysData: false };
    case "run":
      return { type: "applied", changed: true };
    case "decide":
      return {
        type: "evidence",
        changedOutside: false,
        mark: "none",
        picture: applied ? "after" : "before",
        probe: "none",
        operator: "none",
      };
    case "verify":
      return { type: "comparison", equal: true, changedOutside: false };
    default:
      return assertNever(effect);
  }
}
