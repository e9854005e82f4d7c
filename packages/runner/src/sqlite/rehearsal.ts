/**
 * An empty copy of the schema in memory. Statements run there first, so that an inverse is not believed but tried: after
 * the statement and its inverse every object must have its fingerprint again. There are no rows in it, and nothing that
 * reaches outside is ever run there.
 */
import type { Picture } from "@surefoot/model";
import type { Token } from "../sql/lexer.ts";
import { tokens } from "../sql/lexer.ts";
import { folded, quoted } from "./cursor.ts";
import type { SqliteHandle } from "./driver.ts";
import { loadDriver } from "./driver.ts";
import { SchemaReader } from "./fingerprint.ts";
import { ownNames } from "./statement.ts";

/** What an INSERT or UPDATE of a table may set off. */
export interface TableFacts {
  /** In their order; generated ones are left out. */
  readonly columns: readonly string[];
  /** Of the primary key, in the order of the key. */
  readonly key: readonly string[];
  readonly triggers: boolean;
  /** Columns of this table that a foreign key of another one (or of its own) refers to, and whether it acts. */
  readonly referred: readonly { readonly column: string | null; readonly acts: boolean }[];
  /** Tables that its own foreign keys refer to. */
  readonly parents: readonly string[];
  /** False: a foreign key that does not fit the table keeps rows from being deleted. */
  readonly deletable: boolean;
  /** Words of its definition. */
  readonly words: ReadonlySet<string>;
}

export interface SchemaObject {
  readonly name: string;
  /** In lower case. */
  readonly table: string;
  readonly sql: string;
}

export class Rehearsal {
  private readonly db: SqliteHandle;
  private readonly reader: SchemaReader;
  private readonly facts = new Map<string, TableFacts | null>();

  /** @throws Error when the schema can't be built anew: a missing extension, say. */
  constructor(origin: SqliteHandle) {
    this.db = emptyCopy(origin);
    this.reader = new SchemaReader(this.db);
  }

  close(): void {
    this.db.close();
  }

  /** @throws Error as the engine says it */
  run(sql: string): void {
    this.facts.clear();
    this.db.exec(this.withoutRows(sql));
  }

  /** `CREATE TABLE … AS` with the columns of its query, which is not run: even without rows it may take for ever. */
  private withoutRows(sql: string): string {
    const as = queryStart(sql);
    if (as === null) return sql;
    const columns = this.db.prepare(sql.slice(as.end)).columns();
    return `${sql.slice(0, as.start)} (${columns.map(({ name, type }) => `${quoted(name)} ${type ?? ""}`).join(", ")})`;
  }

  dropTemporary(): void {
    const found = this.db
      .prepare(
        `SELECT type, name FROM sqlite_temp_schema WHERE type <> 'index' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY type = 'table', type = 'view'`,
      )
      .all() as { readonly type: string; readonly name: string }[];
    for (const { type, name } of found) this.db.exec(`DROP ${type} IF EXISTS temp.${quoted(name)}`);
  }

  picture(): Picture {
    return this.reader.picture();
  }

  isAs(before: Picture): boolean {
    return isEqual(before, this.reader.picture());
  }

  /** Runs the inverse, compares, and takes it back. */
  bringsBack(statements: readonly string[], before: Picture): boolean {
    this.db.exec("SAVEPOINT inverse");
    try {
      for (const sql of statements) this.db.exec(sql);
      return this.isAs(before);
    } catch {
      return false;
    } finally {
      this.db.exec("ROLLBACK TO inverse; RELEASE inverse");
    }
  }

  pragma(name: string): string {
    return String(this.db.pragma(name, { simple: true }));
  }

  object(kind: string, name: string): SchemaObject | null {
    return this.objects(kind, name, "name")[0] ?? null;
  }

  /** Is there anything of this name, of whatever kind? */
  hasName(name: string): boolean {
    return this.raw("SELECT 1 FROM sqlite_schema WHERE lower(name) = ?", name).length > 0;
  }

  /** A column's name as it was written. */
  columnName(table: string, column: string): string | null {
    const [found] = this.raw("SELECT name FROM pragma_table_xinfo(?, 'main') WHERE lower(name) = ?", table, column);
    return found === undefined ? null : String(found[0]);
  }

  triggersOn(name: string): readonly SchemaObject[] {
    return this.objects("trigger", name, "tbl_name");
  }

  private objects(kind: string, name: string, column: "name" | "tbl_name"): readonly SchemaObject[] {
    return this.db
      .prepare(
        `SELECT name, lower(tbl_name) AS "table", sql FROM sqlite_schema WHERE type = ? AND lower(${column}) = ? AND sql IS NOT NULL ORDER BY rowid`,
      )
      .all(kind, name) as SchemaObject[];
  }

  /** Null: no ordinary table. */
  table(name: string): TableFacts | null {
    const known = this.facts.get(name);
    if (known !== undefined) return known;
    const found = this.readTable(name);
    this.facts.set(name, found);
    return found;
  }

  private readTable(name: string): TableFacts | null {
    const [type] = this.raw("SELECT type FROM pragma_table_list WHERE schema = 'main' AND lower(name) = ?", name);
    if (type?.[0] !== "table") return null;
    const columns = this.raw("SELECT lower(name), pk, hidden FROM pragma_table_xinfo(?, 'main')", name);
    const key = columns.filter(([, pk]) => Number(pk) > 0).sort(([, a], [, b]) => Number(a) - Number(b));
    const referred = this.raw(
      `SELECT lower(f."to"), f.on_update, f.on_delete FROM sqlite_schema AS s, pragma_foreign_key_list(s.name, 'main') AS f
       WHERE s.type = 'table' AND lower(f."table") = ?`,
      name,
    );
    const acts = (action: unknown): boolean => action !== "NO ACTION" && action !== "RESTRICT";
    const text = this.object("table", name)?.sql ?? "";
    return {
      columns: columns.filter(([, , hidden]) => hidden === 0).map(([column]) => String(column)),
      key: key.map(([column]) => String(column)),
      triggers: this.triggersOn(name).length > 0,
      referred: referred.map(([column, onUpdate, onDelete]) => ({
        column: typeof column === "string" ? column : null,
        acts: acts(onUpdate) || acts(onDelete),
      })),
      parents: this.raw(`SELECT lower("table") FROM pragma_foreign_key_list(?, 'main')`, name).map(([table]) =>
        String(table),
      ),
      deletable: this.isDeletable(name),
      words: new Set(tokens(text, "sqlite").flatMap(({ kind, text: word }) => (kind === "word" ? folded(word) : []))),
    };
  }

  private isDeletable(name: string): boolean {
    this.db.pragma("foreign_keys = ON");
    try {
      this.db.prepare(`DELETE FROM main.${quoted(name)}`);
      return true;
    } catch {
      return false;
    } finally {
      this.db.pragma("foreign_keys = OFF");
    }
  }

  private raw(sql: string, ...names: readonly string[]): (readonly unknown[])[] {
    return this.db
      .prepare(sql)
      .raw(true)
      .all(...names) as (readonly unknown[])[];
  }
}

function isEqual(before: Picture, after: Picture): boolean {
  return before.size === after.size && [...before].every(([name, print]) => after.get(name) === print);
}

/**
 * The schema in memory, without rows. `without`: an object that is left out.
 * @throws Error when it can't be built anew: a missing extension, say.
 */
export function emptyCopy(origin: SqliteHandle, without?: string): SqliteHandle {
  const Driver = loadDriver();
  const copy = new Driver(":memory:");
  try {
    copy.pragma("foreign_keys = OFF");
    for (const { type, name, sql } of schemaTexts(origin)) if (`${type}:${folded(name)}` !== without) copy.exec(sql);
    for (const pragma of ["user_version", "application_id"])
      copy.pragma(`${pragma} = ${String(origin.pragma(pragma, { simple: true }))}`);
    return copy;
  } catch (error) {
    copy.close();
    throw error;
  }
}

/** In an order in which they can be made again. The tables that a virtual one keeps for itself come with it. */
function schemaTexts(
  db: SqliteHandle,
): readonly { readonly type: string; readonly name: string; readonly sql: string }[] {
  return db
    .prepare(
      `SELECT type, name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND lower(name) NOT IN (${[...ownNames].map((name) => `'${name}'`).join(", ")})
         AND name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')
       ORDER BY type = 'trigger', type = 'view', type = 'index', rowid`,
    )
    .all() as { type: string; name: string; sql: string }[];
}

/** A text of the schema, which says no schema itself, as a statement that can't mean another one. */
export function qualified(sql: string): string {
  const list = tokens(sql, "sqlite");
  const kind = list.findIndex(({ text }) => /^(?:table|index|view|trigger)$/i.test(text));
  const start = list[kind + 1]?.start ?? 0;
  return `${sql.slice(0, start)}main.${sql.slice(start)}`;
}

/** The AS of `CREATE TABLE t AS SELECT …`. */
function queryStart(sql: string): Token | null {
  if (!/^\s*create\b/i.test(sql)) return null;
  const list = tokens(sql, "sqlite");
  const words = list.slice(0, 10).map(({ kind, text }) => (kind === "word" ? folded(text) : ""));
  const as = words.indexOf("as");
  const isTable = words.slice(1, 3).includes("table");
  const open = list.findIndex(({ kind, text }) => kind === "punctuation" && text === "(");
  return isTable && as > 0 && (open === -1 || as < open) ? (list[as] ?? null) : null;
}
