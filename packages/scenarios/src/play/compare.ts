/** Holds what was seen against what must hold. Pure: the only place where that is decided. */
import { isDeepStrictEqual } from "node:util";
import type { Then } from "../scenario.ts";
import type { Kept, Observation } from "./observation.ts";

/** One line for each thing that is not as it must be, beginning with its field. */
export function differences(then: Then, seen: Observation): readonly string[] {
  const found = [...seen.broken];
  const same = (field: string, expected: unknown, actual: unknown): void => {
    if (!isDeepStrictEqual(expected, actual))
      found.push(`${field}: expected ${shown(expected)}, found ${shown(actual)}`);
  };
  same("exits", then.exits, seen.exits);
  if (!isDeepStrictEqual(then.path, seen.path))
    found.push(`path: expected ${then.path.join(" → ")}, found ${seen.path.join(" → ")}`);
  same("outcome", then.outcome, seen.outcome);
  same("left.applied", then.left.applied, seen.applied);
  for (const table of new Set([...Object.keys(then.left.tables), ...Object.keys(seen.tables)]))
    same(`left.tables.${table}`, then.left.tables[table] ?? "nothing", seen.tables[table] ?? "nothing");
  for (const [table, count] of Object.entries(then.left.rows ?? {}))
    same(`left.rows.${table}`, count, seen.rows[table] ?? "no such table");
  if (seen.told !== null) {
    const told = spaced(seen.told);
    for (const [index, text] of then.told.entries())
      if (!told.includes(spaced(text))) found.push(`told.${index}: nobody was told “${text}”`);
  }
  found.push(...missing(then.keeps, seen.records));
  return found;
}

/** `keeps` in its order; each begins to look behind the one before it. */
function missing(keeps: readonly string[], records: readonly Kept[]): readonly string[] {
  let from = 0;
  for (const [index, wanted] of keeps.entries()) {
    const at = records.findIndex((record, place) => place >= from && matches(wanted, record));
    if (at === -1) return [`keeps.${index}: no record “${wanted}”${index === 0 ? "" : ` after “${keeps[index - 1]}”`}`];
    from = at + 1;
  }
  return [];
}

function matches(wanted: string, { event, step, text }: Kept): boolean {
  const [, name, number, words] = /^([a-z_]+)(?: (\d+))?(?:: (.+))?$/s.exec(wanted) ?? [];
  return (
    name === event &&
    (number === undefined || Number(number) === step) &&
    (words === undefined || text === null || spaced(text).includes(spaced(words)))
  );
}

/** Line breaks are the terminal's business. */
function spaced(text: string): string {
  return text.replace(/\s+/g, " ");
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
