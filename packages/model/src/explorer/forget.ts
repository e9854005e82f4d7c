/**
 * The machine carries causes along for people, and branches on none of them but `crash_loop`. The explorer forgets them, so
 * that one state stands for all that differ in nothing else. That this is exact is no opinion: for every state that is met,
 * an audit asks `transition` about every cause that could stand there, and demands the same answer.
 */
import type { Cause } from "../cause.ts";
import { causes } from "../cause.ts";
import type { State } from "../state.ts";

const anyClean: Cause = "precheck_false";
const anyUnclean: Cause = "halted";
const anyReason: Cause = "step_error";

/** The state that stands for this one. */
export function forget(state: State): State {
  switch (state.type) {
    case "rolling_back":
      return { ...state, cause: anyReason };
    case "failed": {
      const { wayBack } = state;
      if (wayBack !== null) return { ...state, cause: anyUnclean, wayBack: { ...wayBack, cause: anyReason } };
      return state.cause === "crash_loop" ? state : { ...state, cause: anyClean };
    }
    default:
      return state;
  }
}

/** Every state that `state` stands for. */
export function remembered(state: State): readonly State[] {
  switch (state.type) {
    case "rolling_back":
      return causes.map((cause) => ({ ...state, cause }));
    case "failed": {
      const { wayBack } = state;
      if (wayBack !== null)
        return causes.flatMap((cause) => [
          { ...state, cause },
          { ...state, wayBack: { ...wayBack, cause } },
        ]);
      return state.cause === "crash_loop"
        ? [state]
        : causes.filter((cause) => cause !== "crash_loop").map((cause) => ({ ...state, cause }));
    }
    default:
      return [state];
  }
}
