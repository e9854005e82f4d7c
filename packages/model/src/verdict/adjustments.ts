/** What `adjusted` has and `documented` has not, piece by piece, so that each can be given or withdrawn alone. */
import type { EventType } from "../event.ts";
import { eventTypes } from "../event.ts";
import type { StateType } from "../state.ts";
import { stateTypes } from "../state.ts";
import type { Table } from "../table.ts";
import type { Variant } from "../variant.ts";
import { variants } from "../variant.ts";

/** An event that has rows, or a choice of the variant. */
export type Adjustment =
  | { readonly type: "rows"; readonly event: EventType }
  | { readonly type: "choice"; readonly key: Choice };

type Choice = Exclude<keyof Variant, "name" | "summary" | "table" | "shown">;

const { documented, adjusted } = variants;
const choices = Object.keys(adjusted).filter(isChoice);

function isChoice(key: string): key is Choice {
  return key in adjusted && !["name", "summary", "table", "shown"].includes(key);
}

/** All of them, found by comparing the two. */
export const adjustments: readonly Adjustment[] = [
  ...eventTypes
    .filter((event) =>
      stateTypes.some((state) => rowOf(documented.table, state, event) !== rowOf(adjusted.table, state, event)),
    )
    .map((event) => ({ type: "rows", event }) as const),
  ...choices.filter((key) => documented[key] !== adjusted[key]).map((key) => ({ type: "choice", key }) as const),
];

export function adjustmentName(adjustment: Adjustment): string {
  return adjustment.type === "rows" ? adjustment.event : adjustment.key;
}

/** `documented` with the adjustments of these names; with all of them it is `adjusted`. */
export function documentedWith(names: readonly string[]): Variant {
  const given = adjustments.filter((one) => names.includes(adjustmentName(one)));
  const rows = given.flatMap((one) => (one.type === "rows" ? [one.event] : []));
  const table = Object.fromEntries(
    stateTypes.map((state) => [state, { ...documented.table[state], ...picked(adjusted.table[state], rows) }]),
  ) as { readonly [S in StateType]: Table[S] };
  const chosen = given.flatMap((one) => (one.type === "choice" ? [[one.key, adjusted[one.key]]] : []));
  return { ...documented, table, ...(Object.fromEntries(chosen) as Partial<Variant>) };
}

function rowOf(table: Table, state: StateType, event: EventType): string {
  return (table[state][event] ?? []).join(" ");
}

function picked(rows: Table[StateType], events: readonly EventType[]): Table[StateType] {
  return Object.fromEntries(events.flatMap((event) => (rows[event] === undefined ? [] : [[event, rows[event]]])));
}
