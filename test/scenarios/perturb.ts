/** Wrong expectations: each differs from a right one in a single field, and must be noticed. */
import type { Then } from "@surefoot/scenarios";
import { outcomes } from "@surefoot/scenarios";

/** `told`: also what the operator reads, which nobody says in the model. */
export function perturbations(then: Then, told: boolean): readonly { readonly field: string; readonly then: Then }[] {
  const { exits, path, outcome, left, keeps } = then;
  const wrong: { field: string; then: Then }[] = [];
  const add = (field: string, change: Partial<Then>): void => void wrong.push({ field, then: { ...then, ...change } });
  for (const [at, exit] of exits.entries())
    add(`exits.${at}`, { exits: exits.with(at, exit === "killed" ? 0 : exit + 1) });
  add("exits", { exits: [...exits, 0] });
  for (const [at, state] of path.entries())
    add(`path.${at}`, { path: path.with(at, state === "preparing" ? "completing" : "preparing") });
  add("path", { path: path.length === 1 ? ["idle", "preparing"] : path.slice(0, -1) });
  add("outcome", { outcome: outcomes[(outcomes.indexOf(outcome) + 1) % outcomes.length]! });
  add("left.applied", { left: { ...left, applied: [...left.applied, "9999_never"] } });
  if (left.applied.length > 0) add("left.applied.0", { left: { ...left, applied: left.applied.slice(1) } });
  add("left.tables", { left: { ...left, tables: { ...left.tables, never: ["id"] } } });
  for (const [table, parts] of Object.entries(left.tables)) {
    const { [table]: _, ...others } = left.tables;
    add(`left.tables.${table}`, { left: { ...left, tables: others } });
    for (const [at, part] of parts.entries())
      add(`left.tables.${table}.${part}`, {
        left: { ...left, tables: { ...left.tables, [table]: parts.toSpliced(at, 1) } },
      });
  }
  for (const [table, count] of Object.entries(left.rows ?? {}))
    add(`left.rows.${table}`, { left: { ...left, rows: { ...left.rows, [table]: count + 1 } } });
  for (const [at, text] of told ? then.told.entries() : [])
    add(`told.${at}`, { told: then.told.with(at, `${text} never`) });
  for (const [at, record] of keeps.entries()) {
    const [, event = "", rest = ""] = /^([a-z_]+)(.*)$/s.exec(record) ?? [];
    add(`keeps.${at}`, { keeps: keeps.with(at, `never_${event}${rest}`) });
    if (/^ \d/.test(rest)) add(`keeps.${at} step`, { keeps: keeps.with(at, `${event} 99`) });
    if (told && rest.includes(": ")) add(`keeps.${at} text`, { keeps: keeps.with(at, `${record} never`) });
  }
  return wrong;
}
