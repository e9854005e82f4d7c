/** Makes the objects of one database in another, which is empty. What can't be made is told, and the rest goes on. */
import type { Token } from "../sql/lexer.ts";
import { tokens } from "../sql/lexer.ts";
import { Cursor } from "../sql/reader/cursor.ts";
import { quoted, unquoted } from "../sql/reader/names.ts";
import { readQuery } from "../sql/reader/query.ts";
import type { Definition } from "./definitions.ts";
import { errnoOf, rowsOf } from "./driver.ts";
import type { Link } from "./link.ts";
import { aFolder, databasesReadBy, isQualifier, outsideOf, outsideOfView } from "./outside.ts";
import type { Surroundings } from "./outside.ts";

/** An object that the copy lacks. */
export interface Missing extends Pick<Definition, "type" | "name" | "table"> {
  readonly why: string;
}

export interface CopyOptions {
  /** Where the definitions are from. */
  readonly database: string;
  /** A database on the server of the copy whose rows come along; null: none do. */
  readonly rowsFrom: string | null;
  readonly surroundings: Surroundings;
}

/** `link`: its current database is the copy. */
export async function copySchema(
  link: Link,
  definitions: readonly Definition[],
  options: CopyOptions,
): Promise<readonly Missing[]> {
  // Rows go in after the tables, and before the triggers that would fire on them.
  await link.send(
    "SET SESSION sql_mode = 'NO_DIR_IN_CREATE,NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, unique_checks = 0, time_zone = '+00:00'",
  );
  const copy = new SchemaCopy(link, options);
  for (const definition of inOrder(definitions, options.surroundings)) await copy.make(definition);
  return copy.missing;
}

class SchemaCopy {
  readonly missing: Missing[] = [];
  private readonly link: Link;
  private readonly options: CopyOptions;

  constructor(link: Link, options: CopyOptions) {
    this.link = link;
    this.options = options;
  }

  async make(definition: Definition): Promise<void> {
    const { type, name, table, sql } = definition;
    const why = sql === null ? "its definition is not shown to this user" : await this.refusal(definition, sql);
    if (why !== null) this.missing.push({ type, name, table, why });
    else if (type === "table" && this.options.rowsFrom !== null) await this.copyRows(this.options.rowsFrom, name);
  }

  private async refusal(definition: Definition, shown: string): Promise<string | null> {
    const { database, surroundings } = this.options;
    const sql = elsewhere(definition, shown, database, surroundings);
    const outside =
      definition.type === "view" ? outsideOfView(sql, database, surroundings.server) : outsideOf(sql, surroundings);
    // Where its files are is left out when the table is made.
    if (outside !== null && outside !== aFolder) return `it reaches outside: ${outside}`;
    try {
      await this.set(definition, sql);
      await this.link.send(sql);
      return null;
    } catch (error) {
      if (errnoOf(error) === null) throw error;
      return `the scratch server says: ${(error as Error).message}`;
    }
  }

  /** Programs and views keep the settings that they are made under. */
  private async set({ type, settings }: Definition, sql: string): Promise<void> {
    if (type === "table" || type === "sequence") return;
    // The text goes over in UTF-8 and must not be taken for something else.
    const plain = /^[\t-~]*$/.test(sql);
    const assignments = Object.entries({ sql_mode: "", ...settings }).flatMap(([name, value]) =>
      // Values as the server itself tells them: names, offsets of time, lists of modes.
      name !== "character_set_client" || plain ? [`${name} = '${value.replaceAll("'", "''")}'`] : [],
    );
    await this.link.send(`SET SESSION ${assignments.join(", ")}`);
  }

  /** Generated columns fill themselves. */
  private async copyRows(from: string, table: string): Promise<void> {
    const columns = (
      await rowsOf(
        this.link,
        `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?
 AND COALESCE(GENERATION_EXPRESSION, '') = '' ORDER BY ORDINAL_POSITION`,
        [from, table],
      )
    ).map(({ name }) => quoted(String(name)));
    if (columns.length === 0) return;
    const list = columns.join(", ");
    await this.link.send(`INSERT INTO ${quoted(table)} (${list}) SELECT ${list} FROM ${quoted(from)}.${quoted(table)}`);
  }
}

/** The text with which the object is made in another database, by whoever makes it. */
function elsewhere({ type }: Definition, shown: string, database: string, { server }: Surroundings): string {
  switch (type) {
    case "table":
    case "sequence":
      return withoutQualifier(shown, database, server.dialect, () => true);
    case "view": {
      const own = withoutDefiner(shown, server.dialect);
      const qualified = databasesReadBy(own, server).length > 0;
      return withoutQualifier(own, database, server.dialect, () => qualified);
    }
    case "trigger": {
      const own = withoutDefiner(shown, server.dialect);
      return withoutQualifier(own, database, server.dialect, (before) => !before.some(isWordOf("FOR")));
    }
    case "event":
      return disabled(withoutDefiner(shown, server.dialect), server.dialect);
    default:
      return withoutDefiner(shown, server.dialect);
  }
}

type Dialect = Surroundings["server"]["dialect"];

function isWordOf(...words: readonly string[]): (token: Token) => boolean {
  return ({ kind, text }) => kind === "word" && words.includes(text.toUpperCase());
}

function withoutQualifier(
  sql: string,
  database: string,
  dialect: Dialect,
  counts: (before: readonly Token[]) => boolean,
): string {
  const list = tokens(sql, dialect);
  let text = "";
  let end = 0;
  for (const [at, { start, text: name }] of list.entries()) {
    const dot = list[at + 1];
    if (dot === undefined || !isQualifier(list, at) || unquoted(name).toLowerCase() !== database.toLowerCase())
      continue;
    if (!counts(list.slice(0, at))) continue;
    text += sql.slice(end, start);
    ({ end } = dot);
  }
  return text + sql.slice(end);
}

/** It may be nobody on this server; who makes the object is its definer then. */
function withoutDefiner(sql: string, dialect: Dialect): string {
  const list = tokens(sql, dialect);
  const at = list.findIndex(isWordOf("DEFINER"));
  if (at === -1 || list[at + 1]?.text !== "=" || list.slice(0, at).some(isWordOf("AS", "BEGIN", "FOR", "ON")))
    return sql;
  // `root`@`localhost`, a role, CURRENT_USER(): the kind of the object, or SQL SECURITY, comes behind it.
  const ends = isWordOf("SQL", "VIEW", "TRIGGER", "EVENT", "PROCEDURE", "FUNCTION", "AGGREGATE", "PACKAGE", "LIBRARY");
  const next = list.findIndex((token, index) => index > at + 2 && ends(token));
  return next === -1 ? sql : sql.slice(0, list[at]!.start) + sql.slice(list[next]!.start);
}

/** What its time would do to the rows of the copy is none of what is tried there. */
function disabled(sql: string, dialect: Dialect): string {
  const list = tokens(sql, dialect);
  const body = list.findIndex(isWordOf("DO"));
  const at = list.findIndex(isWordOf("ENABLE"));
  return at === -1 || at > body ? sql : `${sql.slice(0, list[at]!.start)}DISABLE${sql.slice(list[at]!.end)}`;
}

/** Views behind those that they read. */
function inOrder(definitions: readonly Definition[], { server }: Surroundings): readonly Definition[] {
  const views = new Map(
    definitions.filter(({ type }) => type === "view").map((view) => [view.name.toLowerCase(), view]),
  );
  const ordered = new Set<Definition>();
  const visit = (view: Definition): void => {
    if (!views.delete(view.name.toLowerCase())) return;
    const { reads } = readQuery(new Cursor(tokens(view.sql ?? "", server.dialect)));
    for (const { name } of reads) {
      const behind = views.get(name.toLowerCase());
      if (behind !== undefined) visit(behind);
    }
    ordered.add(view);
  };
  for (const view of views.values()) visit(view);
  const rank = (definition: Definition): boolean => definition.type === "trigger" || definition.type === "event";
  const others = definitions.filter(({ type }) => type !== "view");
  return [...others.filter((one) => !rank(one)), ...ordered, ...others.filter(rank)];
}
