/** The name of an object, its quotes taken off. `database` null: the one that is current when the statement runs. */
export interface Name {
  readonly database: string | null;
  readonly name: string;
}

/** A name without its quotes: `` `a``b` `` names a`b. */
export function unquoted(text: string): string {
  const first = text[0];
  if (first !== "`" && first !== '"' && first !== "'") return text;
  return text.slice(1, -1).replaceAll(first + first, first);
}

/** A name as it may stand in any statement. */
export function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

export function quotedName({ database, name }: Name): string {
  return database === null ? quoted(name) : `${quoted(database)}.${quoted(name)}`;
}

/** Columns, indexes and constraints are the same whatever their case. */
export function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
