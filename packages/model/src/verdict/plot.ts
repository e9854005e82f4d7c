/**
 * What may happen in a documented story, as data. A plot restricts the world: nothing else strikes, and nobody does
 * anything else. How often and at which moment is left open, unless it says in which states.
 */
import type { ActionName, Commit } from "../explorer/action.ts";
import { actionKinds, classOf } from "../explorer/action.ts";
import type { Action } from "../explorer/action.ts";
import type { Moves } from "../explorer/moves.ts";
import type { World } from "../explorer/world.ts";
import { phase } from "../explorer/world.ts";
import type { StateType } from "../state.ts";

export interface Plot {
  /** The scenario whose story it is. */
  readonly scenario: string;
  readonly title: string;
  /** What strikes: faults, and answers that are negative; and what people do to files, processes and the database. */
  readonly happens: readonly Happening[];
  /** Whether the dependency is applied before the story begins, or somebody applies it some day. */
  readonly dependency: "none" | "comes_late";
  /** Whether each step has an undo. */
  readonly undos: "all" | "one_missing";
}

export interface Happening {
  readonly what: readonly (ActionName | Exclude<Commit, "">)[];
  /** Only there: of the runner that it strikes, or of the journal when people act. Default: anywhere. */
  readonly in?: readonly StateType[];
}

/**
 * What belongs to every story: the commands that there are, for who is in a story may give any of them; and how a
 * statement ends whose client is gone, for end it must.
 */
const always: readonly string[] = [
  "invoke",
  "start",
  "retry_by_up",
  "retry",
  "retry_rollback",
  "retry_rollback_decided",
  "resolve_reverted",
  "resolve_reverted_forced",
  "resolve_applied",
  "resolve_applied_forced",
  "orphan_fails",
  "orphan_does_a_part",
] satisfies readonly ActionName[];

/** Whether an action belongs to the plot where it would be taken. What goes on by itself always does. */
export function belongsTo({ happens }: Plot): (action: Action, world: World, moves: Moves) => boolean {
  const places = new Map<string, readonly StateType[] | null>();
  for (const { what, in: states = null } of happens) for (const one of what) places.set(one, states);
  const isListed = (name: string, action: Action, world: World, moves: Moves): boolean => {
    if (always.includes(name)) return true;
    const states = places.get(name);
    return states === null || (states?.includes(stateAt(action, world, moves)) ?? false);
  };
  return (action, world, moves) => {
    const { name, commit } = action;
    const goesOn = actionKinds[name].class === "progress";
    if (!goesOn && !isListed(name, action, world, moves)) return false;
    return commit === "" || commit === "fenced" || isListed(commit, action, world, moves);
  };
}

/** People look at what is durable; a runner is struck wherever it is. */
function stateAt(action: Action, world: World, moves: Moves): StateType {
  const runner = world.runners[action.runner];
  const isPeople = classOf(action) === "operator";
  return isPeople || runner?.phase !== phase.live
    ? moves.states[world.journal]!.state.type
    : moves.machines[runner.machine]!.at.state.type;
}
