/** What becomes of a migration that was interrupted, while nobody decides anything and nothing more strikes. */
import type { Explored } from "../explorer/explored.ts";
import { restricted, withoutFaults } from "../explorer/explored.ts";
import { canReach } from "../explorer/reach.ts";
import type { World } from "../explorer/world.ts";
import { phase } from "../explorer/world.ts";
import type { StateType } from "../state.ts";

/** Of so many worlds in which it was interrupted before its commit point, from how many it can come to each end. */
export interface Ends {
  readonly interrupted: number;
  readonly applied: number;
  readonly rolledBack: number;
  /** `failed`: a person decides. */
  readonly failed: number;
  /** It comes to no end from there. */
  readonly none: number;
}

const beforeTheCommitPoint: readonly StateType[] = ["migrating", "validating_post"];

export function endsOf(explored: Explored): Ends {
  const { rests, moves } = explored;
  const graph = restricted(explored.graph, withoutFaults);
  const typeOf = (world: World): StateType => moves.states[world.journal]!.state.type;
  const interrupted = explored.mark(
    (world) => beforeTheCommitPoint.includes(typeOf(world)) && world.runners.every((one) => one.phase !== phase.live),
  );
  const from = (ends: (world: World) => boolean): Uint8Array =>
    canReach(
      graph,
      explored.mark((world, state) => rests[state] === 1 && ends(world)),
    );
  const count = (wanted: (state: number) => boolean): number =>
    interrupted.reduce((sum, mark, state) => (mark === 1 && wanted(state) ? sum + 1 : sum), 0);
  const applied = from((world) => typeOf(world) === "idle" && world.applied !== 0);
  const rolledBack = from((world) => typeOf(world) === "idle" && world.applied === 0);
  const failed = from((world) => typeOf(world) === "failed");
  return {
    interrupted: count(() => true),
    applied: count((state) => applied[state] === 1),
    rolledBack: count((state) => rolledBack[state] === 1),
    failed: count((state) => failed[state] === 1),
    none: count((state) => applied[state] !== 1 && rolledBack[state] !== 1 && failed[state] !== 1),
  };
}
