import { pointAt } from "../sql/place.ts";
import type { AlterAction } from "../sql/reader/alter-action.ts";
import type { Name } from "../sql/reader/names.ts";
import { quotedName } from "../sql/reader/names.ts";
import { readStatement } from "../sql/reader/read-statement.ts";
import type { Server } from "../sql/reader/server.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { Catalogue, CatalogueEntry } from "./catalogue.ts";
import { looksNamedAfter } from "./derive-rename.ts";
import { tableAfter } from "./table-after.ts";
import type { TableText } from "./table-text.ts";
import { readTableText } from "./table-text.ts";

/** A name with its database. */
export interface FullName extends Name {
  readonly database: string;
}

/** The catalogue as the earlier statements of a migration leave it, and the settings that change how the next one reads. */
export class Known {
  readonly catalogue: Catalogue;
  readonly server: Server;
  private database: string;
  private sqlMode: string | null;
  private engine: string | null;
  /** Tables that were made, dropped or renamed since. */
  private readonly entries = new Map<string, CatalogueEntry | null>();
  /** How SHOW CREATE TABLE will look for tables that this migration has altered; null: not known. */
  private readonly texts = new Map<string, TableText | null>();
  /** Tables that this migration made: what is in them it may destroy. */
  private readonly own = new Set<string>();
  private readonly temporary = new Set<string>();
  /** Tables with foreign keys to a table, where this migration has changed that. */
  private readonly references = new Map<string, readonly FullName[]>();
  /** The later names of tables that were renamed. */
  private readonly laterNames = new Map<string, FullName>();

  constructor(catalogue: Catalogue, server: Server) {
    this.catalogue = catalogue;
    this.server = server;
    this.database = catalogue.database;
    this.sqlMode = catalogue.sqlMode.toUpperCase();
    this.engine = catalogue.defaultEngine;
  }

  read(sql: string): Statement {
    const statement = readStatement(sql, this.server);
    const doubt = this.quotingDoubt(sql);
    if (doubt === null || statement.kind === "unread") return statement;
    const { line, column } = pointAt(sql, doubt.offset);
    const { reads, calls } = statement;
    const why = `line ${line}, column ${column}: ${doubt.message}`;
    return { kind: "unread", why, reads, calls, targets: [], temporary: false, conditional: false, orReplace: false };
  }

  full({ database, name }: Name): FullName {
    return { database: database ?? this.database, name };
  }

  /** As a statement can name it that runs under another USE than this one. */
  quoted(name: Name): string {
    return quotedName(this.database === this.catalogue.database ? name : this.full(name));
  }

  entry(name: Name): CatalogueEntry | null {
    const full = this.full(name);
    const found = this.entries.get(this.key(full));
    return found === undefined ? this.catalogue.entry(full) : found;
  }

  /** Tables with a foreign key to this one, also under names that they have got or had in this migration. */
  referencing(name: Name): readonly FullName[] {
    const full = this.full(name);
    const found = new Map<string, FullName>();
    const queue = [...(this.references.get(this.key(full)) ?? this.catalogue.referencing(full))];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const child = this.full(next);
      const key = this.key(child);
      if (found.has(key)) continue;
      found.set(key, child);
      const later = this.laterNames.get(key);
      if (later !== undefined) queue.push(later);
    }
    return [...found.values()];
  }

  /** Foreign keys point to a table of this name, and there is none. */
  isAwaited(name: Name): boolean {
    return this.entry(name) === null && this.referencing(name).length > 0;
  }

  /** The table that a trigger belongs to; null: there is no such trigger. */
  tableOfTrigger(trigger: Name): Name | null {
    const full = this.full(trigger);
    for (const [key, entry] of this.entries) {
      if (entry?.type !== "table" || !entry.triggers.some(({ name }) => name === full.name)) continue;
      const [database, name] = JSON.parse(key) as [string, string];
      if (database === this.fold(full.database)) return { database, name };
    }
    return this.catalogue.tableOfTrigger(full);
  }

  /** What a statement calls, itself or in the views that it reads. */
  callsIn({ calls, reads, targets }: Statement): readonly string[] {
    const behind = [...reads, ...targets].flatMap((name) => {
      const entry = this.entry(name);
      return entry?.type === "view" ? entry.calls : [];
    });
    return [...calls, ...behind];
  }

  /** What SHOW CREATE TABLE says of a table now; null: that is not known. */
  text(name: Name): TableText | null {
    const key = this.key(this.full(name));
    const found = this.texts.get(key);
    if (found !== undefined) return found;
    const entry = this.entry(name);
    const text =
      entry?.type === "table" && entry.createSql !== null ? readTableText(entry.createSql, this.server.dialect) : null;
    this.texts.set(key, text);
    return text;
  }

  /** This migration has made or altered it, so that what the catalogue says is no longer so. */
  isAltered(name: Name): boolean {
    const entry = this.entry(name);
    return entry?.type === "table" && entry.createSql === null && this.entries.has(this.key(this.full(name)));
  }

  isOwn(name: Name): boolean {
    return this.own.has(this.key(this.full(name)));
  }

  isTemporary(name: Name): boolean {
    return this.temporary.has(this.key(this.full(name)));
  }

  isElsewhere(name: Name): boolean {
    return this.fold(this.full(name).database) !== this.fold(this.catalogue.database);
  }

  /** For messages and objects: with its database only where it is another than the migrated one. */
  shown(name: Name): string {
    const full = this.full(name);
    return this.isElsewhere(full) ? `${this.fold(full.database)}.${this.fold(full.name)}` : this.fold(full.name);
  }

  /** The engine of a table that is made without one being named; null: a setting that can't be read decides. */
  get defaultEngine(): string | null {
    return this.engine;
  }

  /** Values that do not fit are refused, not cut. */
  get strict(): boolean {
    return this.sqlMode !== null && /STRICT_(?:ALL|TRANS)_TABLES|TRADITIONAL/.test(this.sqlMode);
  }

  /** A backslash is, or may be, a character like others, so that what SHOW CREATE says would be read in another way. */
  get plainBackslash(): boolean {
    return this.sqlMode === null || this.sqlMode.includes("NO_BACKSLASH_ESCAPES");
  }

  /** Takes in what the statement changes, supposing that it succeeds. `exact`: nothing is unknown about what that is. */
  apply(statement: Statement, exact: boolean): void {
    switch (statement.kind) {
      case "create_table":
        if (statement.temporary) this.temporary.add(this.key(this.full(statement.table)));
        else if (!statement.conditional || this.entry(statement.table) === null) this.make(statement);
        if (!statement.temporary) this.refer(statement.table, statement.elements);
        return;
      case "drop_table":
        for (const name of statement.names) this.drop(name, statement.temporary);
        return;
      case "rename_table":
        for (const { from, to } of statement.renames)
          if (this.server.dialect === "mysql" || !this.renameTemporary(from, to)) this.rename(from, to);
        return;
      case "alter_table":
        return this.alter(statement, exact);
      case "create_index": {
        const { table, index } = statement;
        return this.alter({ table, actions: [{ type: "add_index", ...index }] }, exact);
      }
      case "drop_index": {
        const { table, name } = statement;
        return this.alter({ table, actions: [{ type: "drop_index", name, ifExists: false }] }, exact);
      }
      case "create_view":
      case "alter_view":
        this.entries.set(this.key(this.full(statement.view)), {
          type: "view",
          tables: null,
          calls: this.callsIn(statement),
        });
        return;
      case "drop_view":
      case "drop_sequence":
        for (const name of statement.names) this.entries.set(this.key(this.full(name)), null);
        return;
      case "create_sequence":
        this.entries.set(this.key(this.full(statement.sequence)), { type: "sequence" });
        return;
      case "create_trigger": {
        // Its body was not kept, so that whatever it fires on can't be told.
        const entry = this.entry(statement.table);
        if (entry?.type !== "table") return;
        const { name } = statement.trigger;
        const triggers = (["insert", "update", "delete"] as const).map((event) => ({
          name,
          event,
          body: "CALL unknown",
        }));
        this.entries.set(this.key(this.full(statement.table)), {
          ...entry,
          triggers: [...entry.triggers, ...triggers],
        });
        return;
      }
      case "use":
        this.database = statement.database;
        return;
      case "set":
        for (const assignment of statement.assignments) {
          if (assignment.scope !== "session") continue;
          if (assignment.name === "sql_mode") this.sqlMode = modeOf(assignment.value);
          if (assignment.name === "default_storage_engine" || assignment.name === "storage_engine")
            this.engine = assignment.value;
        }
        return;
      default:
        return;
    }
  }

  private make(statement: Statement & { kind: "create_table" }): void {
    const like = statement.like === null ? null : this.entry(statement.like);
    const engine = statement.engine ?? (like?.type === "table" ? like.engine : this.engine) ?? "";
    const key = this.key(this.full(statement.table));
    this.entries.set(key, { type: "table", engine, createSql: null, triggers: [] });
    this.texts.set(key, null);
    this.own.add(key);
  }

  private drop(name: Name, onlyTemporary: boolean): void {
    const key = this.key(this.full(name));
    if (this.temporary.delete(key) || onlyTemporary) return;
    this.entries.set(key, null);
    this.texts.set(key, null);
    this.own.delete(key);
  }

  /** False: none has this name. */
  private renameTemporary(from: Name, to: Name): boolean {
    const found = this.temporary.delete(this.key(this.full(from)));
    if (found) this.temporary.add(this.key(this.full(to)));
    return found;
  }

  private rename(from: Name, to: Name): void {
    const entry = this.entry(from);
    const text = this.text(from);
    const children = this.referencing(from);
    const [left, right] = [this.key(this.full(from)), this.key(this.full(to))];
    this.references.set(right, [...this.referencing(from), ...this.referencing(to)]);
    this.references.set(left, []);
    this.laterNames.set(left, this.full(to));
    this.entries.set(right, entry?.type === "table" ? { ...entry, createSql: null } : entry);
    this.entries.set(left, null);
    // What the server has named after the table gets another name with it.
    this.texts.set(right, text === null || looksNamedAfter(text, from) ? null : text);
    this.texts.set(left, null);
    if (this.own.delete(left)) this.own.add(right);
    for (const child of [...children, to]) this.renameParent(child);
  }

  /** The definitions of foreign keys hold the names of their parents, and of the columns there. */
  private renameParent(child: Name): void {
    const entry = this.entry(child);
    const text = this.text(child);
    if (entry?.type !== "table") return;
    this.forget(child);
    const foreignKeys = (text?.foreignKeys ?? []).map((line) => ({ ...line, definition: null }));
    if (text !== null) this.texts.set(this.key(this.full(child)), { ...text, foreignKeys });
  }

  private alter(
    { table, actions }: Pick<Statement & { kind: "alter_table" }, "table" | "actions">,
    exact: boolean,
  ): void {
    const temporary = this.isTemporary(table);
    if (!temporary) {
      const text = exact ? this.text(table) : null;
      this.forget(table);
      this.texts.set(this.key(this.full(table)), text === null ? null : tableAfter(text, actions));
      this.refer(table, actions);
      const renames = actions.some(({ type }) => type === "rename_column" || type === "modify_column");
      if (renames) for (const child of this.referencing(table)) this.renameParent(child);
    }
    for (const action of actions) {
      if (action.type === "option" && action.name === "ENGINE" && !temporary) {
        const entry = this.entry(table);
        if (entry?.type === "table") this.entries.set(this.key(this.full(table)), { ...entry, engine: action.value });
      } else if (action.type === "rename_table" && !this.renameTemporary(table, action.to))
        this.rename(table, action.to);
    }
  }

  private refer(table: Name, elements: readonly AlterAction[]): void {
    const child = this.full(table);
    for (const element of elements) {
      const parent =
        element.type === "add_foreign_key"
          ? element.references
          : element.type === "add_column"
            ? element.column.references
            : null;
      if (parent === null) continue;
      const full = { database: parent.database ?? child.database, name: parent.name };
      this.references.set(this.key(full), [...this.referencing(full), child]);
    }
  }

  /** What SHOW CREATE TABLE said is no longer so. */
  private forget(table: Name): void {
    const entry = this.entry(table);
    if (entry?.type !== "table") return;
    this.entries.set(this.key(this.full(table)), { ...entry, createSql: null });
    this.texts.set(this.key(this.full(table)), null);
  }

  /** Quotes and backslashes mean something else under some modes, which the lexer does not know. */
  private quotingDoubt(sql: string): { readonly offset: number; readonly message: string } | null {
    const mode = this.sqlMode;
    const quote = sql.indexOf('"');
    if (quote !== -1 && (mode === null || /ANSI|ORACLE|MSSQL|DB2|MAXDB|POSTGRESQL/.test(mode))) {
      return {
        offset: quote,
        message: "no double quote expected, which encloses a name or a string under this sql_mode",
      };
    }
    const backslash = sql.indexOf("\\");
    if (backslash !== -1 && this.plainBackslash) {
      return {
        offset: backslash,
        message: "no backslash expected, which is a character like others under this sql_mode",
      };
    }
    return null;
  }

  private key({ database, name }: FullName): string {
    return JSON.stringify([this.fold(database), this.fold(name)]);
  }

  private fold(name: string): string {
    return this.catalogue.caseless ? name.toLowerCase() : name;
  }
}

/** Null: not a literal, so that it can't be told. */
function modeOf(value: string | null): string | null {
  return value === null || value.startsWith("@") || value === "default" ? null : value.toUpperCase();
}
