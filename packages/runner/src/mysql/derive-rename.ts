import type { Name } from "../sql/reader/names.ts";
import type { Known } from "./known.ts";
import type { UndoReason } from "./undo-reasons.ts";

/** RENAME TABLE backwards: the last one first. */
export function undoRenames(
  renames: readonly { readonly from: Name; readonly to: Name }[],
  known: Known,
): readonly string[] | UndoReason {
  /** Under its new name, the text of each table that was renamed already. */
  const moved = new Map<string, string | null>();
  for (const { from, to } of renames) {
    const earlier = moved.get(known.shown(from));
    const entry = known.entry(from);
    const sql = earlier === undefined ? (entry?.type === "table" ? entry.createSql : "") : earlier;
    if (sql === null) return "unknown_before";
    if (looksNamedAfter(sql, to)) return "changes_names";
    if (known.isAwaited(to)) return "awaited";
    moved.set(known.shown(to), sql);
  }
  const back = renames.toReversed().map(({ from, to }) => `${known.quoted(to)} TO ${known.quoted(from)}`);
  return [`RENAME TABLE ${back.join(", ")}`];
}

/**
 * Names that the server gives (`t_ibfk_1`, `t_chk_1`) follow their table when it is renamed. One that begins with the
 * new name stays at first, and is taken for such a name on the way back.
 */
export function looksNamedAfter(createSql: string, { name }: Name): boolean {
  const sql = createSql.toLowerCase();
  const prefix = `\`${name.toLowerCase().replaceAll("`", "``")}_`;
  return sql.includes(`${prefix}ibfk_`) || sql.includes(`${prefix}chk_`);
}
