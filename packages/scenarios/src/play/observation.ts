import type { JournalRecord, StateType } from "@surefoot/model";
import type { Outcome } from "../scenario.ts";

/** A record as `keeps` names it. */
export interface Kept {
  readonly event: string;
  /** From 1; null: it speaks of no step. */
  readonly step: number | null;
  /** All that is said in it; null where nobody says anything: in the model. */
  readonly text: string | null;
}

/** What was seen of a story, to be held against its `then`. */
export interface Observation {
  readonly exits: readonly (number | "killed")[];
  readonly path: readonly StateType[];
  readonly outcome: Outcome;
  readonly applied: readonly string[];
  readonly tables: { readonly [table: string]: readonly string[] };
  readonly rows: { readonly [table: string]: number };
  /** Everything that was printed; null: nothing prints there. */
  readonly told: string | null;
  readonly records: readonly Kept[];
  /** What must hold in every story and did not; faults that were to strike and found nothing. */
  readonly broken: readonly string[];
}

/** Who does something in a story, for those who watch it. */
export type Actor = "operator" | "runner" | "second runner" | "database" | "fault";

export interface Moment {
  readonly actor: Actor;
  readonly text: string;
}

/** The states that these records led through, from `idle`, each once in a row. */
export function pathOf(records: readonly JournalRecord[]): readonly StateType[] {
  const path: StateType[] = ["idle"];
  for (const record of records) if (record.kind === "transition" && path.at(-1) !== record.to) path.push(record.to);
  return path;
}

/** How a story ended, by its last record that is a transition. */
export function outcomeOf(records: readonly JournalRecord[]): Outcome {
  const last = records.findLast((record) => record.kind === "transition");
  if (last === undefined) return "nothing";
  if (last.to === "failed")
    return last.from === "preparing" || last.from === "validating_pre" ? "failed_clean" : "failed_unclean";
  if (last.to !== "idle") return "in_motion";
  switch (last.event) {
    case "recorded":
      return last.direction === "down" ? "reverted" : last.detail["how"] === "resolved" ? "resolved" : "applied";
    case "resolve_reverted":
      return "restored";
    case "rollback_verified":
      return "rolled_back";
    default:
      return "nothing";
  }
}

/** `silent`: what records say beside their event is nobody's. */
export function keptOf(record: JournalRecord, silent: boolean): Kept {
  const step = record.kind === "transition" && record.step !== null ? record.step + 1 : null;
  return { event: record.event, step, text: silent ? null : JSON.stringify(record.detail) };
}
