import type { Name } from "../sql/reader/names.ts";
import { readStatement } from "../sql/reader/read-statement.ts";
import type { Server } from "../sql/reader/server.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { Catalogue, CatalogueEntry } from "./catalogue.ts";

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
  /** Tables that this migration made: what is in them it may destroy. */
  private readonly own = new Set<string>();
  private readonly temporary = new Set<string>();

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
    return doubt === null || statement.kind === "unread" ? statement : { ...statement, kind: "unread", why: doubt };
  }

  full({ database, name }: Name): FullName {
    return { database: database ?? this.database, name };
  }

  entry(name: Name): CatalogueEntry | null {
    const full = this.full(name);
    const found = this.entries.get(this.key(full));
    return found === undefined ? this.catalogue.entry(full) : found;
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

  /** Takes in what the statement changes, supposing that it succeeds. */
  apply(statement: Statement): void {
    switch (statement.kind) {
      case "create_table":
        if (statement.temporary) this.temporary.add(this.key(this.full(statement.table)));
        else if (!statement.conditional || this.entry(statement.table) === null) this.make(statement);
        return;
      case "drop_table":
        for (const name of statement.names) this.drop(name, statement.temporary);
        return;
      case "rename_table":
        for (const { from, to } of statement.renames) this.rename(from, to);
        return;
      case "alter_table":
        return this.alter(statement);
      case "create_index":
      case "drop_index":
        return this.forget(statement.table);
      case "create_view":
      case "alter_view":
        this.entries.set(this.key(this.full(statement.view)), { type: "view", tables: null });
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
    this.entries.set(key, { type: "table", engine, createSql: null, triggers: [], referencedBy: [] });
    this.own.add(key);
  }

  private drop(name: Name, onlyTemporary: boolean): void {
    const key = this.key(this.full(name));
    if (this.temporary.delete(key) || onlyTemporary) return;
    this.entries.set(key, null);
    this.own.delete(key);
  }

  private rename(from: Name, to: Name): void {
    const entry = this.entry(from);
    const [left, right] = [this.key(this.full(from)), this.key(this.full(to))];
    this.entries.set(right, entry?.type === "table" ? { ...entry, createSql: null } : entry);
    this.entries.set(left, null);
    if (this.own.delete(left)) this.own.add(right);
  }

  private alter(statement: Statement & { kind: "alter_table" }): void {
    const { table, actions } = statement;
    this.forget(table);
    for (const action of actions) {
      if (action.type === "option" && action.name === "ENGINE") {
        const entry = this.entry(table);
        if (entry?.type === "table") this.entries.set(this.key(this.full(table)), { ...entry, engine: action.value });
      } else if (action.type === "rename_table") this.rename(table, action.to);
    }
  }

  /** What SHOW CREATE TABLE said is no longer so. */
  private forget(table: Name): void {
    const entry = this.entry(table);
    if (entry?.type === "table") this.entries.set(this.key(this.full(table)), { ...entry, createSql: null });
  }

  /** Quotes and backslashes mean something else under some modes, which the lexer does not know. */
  private quotingDoubt(sql: string): string | null {
    const mode = this.sqlMode;
    if (sql.includes('"') && (mode === null || /ANSI|ORACLE|MSSQL|DB2|MAXDB|POSTGRESQL/.test(mode))) {
      return "under this sql_mode a double quote may enclose a name or a string";
    }
    if (sql.includes("\\") && (mode === null || mode.includes("NO_BACKSLASH_ESCAPES"))) {
      return "under this sql_mode a backslash may be a character like others";
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
