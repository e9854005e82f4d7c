import type { Applied, Detail, Folded, JournalRecord, Row } from "@surefoot/model";
import { appliedSet, decodeRow, emptyFold, epoch, fold, journalFormat, seq } from "@surefoot/model";
import { SurefootError } from "./error.ts";
import type { Reader } from "./port.ts";

/** The journal as a start needs it. */
export interface Journal {
  readonly folded: Folded;
  readonly applied: ReadonlyMap<string, Applied>;
  readonly exists: boolean;
  /** The migration that was recorded last, and what it says of the schema that it left. */
  readonly lastRecorded: string | null;
  readonly sealed: Detail | null;
  /** The note that an attempt with `--atomic` has left, when nothing was recorded after it. */
  readonly takenBack: Detail | null;
  /** Since then, statements have run and were undone. */
  readonly undone: boolean;
}

/**
 * Reads and folds the journal. Writes nothing.
 * @throws SurefootError JOURNAL_CORRUPT naming the record; JOURNAL_TOO_NEW when a newer Surefoot has written it.
 */
export async function readJournal(reader: Pick<Reader, "readRows">): Promise<Journal> {
  const { history, current, recordedSeq, epoch: owner, exists, format } = await reader.readRows();
  refuseNewer(format);
  const past = history.map(decoded);
  const applied = appliedSet(past);
  const last = past.findLast(({ kind }) => kind === "transition");
  const seal = last?.detail["schema"];
  const from: Folded = { ...emptyFold, tail: seq(recordedSeq), epoch: epoch(0) };
  const records = current.map(decoded);
  const result = fold(records, from);
  if (result.type === "impossible") throw journalCorrupt(result.seq, result.why);
  return {
    folded: { ...result.folded, epoch: epoch(Math.max(owner, result.folded.epoch)) },
    applied,
    exists,
    lastRecorded: last?.migration ?? null,
    sealed: typeof seal === "object" && seal !== null && !Array.isArray(seal) ? (seal as Detail) : null,
    takenBack: takenBackIn(past),
    undone: records.some(({ event }) => event === "undo_sent"),
  };
}

function takenBackIn(past: readonly JournalRecord[]): Detail | null {
  const last = past.findLast(({ kind, event }) => kind === "transition" || event === "atomic_rolled_back");
  return last?.kind === "note" ? { ...last.detail, migration: last.migration } : null;
}

/** A row that can't be read, as `history` shows it. */
export interface BadRow {
  readonly kind: "bad";
  readonly seq: number;
  readonly why: string;
}

/** Every record that can be read, and in their places those that can't. */
export async function readHistory(reader: Reader): Promise<readonly (JournalRecord | BadRow)[]> {
  return (await reader.readAll()).map((row) => {
    const result = decodeRow(row);
    return result.type === "record" ? result.record : { kind: "bad", seq: row.seq, why: result.why };
  });
}

function decoded(row: Row): JournalRecord {
  const result = decodeRow(row);
  if (result.type === "bad") throw journalCorrupt(row.seq, result.why);
  return result.record;
}

function refuseNewer(format: number): void {
  if (format <= journalFormat) return;
  throw new SurefootError(
    "JOURNAL_TOO_NEW",
    `The journal was written by a newer Surefoot (format ${format}; this one knows ${journalFormat}). Nothing was done. ` +
      "Use the newer version.",
  );
}

/** `shown`: the records that can be read are on the screen already. */
export function journalCorrupt(at: number, why: string, shown = false): SurefootError {
  const what = `Record ${at} of the journal (table surefoot_journal) can't be right: ${why}.`;
  return new SurefootError(
    "JOURNAL_CORRUPT",
    shown
      ? `${what} Restore the journal from a backup; the other records are shown as they are.`
      : `${what} Nothing was done. Restore the journal from a backup; \`surefoot history\` shows the records that can be read.`,
    { next: shown ? [] : ["surefoot history"] },
  );
}
