/**
 * Records that become durable together are stored together: one row for each migration of an append, whose columns are
 * its last record, because that is where a restart stands, and whose `earlier` holds those before it. A row in eight, and
 * an eighth of the bytes, for a migration that fits into one transaction.
 */
import { isSink } from "../state.ts";
import type { JournalRecord, Row, TransitionRecord } from "./record.ts";
import { encodeRow } from "./record.ts";

/** A row of the table `surefoot_journal`. */
export interface StoredRow extends Row {
  /** Number of the row's first record, and the key: an append that begins at a tail of the past finds it taken. */
  readonly first: number;
  /** JSON: a list of the records before the last one, oldest first, with only what the columns don't tell. */
  readonly earlier: string;
}

/** Packs what one append writes: consecutive records of one owner. */
export function packRecords(records: readonly JournalRecord[]): readonly StoredRow[] {
  const rows: StoredRow[] = [];
  let first: number | null = null;
  let earlier = "";
  let before: TransitionRecord | null = null;
  let at = "";
  for (const [index, record] of records.entries()) {
    if (first === null) at = (records[endOf(records, index)] ?? record).at;
    first ??= record.seq;
    if (record.kind === "transition" && !isLast(record, records[index + 1])) {
      earlier += `${earlier === "" ? "" : ","}${earlierText(record, before, at)}`;
      before = record;
      continue;
    }
    rows.push({ ...encodeRow(record), first, earlier: `[${earlier}]` });
    [first, earlier, before] = [null, "", null];
  }
  return rows;
}

/** Index of the last record of the row that begins at `from`. */
function endOf(records: readonly JournalRecord[], from: number): number {
  let end = from;
  while (end < records.length - 1 && !isLast(records[end]!, records[end + 1])) end++;
  return end;
}

/** A row ends where its migration rests, so that what was recorded is always its last record. */
function isLast(record: JournalRecord, next: JournalRecord | undefined): boolean {
  return (
    next === undefined ||
    record.kind === "note" ||
    next.kind === "note" ||
    next.migration !== record.migration ||
    next.direction !== record.direction ||
    isSink(record.to)
  );
}

/** What is as usual is left out: it begins where the one before it ends, at the time of the last one, and names no step. */
function earlierText(record: TransitionRecord, before: TransitionRecord | null, lastAt: string): string {
  const { from, event, to, step, detail, at } = record;
  // Names of states and events need no escape.
  let text = `{"event":"${event}","to":"${to}"`;
  if (before?.to !== from) text += `,"from":"${from}"`;
  if (step !== null) text += `,"step":${step}`;
  if (Object.keys(detail).length > 0) text += `,"detail":${JSON.stringify(detail)}`;
  if (at !== lastAt) text += `,"at":${JSON.stringify(at)}`;
  return `${text}}`;
}

/** The rows that were packed. What can't be read comes back as one row of the kind `unreadable`, which no record has. */
export function unpackRow({ first, earlier, ...last }: StoredRow): readonly Row[] {
  const before = listOf(earlier);
  if (before === null || last.seq - first !== before.length) return [{ ...last, kind: "unreadable" }];
  const rows: Row[] = [];
  for (const [index, one] of before.entries()) {
    const { event = "", to = null, from = rows.at(-1)?.to_state ?? null, step = null, at = last.at } = one;
    const detail = JSON.stringify(one.detail ?? {});
    rows.push({ ...last, seq: first + index, from_state: from, event, to_state: to, step, detail, at });
  }
  return [...rows, last];
}

/** As it was written, or as somebody has left it: whoever decodes the rows looks at every field. */
interface Earlier {
  readonly event?: string;
  readonly to?: string;
  readonly from?: string;
  readonly step?: number;
  readonly detail?: unknown;
  readonly at?: string;
}

function listOf(text: unknown): readonly Earlier[] | null {
  if (typeof text !== "string") return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null) ? value : null;
  } catch {
    return null;
  }
}
