import { assertNever } from "../assert-never.ts";
import type { Epoch, Seq } from "../brand.ts";
import { epoch, seq } from "../brand.ts";
import type { Cause } from "../cause.ts";
import { causes } from "../cause.ts";
import type { Event, EventType } from "../event.ts";
import { eventTypes } from "../event.ts";
import type { Direction, StateType } from "../state.ts";
import { stateTypes } from "../state.ts";
import type { Record as MachineRecord } from "../transition.ts";

/** The journal's format. An older Surefoot refuses a newer one. */
export const journalFormat = 1;

/** Plain data that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Detail = { readonly [key: string]: Json };

interface RecordBase {
  readonly seq: Seq;
  readonly run: string;
  readonly epoch: Epoch;
  /** UTC, ISO 8601 with milliseconds. */
  readonly at: string;
  /** What the machine needs of the event, and beside it what people need: messages, fingerprints, texts. */
  readonly detail: Detail;
}

/** One move of the machine. The state is the fold of these. */
export interface TransitionRecord extends RecordBase {
  readonly kind: "transition";
  readonly migration: string;
  readonly direction: Direction;
  readonly from: StateType;
  readonly event: EventType;
  readonly to: StateType;
  readonly step: number | null;
}

export const noteTypes = [
  "baseline",
  "import",
  "accept_edit",
  "orphan_settled",
  "atomic_rolled_back",
  "schema",
] as const;
export type NoteType = (typeof noteTypes)[number];

/** Something worth keeping that never changes the state. */
export interface NoteRecord extends RecordBase {
  readonly kind: "note";
  readonly migration: string | null;
  readonly event: NoteType;
}

export type JournalRecord = TransitionRecord | NoteRecord;

/** The row as every adapter stores it: `from` and the others are columns, `detail` is JSON text. */
export interface Row {
  readonly seq: number;
  readonly kind: string;
  readonly run: string;
  readonly epoch: number;
  readonly migration: string | null;
  readonly direction: string | null;
  readonly from_state: string | null;
  readonly event: string;
  readonly to_state: string | null;
  readonly step: number | null;
  readonly detail: string;
  readonly at: string;
}

/** Turns a move of the machine into the record that is stored. `facts` must not use the names of the event's fields. */
export function recordOf(move: MachineRecord, run: string, at: string, facts: Detail): TransitionRecord {
  const { event } = move;
  const detail: { [key: string]: Json } = { ...facts };
  let step: number | null = null;
  for (const [field, value] of Object.entries(event) as [string, Json][]) {
    if (field === "step") step = value as number;
    else if (!columns.has(field)) detail[field] = value;
  }
  const { seq, epoch, migration, direction, from, to } = move;
  return { kind: "transition", seq, run, epoch, migration, direction, from, event: event.type, to, step, at, detail };
}

/** Fields of an event that have a column of their own. */
const columns: ReadonlySet<string> = new Set(["type", "step", "migration", "direction"]);

export function encodeRow(record: JournalRecord): Row {
  const { kind, run, at, detail, event, migration } = record;
  const common = {
    seq: record.seq,
    kind,
    run,
    epoch: record.epoch,
    migration,
    event,
    detail: JSON.stringify(detail),
    at,
  };
  return record.kind === "note"
    ? { ...common, direction: null, from_state: null, to_state: null, step: null }
    : { ...common, direction: record.direction, from_state: record.from, to_state: record.to, step: record.step };
}

export type Decoded =
  | { readonly type: "record"; readonly record: JournalRecord }
  | { readonly type: "bad"; readonly why: string };

/** Reads a row that may have been damaged or written by somebody else. Says what is wrong instead of guessing. */
export function decodeRow(row: Row): Decoded {
  const { kind, migration, direction, step } = row;
  if (!isNatural(row.seq) || row.seq === 0 || !isNatural(row.epoch)) return bad("seq and epoch must be whole numbers");
  if (typeof row.run !== "string" || typeof row.at !== "string") return bad("run and at must be text");
  const detail = parseDetail(row.detail);
  if (detail === null) return bad("detail is no JSON object");
  const base = { seq: seq(row.seq), run: row.run, epoch: epoch(row.epoch), at: row.at, detail };
  if (kind === "note") {
    if (migration !== null && typeof migration !== "string") return bad("a note's migration must be text or null");
    if (!isOneOf(noteTypes, row.event)) return bad(`unknown note ${quote(row.event)}`);
    return { type: "record", record: { ...base, kind, migration, event: row.event } };
  }
  if (kind !== "transition") return bad(`unknown kind ${quote(kind)}`);
  if (typeof migration !== "string") return bad("a transition names its migration");
  if (direction !== "up" && direction !== "down") return bad(`unknown direction ${quote(direction)}`);
  if (!isOneOf(stateTypes, row.from_state)) return bad(`unknown state ${quote(row.from_state)}`);
  if (!isOneOf(stateTypes, row.to_state)) return bad(`unknown state ${quote(row.to_state)}`);
  if (!isOneOf(eventTypes, row.event)) return bad(`unknown event ${quote(row.event)}`);
  if (step !== null && !isNatural(step)) return bad("step must be a whole number");
  return {
    type: "record",
    record: { ...base, kind, migration, direction, from: row.from_state, event: row.event, to: row.to_state, step },
  };
}

/** The event as the machine took it, or null when a field that it needs is absent or of the wrong kind. */
export function eventOf(record: TransitionRecord): Event | null {
  const { detail, step, event: type } = record;
  const part = detail["part"];
  const cause = detail["cause"];
  const place = step !== null && isNatural(part) ? { step, part } : null;
  switch (type) {
    case "start":
      return { type, migration: record.migration, direction: record.direction };
    case "preparation_failed":
    case "doctrine_violated":
    case "precheck_failed":
    case "postcheck_failed":
    case "rollback_unverified":
    case "undecidable":
      return isCause(cause) ? { type, cause } : null;
    case "interrupted": {
      const by = detail["by"];
      return by === "restart" || by === "signal" ? { type, by } : null;
    }
    case "step_sent":
    case "no_rollback":
      return step === null ? null : { type, step };
    case "step_applied": {
      const changed = detail["changed"];
      return step === null || typeof changed !== "boolean" ? null : { type, step, changed };
    }
    case "step_decided": {
      const { way, applied, changed } = { way: detail["way"], applied: detail["applied"], changed: detail["changed"] };
      return place === null ||
        typeof applied !== "boolean" ||
        typeof changed !== "boolean" ||
        (way !== "up" && way !== "undo")
        ? null
        : { type, way, ...place, applied, changed };
    }
    case "step_failed": {
      const unknown = detail["unknown"];
      return step === null || typeof unknown !== "boolean" ? null : { type, step, unknown };
    }
    case "undo_sent":
      return place === null ? null : { type, ...place };
    case "step_undone": {
      const by = detail["by"];
      return place === null || (by !== "statement" && by !== "engine") ? null : { type, by, ...place };
    }
    case "undo_failed": {
      const unknown = detail["unknown"];
      return place === null || typeof unknown !== "boolean" || !isCause(cause)
        ? null
        : { type, cause, unknown, ...place };
    }
    case "retry": {
      const by = detail["by"];
      return by === "up" || by === "operator" ? { type, by } : null;
    }
    case "resolve_reverted":
    case "resolve_applied": {
      const forced = detail["forced"];
      return typeof forced === "boolean" ? { type, forced } : null;
    }
    case "prepared":
    case "dependency_missing":
    case "connection_lost":
    case "precheck_passed":
    case "all_applied":
    case "postcheck_passed":
    case "recorded":
    case "rollback_verified":
    case "halted":
    case "retry_rollback":
      return { type };
    default:
      return assertNever(type);
  }
}

function parseDetail(text: unknown): Detail | null {
  if (typeof text !== "string") return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Detail) : null;
  } catch {
    return null;
  }
}

function isOneOf<const T extends string>(choices: readonly T[], value: unknown): value is T {
  return typeof value === "string" && (choices as readonly string[]).includes(value);
}

function isCause(value: unknown): value is Cause {
  return isOneOf(causes, value);
}

function isNatural(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function quote(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function bad(why: string): Decoded {
  return { type: "bad", why };
}
