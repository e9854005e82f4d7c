import type { Detail, JournalRecord } from "./record.ts";

export interface Applied {
  readonly id: string;
  readonly how: "executed" | "resolved" | "baseline";
  readonly at: string;
  /** What was applied: the detail of the record that says so, overlaid by a later `accept_edit`. */
  readonly detail: Detail;
}

/**
 * The applied migrations, oldest first. Needs only the `recorded` transitions and the notes; others are passed over.
 * The map may be carried on from an earlier call.
 */
export function appliedSet(
  records: Iterable<JournalRecord>,
  before: ReadonlyMap<string, Applied> = new Map(),
): ReadonlyMap<string, Applied> {
  const applied = new Map(before);
  for (const record of records) {
    const { detail, at, migration } = record;
    if (record.kind === "transition") {
      if (record.event !== "recorded") continue;
      applied.delete(record.migration);
      if (record.direction === "down") continue;
      const how = detail["how"] === "resolved" ? "resolved" : "executed";
      applied.set(record.migration, { id: record.migration, how, at, detail });
    } else if (migration !== null && record.event === "baseline") {
      if (!applied.has(migration)) applied.set(migration, { id: migration, how: "baseline", at, detail });
    } else if (migration !== null && record.event === "accept_edit") {
      const found = applied.get(migration);
      if (found !== undefined) applied.set(migration, { ...found, detail: { ...found.detail, ...detail } });
    }
  }
  return applied;
}
