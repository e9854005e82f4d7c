/** What every adapter says of Surefoot's own tables, whatever they are kept in. */
import { SurefootError } from "./error.ts";

/**
 * Reads the row of `surefoot_lease`: the last owner that wrote.
 * @throws SurefootError JOURNAL_CORRUPT
 */
export function leaseOf(row: { readonly epoch?: unknown; readonly owner?: unknown } | undefined): {
  readonly epoch: number;
  readonly format: number;
  readonly owner: string;
} {
  const { epoch, owner } = row ?? {};
  if (typeof epoch !== "number" || !Number.isSafeInteger(epoch) || epoch < 0 || typeof owner !== "string")
    throw journalDamaged("the row of surefoot_lease is missing or damaged");
  return { epoch, format: formatOf(owner), owner };
}

function formatOf(owner: string): number {
  try {
    const { format } = JSON.parse(owner) as { readonly format?: unknown };
    return typeof format === "number" ? format : 0;
  } catch {
    return 0;
  }
}

/**
 * Records are numbered from 1 without gaps, and an owner's epoch commits with its first one.
 * @throws SurefootError JOURNAL_CORRUPT when some are missing
 */
export function refuseMissing(count: number, last: number, epoch: number): void {
  if (last === 0 && epoch > 0)
    throw journalDamaged(`it is empty, and ${epoch} ${epoch === 1 ? "run has" : "runs have"} written to it`);
  if (count !== last)
    throw journalDamaged(`it has ${count} records, and the last one has the number ${last}: records are missing`);
}

export function journalDamaged(why: string): SurefootError {
  return new SurefootError(
    "JOURNAL_CORRUPT",
    `The journal can't be trusted: ${why}. Nothing was done. Bring the tables surefoot_journal and surefoot_lease back from a backup.`,
    { next: ["surefoot history"] },
  );
}

export function tableChanged(table: string): SurefootError {
  return new SurefootError(
    "JOURNAL_CORRUPT",
    `Surefoot's own ${table} in this database is missing or was changed. Nothing was done. ` +
      "Bring it back from a backup: without a journal that can be trusted, nobody can say what has been applied.",
  );
}

export function fencedAt(epoch: number, cause?: unknown): SurefootError {
  return new SurefootError(
    "FENCED",
    `Stopped: another Surefoot has written to the journal since this one took the lease (epoch ${epoch}), or an older state of ` +
      "the database was put back. " +
      "Nothing was written after that. Run `surefoot status`.",
    { next: ["surefoot status"], cause },
  );
}
