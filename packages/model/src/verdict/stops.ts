/** Where a run may stop: for ever outside a sink, or in `failed` without a way on. */
import type { ActionName } from "../explorer/action.ts";
import { classOf } from "../explorer/action.ts";
import type { Explored } from "../explorer/explored.ts";
import { actionsWhere, restricted, withoutFaults } from "../explorer/explored.ts";
import { isEnabled } from "../explorer/graph.ts";
import { canReach } from "../explorer/reach.ts";
import type { World } from "../explorer/world.ts";

/** Why it stops, in the order in which that is asked. */
export const stopReasons = {
  /** No fair action is enabled outside a sink. */
  stands_still: "nothing goes on by itself",
  /** Nor is one for a machine that refuses what its own effect has led to, whatever else that might have been. */
  is_refused: "the machine has no answer to what its own effect leads to",
  no_sink: "no continuation leads to a sink",
  no_way_on: "no command of an operator leads to `idle`",
} as const;

export type StopReason = keyof typeof stopReasons;

/** By reason and state: 1 = it stops there. */
export type Stops = { readonly [R in StopReason]: Uint8Array };

const withPeople = actionsWhere((action) => classOf(action) !== "fault");
/** What may still come of statements whose client is gone. */
const ends: readonly ActionName[] = ["orphan_applies", "orphan_fails", "orphan_does_a_part", "session_ends"];
const ofOrphans = actionsWhere(({ name }) => ends.includes(name));

/**
 * `withEffects`: where it stops, effects of the migration are in the database or can still arrive; `asBefore`: the
 * database is as before, and stays so.
 */
export function stopsOf(explored: Explored): { readonly withEffects: Stops; readonly asBefore: Stops } {
  const { graph, rests, moves } = explored;
  const leadsToRest = canReach(graph, rests);
  const typeOf = (world: World) => moves.states[world.journal]!.state.type;
  const idle = explored.mark((world, state) => rests[state] === 1 && typeOf(world) === "idle");
  const leadsToIdle = canReach(restricted(graph, withPeople), idle);
  const stops: Stops = {
    stands_still: rests.map((rest, state) => (rest === 0 && !isEnabled(graph, state, withoutFaults) ? 1 : 0)),
    is_refused: refusals(explored),
    no_sink: leadsToRest.map((leads) => 1 - leads),
    no_way_on: explored.mark(
      (world, state) => rests[state] === 1 && typeOf(world) === "failed" && leadsToIdle[state] === 0,
    ),
  };
  const changed = changes(explored);
  // Who is refused does nothing more; orphans may. Where no sink is reached, everything may go on.
  const later = canReach(restricted(graph, ofOrphans), changed);
  const ever = canReach(restricted(graph, withoutFaults), changed);
  const split = (wanted: 0 | 1): Stops => {
    const both = (marks: Uint8Array, effects: Uint8Array) =>
      marks.map((mark, state) => (mark === 1 && effects[state] === wanted ? 1 : 0));
    return {
      stands_still: both(stops.stands_still, later),
      is_refused: both(stops.is_refused, later),
      no_sink: both(stops.no_sink, ever),
      no_way_on: both(stops.no_way_on, later),
    };
  };
  return { withEffects: split(1), asBefore: split(0) };
}

/** By state: 1 = something can happen of itself that the machine refuses. */
function refusals(explored: Explored): Uint8Array {
  const { successors } = explored;
  let refuses = false;
  successors.onRefused = (action) => {
    if (withoutFaults[action] === 1) refuses = true;
  };
  const marks = explored.mark((world) => {
    refuses = false;
    successors.each(world, () => undefined);
    return refuses;
  });
  successors.onRefused = null;
  return marks;
}

/** By state: 1 = something of a migration that is not recorded as applied is in the database, or rows of others are gone. */
function changes(explored: Explored): Uint8Array {
  const { jobs } = explored.configuration;
  return explored.mark(
    (world) =>
      world.rowsGone === 1 ||
      jobs.some(({ migration, cells, steps }) => {
        const bit = 1 << explored.successors.migrations.indexOf(migration);
        const isApplied = (world.applied & bit) !== 0;
        return !isApplied && cells.some((index, step) => steps[step]?.preexisting !== true && world.cells[index] !== 0);
      }),
  );
}
