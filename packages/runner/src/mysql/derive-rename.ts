import type { Name } from "../sql/reader/names.ts";
import type { Known } from "./known.ts";
import type { TableText } from "./table-text.ts";
import type { UndoReason } from "./undo-reasons.ts";

/** RENAME TABLE backwards: the last one first. */
export function undoRenames(
  renames: readonly { readonly from: Name; readonly to: Name }[],
  known: Known,
): readonly string[] | UndoReason {
  /** Under its new name, what each table was called that was renamed already. */
  const moved = new Map<string, Name>();
  for (const { from, to } of renames) {
    const origin = moved.get(known.shown(from)) ?? from;
    if (known.entry(origin)?.type === "table") {
      const text = known.text(origin);
      if (text === null) return known.isAltered(origin) ? "altered_before" : "unknown_before";
      if (looksNamedAfter(text, to)) return "changes_names";
    }
    if (known.isAwaited(to)) return "awaited";
    moved.set(known.shown(to), origin);
  }
  const back = renames.toReversed().map(({ from, to }) => `${known.quoted(to)} TO ${known.quoted(from)}`);
  return [`RENAME TABLE ${back.join(", ")}`];
}

/**
 * Names that the server gives (`t_ibfk_1`, `t_chk_1`) follow their table when it is renamed. One that begins with the
 * new name stays at first, and is taken for such a name on the way back.
 */
export function looksNamedAfter({ indexes, foreignKeys, checks }: TableText, { name }: Name): boolean {
  const prefix = `${name.toLowerCase()}_`;
  return [...indexes, ...foreignKeys, ...checks].some((line) => {
    const named = line.name.toLowerCase();
    return named.startsWith(`${prefix}ibfk_`) || named.startsWith(`${prefix}chk_`);
  });
}
