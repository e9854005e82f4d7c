/** What was seen in configurations that were searched. */
import { actionNames, actionOf, commits } from "../explorer/action.ts";
import type { ActionName, Commit } from "../explorer/action.ts";
import type { Explored } from "../explorer/explored.ts";
import type { Coverage } from "../properties/property.ts";
import type { Variant } from "../variant.ts";

/** A summary that is small enough to keep when the search itself is forgotten. */
export function coverageOf(explored: Explored): Coverage {
  const { moves, exploration, edgeCounts, decisionCounts } = explored;
  const actions = new Map<ActionName, number>(actionNames.map((name) => [name, 0]));
  const ends = new Map<Commit, number>(commits.map((commit) => [commit, 0]));
  for (const [id, count] of exploration.actionCounts.entries()) {
    if (count === 0) continue;
    const { name, commit } = actionOf(id);
    actions.set(name, (actions.get(name) ?? 0) + count);
    ends.set(commit, (ends.get(commit) ?? 0) + count);
  }
  return {
    variant: moves.variant,
    edges: edgeCounts,
    actions,
    commits: ends,
    decisions: decisionCounts,
    crashLoops: moves.states.filter(({ state }) => state.type === "failed" && state.cause === "crash_loop").length,
  };
}

export function together(variant: Variant, all: readonly Coverage[]): Coverage {
  const sum = <K>(maps: readonly ReadonlyMap<K, number>[]): ReadonlyMap<K, number> => {
    const total = new Map<K, number>();
    for (const map of maps) for (const [key, count] of map) total.set(key, (total.get(key) ?? 0) + count);
    return total;
  };
  return {
    variant,
    edges: sum(all.map(({ edges }) => edges)),
    actions: sum(all.map(({ actions }) => actions)),
    commits: sum(all.map(({ commits }) => commits)),
    decisions: sum(all.map(({ decisions }) => decisions)),
    crashLoops: all.reduce((count, { crashLoops }) => count + crashLoops, 0),
  };
}
