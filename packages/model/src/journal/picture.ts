import type { Fingerprint } from "../brand.ts";
import type { TransitionRecord, Json } from "./record.ts";

/** What is there: a fingerprint for each object, null for one that is known to be absent. Names are `kind:name`. */
export type Picture = ReadonlyMap<string, Fingerprint | null>;

/** The snapshot that `prepared` took. */
export function snapshotOf(records: readonly TransitionRecord[]): Picture {
  const prepared = records.findLast(({ event }) => event === "prepared");
  return new Map(entries(prepared?.detail["snapshot"]));
}

/**
 * What the journal implies is in the database now: the snapshot, overlaid by what each step and each undo that is known
 * to have taken effect left behind. A statement in doubt is not in it.
 */
export function impliedPicture(records: readonly TransitionRecord[]): Picture {
  const picture = new Map(snapshotOf(records));
  const start = records.findLastIndex(({ event }) => event === "prepared");
  for (const record of records.slice(start + 1))
    if (tookEffect(record)) for (const [name, print] of entries(record.detail["objects"])) picture.set(name, print);
  return picture;
}

/** What was seen when a doubt could not be decided, or was decided against, is what was seen and no more. */
function tookEffect({ event, detail }: TransitionRecord): boolean {
  return (
    event === "step_applied" || event === "step_undone" || (event === "step_decided" && detail["applied"] === true)
  );
}

/** Names of the objects in which two pictures differ; an object that one of them does not know is not compared. */
export function differences(expected: Picture, found: Picture): readonly string[] {
  const names: string[] = [];
  for (const [name, print] of expected) if (found.has(name) && (found.get(name) ?? null) !== print) names.push(name);
  return names.sort();
}

export function pictureDetail(picture: Picture): { readonly [name: string]: string | null } {
  return Object.fromEntries(picture);
}

function entries(value: Json | undefined): [string, Fingerprint | null][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, print]): [string, Fingerprint | null][] =>
    print === null ? [[name, null]] : typeof print === "string" ? [[name, print as Fingerprint]] : [],
  );
}
