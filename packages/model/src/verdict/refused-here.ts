import type { EventType } from "../event.ts";
import { code, words } from "../explorer/codes.ts";
import type { Explored } from "../explorer/explored.ts";
import { phase } from "../explorer/world.ts";
import type { StateType } from "../state.ts";

/** What a machine hears without anybody's saying so: a reply, evidence, or that it was interrupted. */
function isUnasked(id: number): boolean {
  const { restart, loss, refused, raise } = words;
  return id < code.words || id >= code.evidence || [restart, loss, refused, raise].some((word) => word === id);
}

/** Where a world stands, and the events that the machine of there has refused although something led to them. */
export function refusedHere(
  explored: Explored,
  state: number,
): { readonly at: StateType; readonly events: readonly EventType[] } {
  const { moves } = explored;
  const world = explored.world(state);
  const live = world.runners.flatMap((one) => (one.phase === phase.live ? [moves.machines[one.machine]!] : []));
  const machine = live.find(({ effect }) => effect !== null) ?? moves.rest(moves.states[world.journal]!);
  const events = [...machine.moves].flatMap(([id, { refused, event }]) =>
    refused && event !== null && isUnasked(id) ? [event.type] : [],
  );
  return { at: machine.at.state.type, events: [...new Set(events)] };
}
