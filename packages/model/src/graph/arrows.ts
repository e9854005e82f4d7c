import type { EventType } from "../event.ts";
import { eventTypes } from "../event.ts";
import type { StateType } from "../state.ts";
import { stateTypes } from "../state.ts";
import type { Table } from "../table.ts";

/** All events that lead from one state to another. */
export interface Arrow {
  readonly from: StateType;
  readonly to: StateType;
  readonly events: readonly EventType[];
}

/** The table as a diagram has it: one arrow for each pair of states, in the order of a migration's life. */
export function arrowsOf(table: Table): readonly Arrow[] {
  return stateTypes.flatMap((from) =>
    stateTypes.flatMap((to): Arrow[] => {
      const events = eventTypes.filter((event) => table[from][event]?.includes(to));
      return events.length === 0 ? [] : [{ from, to, events }];
    }),
  );
}
