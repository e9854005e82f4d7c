/**
 * What a world looks like when numbers are forgotten: to argue that larger bounds bring nothing new, one counts what is
 * there to be told apart, and watches the count stop growing.
 */
import type { Explored } from "../explorer/explored.ts";
import type { KnownState, Moves } from "../explorer/moves.ts";
import type { World } from "../explorer/world.ts";
import { cell, phase, progress } from "../explorer/world.ts";

/**
 * The abstract tuples of a search: state of the journal × a runner's state and what it waits for × what its session does
 * × how the database stands to the journal × whether an orphan is about. One for each runner of each world.
 */
export function abstractTuples(explored: Explored): ReadonlySet<string> {
  const { moves, exploration } = explored;
  const states = moves.states.map(stateKind);
  const machines = moves.machines.map(({ at, effect }) => `${states[at.id]!} ${effect?.type ?? "rests"}`);
  const seen = new Set<string>();
  // Most worlds repeat what another has shown, so the words are put together from small numbers first.
  const known = new Set<number>();
  const texts = new Map<string, number>();
  const numberOf = (text: string): number => {
    const found = texts.get(text) ?? texts.size;
    texts.set(text, found);
    return found;
  };
  for (let state = 0; state < exploration.stateCount; state++) {
    const world = explored.world(state);
    const whole = `${states[world.journal]!} | ${relation(world, moves)} | ${orphans(world)}`;
    for (const one of world.runners) {
      const machine = one.phase === phase.live ? machines[one.machine]! : `${one.phase}`;
      const part = `${machine} | ${one.progress}${one.orphan}${one.current}${one.leaseLost}`;
      const key = numberOf(whole) * 0x10000 + numberOf(part);
      if (known.has(key)) continue;
      known.add(key);
      seen.add(`${whole} | ${part}`);
    }
  }
  return seen;
}

function stateKind({ state }: KnownState): string {
  switch (state.type) {
    case "migrating":
      return `migrating${state.inDoubt ? " in doubt" : ""}`;
    case "rolling_back":
      return `rolling_back ${state.route} ${state.doubt ?? ""}`;
    case "failed":
      return `failed ${state.wayBack === null ? "clean" : `unclean ${state.wayBack.doubt ?? ""}`}`;
    default:
      return state.type;
  }
}

/** How the cells of the migration under way stand to what the journal implies. */
function relation({ journal, cells, drift, byHand, transaction }: World, { states }: Moves): string {
  const { implied } = states[journal]!;
  let differs = 0;
  let open = 0;
  let torn = 0;
  for (let at = 0; at < cells.length; at++) {
    if (cells[at] === cell.partial || cells[at] === cell.half_undone) torn = 1;
    if (implied[at] === -1) open = 1;
    else if (cells[at] !== implied[at]) differs = 1;
  }
  return `${differs}${open}${torn}${drift}${byHand}${transaction === 0 ? 0 : 1}`;
}

function orphans({ runners }: World): string {
  const left = runners.filter(({ orphan }) => orphan === 1);
  return left.some((one) => one.progress === progress.running) ? "running" : left.length > 0 ? "idle" : "none";
}
