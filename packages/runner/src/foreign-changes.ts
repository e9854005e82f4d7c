/** Notices that somebody else has changed the schema since the last migration. */
import type { Detail, Picture } from "@surefoot/model";
import { differences } from "@surefoot/model";
import type { Journal } from "./journal.ts";
import type { Reader } from "./port.ts";

/** What a run leaves in its last `recorded`, so that the next one can tell. */
export interface Seal {
  readonly mark: string | null;
  /** Every object; kept only where changes from outside count as drift. */
  readonly objects: Picture | null;
}

export function sealDetail({ mark, objects }: Seal): Detail {
  return { mark, ...(objects === null ? {} : { objects: Object.fromEntries(objects) }) };
}

/**
 * One sentence, or null when nothing was changed or nothing can be said. The engine's change counter also moves with
 * VACUUM; only where every object was kept can it be said what differs.
 */
export async function foreignChange({ sealed, undone, lastRecorded }: Journal, reader: Reader): Promise<string | null> {
  if (sealed === null) return null;
  const objects = sealed["objects"];
  if (typeof objects === "object" && objects !== null && !Array.isArray(objects)) {
    const before = new Map(Object.entries(objects)) as Picture;
    const now = await reader.picture();
    const names = new Set([...before.keys(), ...now.keys()]);
    const whole = (picture: Picture): Picture => new Map([...names].map((name) => [name, picture.get(name) ?? null]));
    const differs = differences(whole(before), whole(now));
    return differs.length === 0
      ? null
      : `The schema has changed since ${lastRecorded ?? "the last migration"}, and not by Surefoot: ${differs.join(", ")}.`;
  }
  // Steps that were undone have moved the counter without changing anything.
  if (undone || typeof sealed["mark"] !== "string" || sealed["mark"] === (await reader.schemaMark())) return null;
  return (
    `The schema has changed since ${lastRecorded ?? "the last migration"}, and not by Surefoot (VACUUM counts as well). ` +
    "With `strict` in the config Surefoot keeps what it needs to say what differs."
  );
}
