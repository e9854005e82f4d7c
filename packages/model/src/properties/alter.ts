/** Ways of seeding a defect into the pure functions, for mutants. */
import type { Effect } from "../effect.ts";
import type { Event, EventType } from "../event.ts";
import type { Reply } from "../judge.ts";
import { judge } from "../judge.ts";
import type { Plan } from "../plan/step-plan.ts";
import type { Rules } from "../explorer/moves.ts";
import type { State, StateType } from "../state.ts";
import type { Outcome } from "../transition.ts";
import { transition } from "../transition.ts";

type Moved = Extract<Outcome, { type: "moved" }>;

/** The machine, but what one event leads to in one state is changed afterwards. */
export function afterwards<S extends StateType>(
  from: S,
  on: readonly EventType[],
  change: (
    state: State,
    effect: Effect | null,
    was: Extract<State, { type: S }>,
    plan: Plan,
  ) => { readonly state: State; readonly effect: Effect | null } | null,
): Partial<Rules> {
  return {
    transition(config, machine, event, answers) {
      const outcome = transition(config, machine, event, answers);
      if (outcome.type !== "moved" || machine.state.type !== from || !on.includes(event.type)) return outcome;
      const next = change(
        outcome.machine.state,
        outcome.effect,
        machine.state as Extract<State, { type: S }>,
        config.plan,
      );
      return next === null ? outcome : moved(outcome, next.state, next.effect);
    },
  };
}

/** The machine, but an event is refused in one state. */
export function refused(from: StateType, on: EventType): Partial<Rules> {
  return {
    transition(config, machine, event, answers) {
      if (machine.state.type === from && event.type === on) return { type: "refused", reason: "not_in_table" };
      return transition(config, machine, event, answers);
    },
  };
}

/** The judge, but one reply is taken for another, or read as another event. */
export function judged(
  change: (effect: Exclude<Effect, { type: "raise" }>, reply: Reply, event: Event, state: State) => Event | null,
): Partial<Rules> {
  return {
    judge(plan, state, effect, reply) {
      const event = judge(plan, state, effect, reply);
      return change(effect, reply, event, state) ?? event;
    },
  };
}

function moved(outcome: Moved, state: State, effect: Effect | null): Moved {
  const { process } = outcome.machine;
  const awaiting = effect === null ? null : { epoch: process.epoch, seq: process.tail };
  return {
    type: "moved",
    machine: { state, process: { ...process, awaiting } },
    record: { ...outcome.record, to: state.type },
    effect,
  };
}
