/** Is a statement that somebody wrote the very one that is wanted? */
import { tokens } from "../sql/lexer.ts";
import { folded, unquoted } from "./cursor.ts";
import type { Form } from "./form.ts";
import { readForm } from "./form.ts";

/** A statement in the two ways in which it is compared. */
export interface Comparable {
  readonly form: Form;
  readonly tokens: string;
}

export function comparable(sql: string): Comparable {
  return { form: readForm(sql), tokens: canonical(sql) };
}

/** What these do is said by their names alone. */
const saidByNames = new Set<Form["type"]>([
  "drop",
  "rename_table",
  "rename_column",
  "drop_column",
  "set_not_null",
  "drop_not_null",
  "drop_constraint",
]);

export function isSame(wanted: Comparable, offered: Comparable): boolean {
  if (wanted.form.type !== offered.form.type) return false;
  return saidByNames.has(wanted.form.type)
    ? namesOnly(wanted.form) === namesOnly(offered.form)
    : wanted.tokens === offered.tokens;
}

function namesOnly(form: Form): string {
  return JSON.stringify(form, (key, value: unknown) =>
    key === "written" || key === "conditional" ? undefined : value,
  );
}

/** Tokens without the schema's name, names in lower case. */
function canonical(sql: string): string {
  return tokens(sql, "sqlite")
    .map(({ kind, text }) => (kind === "word" || kind === "quoted_identifier" ? folded(unquoted(text)) : text))
    .join("\0")
    .replaceAll("\0main\0.\0", "\0");
}
