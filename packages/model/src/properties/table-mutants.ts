/**
 * Mutants that nobody had to think of: for each row of the table one in which the row is gone, one for each way in which it
 * can be taken for another row of the same state, and one for each guard of a row that is forgotten.
 */
import type { Event, EventType } from "../event.ts";
import { eventTypes } from "../event.ts";
import type { Plan } from "../plan/step-plan.ts";
import { nextUndo } from "../plan/way-back.ts";
import type { State, StateType } from "../state.ts";
import { stateTypes } from "../state.ts";
import type { Table } from "../table.ts";
import { table } from "../table.ts";
import { transition } from "../transition.ts";
import { refused } from "./alter.ts";
import type { Rules } from "../explorer/moves.ts";
import type { Mutant } from "./property.ts";

const rows: Table = table;

export function tableMutants(): readonly Mutant[] {
  return [...dropped(), ...retargeted(), ...unguarded];
}

function eventsOf(state: StateType): readonly EventType[] {
  return eventTypes.filter((event) => rows[state][event] !== undefined);
}

function dropped(): readonly Mutant[] {
  return stateTypes.flatMap((state) =>
    eventsOf(state).map((event) => ({
      id: `dropped: ${state} ${event}`,
      place: "table" as const,
      story: `The row \`${event}\` of \`${state}\` is gone.`,
      rules: refused(state, event),
    })),
  );
}

/** Each row once, taken for the first other row of its state that leads elsewhere. */
function retargeted(): readonly Mutant[] {
  return stateTypes.flatMap((state) =>
    eventsOf(state).flatMap((event) => {
      const other = eventsOf(state).find((candidate) => rows[state][candidate]?.[0] !== rows[state][event]?.[0]);
      if (other === undefined) return [];
      return [
        {
          id: `retargeted: ${state} ${event} as ${other}`,
          place: "table" as const,
          story: `In \`${state}\` the event \`${event}\` leads where \`${other}\` does.`,
          rules: {
            transition: ((config, machine, given, answers) => {
              if (machine.state.type !== state || given.type !== event)
                return transition(config, machine, given, answers);
              const outcome = transition(config, machine, sample(other, machine.state, config.plan, given), answers);
              // Its guard would refuse it here: then the row does what it always does.
              return outcome.type === "moved" ? outcome : transition(config, machine, given, answers);
            }) satisfies typeof transition,
          },
        },
      ];
    }),
  );
}

/** An event of a type, as this state would take it. */
function sample(type: EventType, state: State, plan: Plan, given: Event): Event {
  const back = state.type === "rolling_back" ? state : null;
  const next = back === null ? null : nextUndo(plan, back);
  const step = next !== null && next.type !== "nothing" ? next.step : state.type === "migrating" ? state.reached : 0;
  const part = next?.type === "statement" ? next.part : 0;
  switch (type) {
    case "start":
      return given.type === "start" ? given : { type, migration: "0002_main", direction: "up" };
    case "preparation_failed":
    case "doctrine_violated":
    case "precheck_failed":
    case "postcheck_failed":
    case "rollback_unverified":
    case "undecidable":
      return { type, cause: "halted" };
    case "interrupted":
      return { type, by: "signal" };
    case "step_sent":
    case "no_rollback":
      return { type, step };
    case "step_applied":
      return { type, step, changed: true };
    case "step_decided":
      return { type, way: back?.doubt === "undo" ? "undo" : "up", step, part, applied: true, changed: true };
    case "step_failed":
      return { type, step, unknown: false };
    case "undo_sent":
      return { type, step, part };
    case "step_undone":
      return { type, by: next?.type === "engine" ? "engine" : "statement", step, part };
    case "undo_failed":
      return { type, step, part, cause: "undo_error", unknown: false };
    case "retry":
      return { type, by: "operator" };
    case "resolve_reverted":
    case "resolve_applied":
      return { type, forced: false };
    default:
      return { type };
  }
}

/** A guard reads a part of the state; forgetting it is to hand `transition` a state in which that part says yes. */
function without(
  state: StateType,
  event: EventType,
  forget: (state: State, event: Event) => State | null,
): Partial<Rules> {
  return {
    transition: ((config, machine, given, answers) => {
      const outcome = transition(config, machine, given, answers);
      if (outcome.type !== "refused" || machine.state.type !== state || given.type !== event) return outcome;
      const blind = forget(machine.state, given);
      return blind === null ? outcome : transition(config, { ...machine, state: blind }, given, answers);
    }) satisfies typeof transition,
  };
}

const unguarded: readonly Mutant[] = [
  {
    id: "unguarded: failed retry, unclean",
    place: "table",
    story: "`retry` also leaves an unclean failure.",
    rules: without("failed", "retry", (state) => (state.type === "failed" ? { ...state, wayBack: null } : null)),
  },
  {
    id: "unguarded: failed retry, crash loop",
    place: "table",
    story: "`up` by itself also leaves a crash loop.",
    harmless:
      "Only the operator's `retry` forgets the interruptions, so the next start fails with `crash_loop` again before it looks at anything.",
    rules: without("failed", "retry", (state) =>
      state.type === "failed" && state.wayBack === null ? { ...state, cause: "interrupted" } : null,
    ),
  },
  {
    id: "unguarded: idle start, crash loop",
    place: "table",
    story: "The number of interruptions is not asked for when a migration starts.",
    rules: {
      transition: ((config, machine, event, answers) => {
        const { state } = machine;
        const blind: State = state.type === "idle" && event.type === "start" ? { ...state, interrupted: null } : state;
        return transition(config, { ...machine, state: blind }, event, answers);
      }) satisfies typeof transition,
    },
  },
  {
    id: "unguarded: migrating all_applied, early",
    place: "table",
    story: "`all_applied` is taken before every step took effect.",
    rules: without("migrating", "all_applied", (state) => state),
  },
  {
    id: "unguarded: stale replies",
    place: "table",
    story: "The id of a reply is not compared with the one that is awaited.",
    rules: {
      transition: ((config, machine, event, answers) =>
        transition(
          config,
          machine,
          event,
          answers === null ? null : machine.process.awaiting,
        )) satisfies typeof transition,
    },
  },
];
