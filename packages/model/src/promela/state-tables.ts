/** What the journal can hold, and what it implies of the database then. */
import type { Explored } from "../explorer/explored.ts";
import type { KnownState } from "../explorer/moves.ts";
import { isSink } from "../state.ts";
import { bits, maskOf, valueOf } from "./cells.ts";

/** How people stop a runner. */
export const stops = ["NOT_STOPPED", "BY_SIGNAL", "BY_HALT"] as const;

export function stateTables(explored: Explored) {
  const { states } = explored.moves;
  return {
    sink: states.map(({ state }) => Number(isSink(state.type))),
    idle: states.map(({ state }) => Number(state.type === "idle")),
    failed: states.map(({ state }) => Number(state.type === "failed")),
    clean: states.map(({ state }) => Number(state.type === "failed" && state.wayBack === null)),
    completing: states.map(({ state }) => Number(state.type === "completing")),
    executed: states.map(({ state }) => Number(state.type === "completing" && state.how === "executed")),
    stop: states.map(({ state }) => stops.indexOf(stopOf(state))),
    in_one: states.map(({ plan }) => Number(plan.transaction === "migration")),
    planned: states.map(({ plan }) => Number(plan.steps.length > 0)),
    /** -1 in `idle`. */
    job: states.map(({ job }) => job),
    rest: states.map((state) => restOf(explored, state)),
    ...impliedTables(explored),
  };
}

/** The machine of a process that has just read the journal; where nobody ever did, one of which nothing is known. */
function restOf({ moves: { machines } }: Explored, { id: state }: KnownState): number {
  return machines.find(({ at, effect }) => at.id === state && effect === null)?.id ?? machines.length;
}

function stopOf(state: KnownState["state"]): (typeof stops)[number] {
  switch (state.type) {
    case "preparing":
    case "validating_pre":
    case "validating_post":
      return "BY_SIGNAL";
    case "migrating":
      return state.inDoubt ? "NOT_STOPPED" : "BY_SIGNAL";
    case "rolling_back":
      return "BY_HALT";
    default:
      return "NOT_STOPPED";
  }
}

/** What the journal implies of the cells: which it speaks of, what it says of them, and which it leaves in doubt. */
function impliedTables(explored: Explored) {
  const { moves, configuration } = explored;
  const implied = (only: "all" | "visible" | "in doubt") =>
    moves.states.map(({ job, implied: says }) => {
      const { cells, steps } = configuration.jobs[job] ?? { cells: [], steps: [] };
      return cells.flatMap((cellId, step) => {
        const { rows = false, preexisting = false } = steps[step]!;
        const value = says[cellId]!;
        if (only === "in doubt") return value < 0 ? [{ cell: cellId, value: 3 }] : [];
        if (value < 0 || (only === "visible" && (rows || preexisting))) return [];
        return [{ cell: cellId, value: value === 0 || value === 1 ? valueOf(configuration, job, value) : value }];
      });
    });
  const [all, visible, doubt] = [implied("all"), implied("visible"), implied("in doubt")];
  return {
    implied_mask: all.map(maskOf),
    implied: all.map(bits),
    visible_mask: visible.map(maskOf),
    visible: visible.map(bits),
    doubt_mask: doubt.map(bits),
  };
}
