/**
 * Derives the way back of statements, each in the schema as those above it leave it. What makes an object of its own has an
 * inverse by its form alone. Everything else is tried out in an empty copy of the schema, and an inverse counts only if
 * the schema comes back equal there.
 */
import type { Picture } from "@surefoot/model";
import type { Derivation, Derived, Deriver } from "../undo/derivation.ts";
import { quoted } from "./cursor.ts";
import type { SqliteHandle } from "./driver.ts";
import type { Form, Insert, TemporaryObject } from "./form.ts";
import { namesOf, readForm } from "./form.ts";
import { deleteByKey } from "./insert-undo.ts";
import type { InverseName } from "./inverses.ts";
import { generalObstacles, insertObstacles, inverseRules } from "./inverses.ts";
import type { SchemaObject, TableFacts } from "./rehearsal.ts";
import { qualified, Rehearsal } from "./rehearsal.ts";
import type { Comparable } from "./same-statement.ts";
import { comparable, isSame } from "./same-statement.ts";
import { readStatement } from "./statement.ts";

/** Modules that come with SQLite and drop with their table all that they have made. */
const knownModules = new Set(["fts3", "fts4", "fts5", "rtree", "rtree_i32", "geopoly"]);

type Create = Extract<Form, { type: "create" }>;

export class SqliteDeriver implements Deriver {
  private readonly db: SqliteHandle;
  private candidates: readonly Comparable[] = [];
  /**
   * Statements that the rehearsal has not seen yet; it is made only when something has to be looked up. Null: the end of a
   * migration, with which its temporary objects go.
   */
  private unseen: (string | null)[] = [];
  private rehearsal: Rehearsal | null = null;
  /** Why it can't be gone on with. */
  private broken: string | null = null;
  /** The statement that is looked at, once it has been tried. */
  private latest: string | null = null;
  /** Tables that an earlier statement of the migration has made, and those of them with triggers. */
  private readonly made = new Set<string>();
  private readonly triggered = new Set<string>();
  /** Tables of which the migration has changed rows that don't go with the table. */
  private readonly written = new Set<string>();
  /** Names of temporary objects, which hide others. */
  private temporary = new Set<string>();
  /** Tables that temporary triggers act on, in whatever schema. */
  private watched = new Set<string>();

  /** Tables that the migration has altered. */
  private readonly altered = new Set<string>();
  /** ALTER would read something temporary when it takes something back: a view, a trigger, what hides another object. */
  private readsLeft = false;
  /** Of the journal modes only this one stays in the file. */
  private isWal: boolean;

  constructor(db: SqliteHandle) {
    this.db = db;
    this.isWal = db.pragma("journal_mode", { simple: true }) === "wal";
    if (db.pragma("legacy_alter_table", { simple: true }) !== 0) this.stop(comesAfter("PRAGMA legacy_alter_table"));
  }

  async derive(statements: readonly string[], candidates: readonly string[]): Promise<readonly Derivation[]> {
    this.candidates = candidates.map(comparable);
    this.begin();
    const derivations = statements.map((sql) => this.next(sql));
    return derivations.map((derivation) => (this.meetsTemporary(derivation.derived) ? unsure(derivation) : derivation));
  }

  async pass(statements: readonly string[]): Promise<void> {
    this.begin();
    for (const sql of statements) this.remember(readForm(sql), sql, false);
  }

  async close(): Promise<void> {
    this.rehearsal?.close();
  }

  private begin(): void {
    this.made.clear();
    this.written.clear();
    this.altered.clear();
    this.triggered.clear();
    this.unseen.push(null);
    const present = this.db
      .prepare("SELECT lower(name), type, lower(tbl_name) FROM sqlite_temp_schema")
      .raw(true)
      .all();
    const rows = present as (readonly [string, string, string])[];
    this.temporary = new Set(rows.map(([name]) => name));
    this.watched = new Set(rows.flatMap(([, type, table]) => (type === "trigger" ? [table] : [])));
    this.readsLeft = rows.some(([, type]) => type === "trigger" || type === "view");
  }

  private next(sql: string): Derivation {
    const form = readForm(sql);
    const hidden = this.isHidden(form, sql);
    if ("table" in form && isRehearsed(form)) {
      if (hidden) this.readsLeft = true;
      for (const name of namesOf(form)) this.altered.add(name);
    }
    const changes = hidden ? null : this.changes(form);
    const absent = form.type === "create" && form.conditional && this.candidates.length > 0 && this.isAbsent(form);
    const derived = hidden ? none(generalObstacles.temporary) : this.derived(form, sql, changes !== null);
    this.remember(form, sql, changes !== null);
    return { derived, changes, matches: hidden ? [] : this.matches(form, derived, absent) };
  }

  /** Would the inverse come upon what the migration leaves in its session? */
  private meetsTemporary(derived: Derived): boolean {
    if (derived.type === "none") return false;
    if (this.watched.size > 0 && derived.statements.some((sql) => /^delete\b/i.test(sql))) return true;
    if (this.temporary.size === 0 || !derived.statements.some((sql) => /^alter\b/i.test(sql))) return false;
    return this.readsLeft || [...this.temporary].some((name) => this.rehearsed()?.hasName(name) !== false);
  }

  private isHidden(form: Form, sql: string): boolean {
    const names = namesOf(form);
    if (form.type === "temporary" || names.some((name) => this.watched.has(name))) return true;
    return !readStatement(sql).inMain && names.some((name) => this.temporary.has(name));
  }

  /** `inside`: it changes nothing but what was made here. */
  private derived(form: Form, sql: string, inside: boolean): Derived {
    switch (form.type) {
      case "create":
        return derivedCreate(form);
      case "drop":
        return this.derivedDrop(form, sql);
      case "rename_table":
        return this.tried(sql, (rehearsal) => {
          const before = rehearsal.object("table", form.table.name);
          return before === null ? null : [`ALTER TABLE main.${form.to.written} RENAME TO ${quoted(before.name)}`];
        });
      case "rename_column":
        return this.tried(sql, (rehearsal) => {
          const before = rehearsal.columnName(form.table.name, form.column.name);
          const table = form.table.written;
          return before === null
            ? null
            : [`ALTER TABLE main.${table} RENAME COLUMN ${form.to.written} TO ${quoted(before)}`];
        });
      case "add_column":
        return this.tried(sql, () => [`ALTER TABLE main.${form.table.written} DROP COLUMN ${form.column.written}`]);
      case "set_not_null":
      case "drop_not_null": {
        const back = form.type === "set_not_null" ? "DROP" : "SET";
        const column = `ALTER TABLE main.${form.table.written} ALTER COLUMN ${form.column.written}`;
        return this.tried(sql, () => [`${column} ${back} NOT NULL`], true);
      }
      case "add_constraint": {
        const { name, table } = form;
        if (name === null) return noneOf("add_unnamed_constraint");
        return this.tried(sql, () => [`ALTER TABLE main.${table.written} DROP CONSTRAINT ${name.written}`]);
      }
      case "set_header":
        if (form.pragma === "journal_mode") return this.derivedJournalMode();
        return this.derivedHeader(form.pragma);
      case "insert":
        return this.derivedInsert(form, inside);
      case "reading":
      case "upkeep":
      case "session":
      case "schema_setting":
        return { type: "undo", statements: [] };
      case "drop_column":
      case "drop_constraint":
      case "update":
      case "delete":
      case "rows":
      case "schema_rows":
      case "transaction_control":
      case "elsewhere":
      case "other":
        return noneOf(form.type);
      case "temporary":
        return none(generalObstacles.temporary);
      default:
        return form satisfies never;
    }
  }

  private derivedDrop(form: Extract<Form, { type: "drop" }>, sql: string): Derived {
    const { kind, name, conditional } = form;
    if (kind === "table") return noneOf("drop_table");
    if (conditional) return noneOf("drop_conditional");
    return this.tried(sql, (rehearsal) => {
      const dropped = rehearsal.object(kind, name.name);
      if (dropped === null) return null;
      const along: readonly SchemaObject[] = kind === "view" ? rehearsal.triggersOn(name.name) : [];
      return [dropped, ...along].map((object) => qualified(object.sql));
    });
  }

  /** A number of the file is set to what it was; there is nothing to try. */
  private derivedHeader(pragma: string): Derived {
    const before = this.rehearsed()?.pragma(pragma);
    if (before === undefined) return none(this.why());
    return { type: "undo", statements: [`PRAGMA main.${pragma} = ${before}`] };
  }

  /** An empty copy in memory has no journal to switch. */
  private derivedJournalMode(): Derived {
    return { type: "undo", statements: [`PRAGMA main.journal_mode = ${this.isWal ? "wal" : "delete"}`] };
  }

  private derivedInsert(form: Insert, inside: boolean): Derived {
    if (!form.plain) return noneOf("insert_or");
    if (form.rows === null) return noneOf("insert_select");
    if (inside) return none(insertObstacles.own_table);
    const rehearsal = this.rehearsed();
    if (rehearsal === null) return none(this.why());
    const table = rehearsal.table(form.table.name);
    return table === null ? none(insertObstacles.no_table) : deleteByKey(form, table);
  }

  /**
   * Runs the statement in the rehearsal, then its inverse, and compares. The statement stays there. `mustShow`: without an
   * effect that shows, the inverse would have one. (A new spelling of a name does not show, and goes back all the same.)
   */
  private tried(sql: string, inverse: (rehearsal: Rehearsal) => readonly string[] | null, mustShow = false): Derived {
    const rehearsal = this.rehearsed();
    if (rehearsal === null) return none(this.why());
    const before: Picture = rehearsal.picture();
    const statements = inverse(rehearsal);
    this.unseen.push(sql);
    this.latest = sql;
    if (this.rehearsed() === null) return none(this.why());
    if (mustShow && rehearsal.isAs(before)) return none(generalObstacles.no_effect);
    if (statements === null || !rehearsal.bringsBack(statements, before)) return none(generalObstacles.not_equal);
    return { type: "undo", statements };
  }

  /** The rehearsal, brought up to date; null when there can't be one. */
  private rehearsed(): Rehearsal | null {
    if (this.broken !== null) return null;
    try {
      this.rehearsal ??= new Rehearsal(this.db);
      for (const sql of this.unseen.splice(0))
        if (sql === null) this.rehearsal.dropTemporary();
        else this.rehearsal.run(sql);
      return this.rehearsal;
    } catch (error) {
      this.stop(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  private why(): string {
    return `${generalObstacles.not_tried}: ${this.broken ?? ""}`;
  }

  private isAbsent({ name, module }: Create): boolean {
    return isKnown(module) && this.rehearsed()?.hasName(name.name) === false;
  }

  /** What the statement changes, if that is nothing but what was made here or values of a column. */
  private changes(form: Form): readonly string[] | null {
    switch (form.type) {
      case "insert":
        return this.isOwn(form.table.name, form.plain) ? ofTable(form.table.name) : null;
      case "delete":
        return this.isOwn(form.table.name, false) ? ofTable(form.table.name) : null;
      case "update":
        return this.isOwn(form.table.name, false) ? ofTable(form.table.name) : this.changedColumns(form);
      case "create":
        return this.changedByIndex(form);
      case "drop":
        return this.changedByDrop(form);
      case "add_column":
      case "drop_column":
      case "set_not_null":
      case "drop_not_null":
      case "add_constraint":
      case "drop_constraint":
        return this.made.has(form.table.name) ? ofTable(form.table.name) : null;
      // A new name is written into views and triggers that stay.
      case "rename_table":
      case "rename_column":
      case "set_header":
      case "reading":
      case "session":
      case "upkeep":
      case "rows":
      case "schema_setting":
      case "schema_rows":
      case "temporary":
      case "transaction_control":
      case "elsewhere":
      case "other":
        return null;
      default:
        return form satisfies never;
    }
  }

  /** A trigger can do more than to its table, and every ALTER reads it until it is dropped. */
  private changedByIndex({ kind, on, conditional }: Create): readonly string[] | null {
    return kind === "index" && on !== null && !conditional && this.made.has(on.name) ? ofTable(on.name) : null;
  }

  private changedByDrop({ kind, name, conditional }: Extract<Form, { type: "drop" }>): readonly string[] | null {
    if (this.made.size === 0 || conditional || kind !== "index") return null;
    const on = this.rehearsed()?.object(kind, name.name)?.table;
    return on !== undefined && this.made.has(on) ? ofTable(on) : null;
  }

  /** Does a change of rows of this table, made here, stay in it? A plain INSERT sets no foreign key of others off. */
  private isOwn(name: string, plainInsert: boolean): boolean {
    if (!this.made.has(name) || this.triggered.has(name)) return false;
    if (plainInsert && this.written.size === 0) return true;
    const table = this.rehearsed()?.table(name) ?? null;
    if (table === null || this.leansOnWritten(table)) return false;
    return plainInsert || !table.referred.some(({ acts }) => acts);
  }

  /** Rows that an undo in between takes away must not be those that a foreign key still points to. */
  private leansOnWritten({ parents }: TableFacts): boolean {
    return parents.some((parent) => this.written.has(parent));
  }

  private changedColumns({ table: { name }, columns }: Extract<Form, { type: "update" }>): readonly string[] | null {
    if (columns === null || columns.length === 0) return null;
    const table = this.rehearsed()?.table(name) ?? null;
    if (table === null || table.triggers || table.words.has("conflict") || this.leansOnWritten(table)) return null;
    if (table.referred.some(({ column, acts }) => acts && (column === null || columns.includes(column)))) return null;
    return columns.map((column) => `column:${name}.${column}`);
  }

  private matches(form: Form, derived: Derived, absent: boolean): readonly number[] {
    if (this.candidates.length === 0) return [];
    const exact = derived.type === "undo" && derived.statements.length === 1 ? derived.statements[0] : undefined;
    const wanted = exact === undefined ? null : comparable(exact);
    return this.candidates.flatMap((candidate, index) => {
      const dropsIt =
        absent &&
        form.type === "create" &&
        candidate.form.type === "drop" &&
        candidate.form.kind === form.kind &&
        candidate.form.name.name === form.name.name;
      return dropsIt || (wanted !== null && isSame(wanted, candidate)) ? [index] : [];
    });
  }

  private remember(form: Form, sql: string, inside: boolean): void {
    switch (form.type) {
      case "create":
        this.rememberCreate(form);
        break;
      // What was made under this name has another one now, and that one may hide something that was there.
      case "rename_table":
        this.made.delete(form.table.name);
        break;
      case "drop":
        this.made.delete(form.name.name);
        break;
      case "insert":
      case "update":
      case "delete":
        if (!inside) this.written.add(form.table.name);
        break;
      case "session":
        if (form.temporary !== null) this.rememberTemporary(form.temporary);
        break;
      case "temporary":
        this.hide(...form.names);
        break;
      case "set_header":
        if (form.pragma === "journal_mode") this.isWal = /wal/i.test(form.value);
        break;
      case "schema_setting":
        this.stop(comesAfter(`PRAGMA ${form.pragma}`));
        break;
      case "schema_rows":
      case "elsewhere":
      case "other":
        this.stop(comesAfter("what Surefoot can't read"));
        break;
      default:
    }
    if (this.latest !== sql && isRehearsed(form)) this.unseen.push(sql);
    this.latest = null;
  }

  private rememberCreate({ kind, name, on, module, conditional }: Create): void {
    if (!isKnown(module)) this.stop(comesAfter("a virtual table of a module that Surefoot does not know"));
    if (kind === "table" && !conditional && isKnown(module)) this.made.add(name.name);
    if (kind === "trigger" && on !== null) this.triggered.add(on.name);
    // An index or a trigger of a temporary table is temporary too.
    if (on !== null && this.temporary.has(on.name))
      this.rememberTemporary({ kind, name: name.name, triggerOn: kind === "trigger" ? on.name : null });
  }

  private rememberTemporary({ kind, name, triggerOn }: TemporaryObject): void {
    this.hide(name);
    if (triggerOn !== null) this.watched.add(triggerOn);
    const hides = this.altered.has(name) || this.rehearsed()?.hasName(name) !== false;
    if (kind === "view" || kind === "trigger" || hides) this.readsLeft = true;
  }

  private hide(...names: readonly string[]): void {
    for (const name of names) this.temporary.add(name);
  }

  /** From here on the rehearsal would not show what the database shows. */
  private stop(why: string): void {
    this.broken ??= why;
  }
}

function unsure(derivation: Derivation): Derivation {
  return { ...derivation, derived: none(generalObstacles.temporary_left), matches: [] };
}

function derivedCreate({ kind, name, module, conditional }: Create): Derived {
  if (conditional) return noneOf("create_conditional");
  if (!isKnown(module)) return noneOf("other_module");
  return { type: "undo", statements: [`DROP ${kind.toUpperCase()} main.${name.written}`] };
}

function isKnown(module: string | null): boolean {
  return module === null || knownModules.has(module);
}

function comesAfter(what: string): string {
  return `it comes after ${what}`;
}

function ofTable(name: string): readonly string[] {
  return [`table:${name}`];
}

function none(reason: string): Derived {
  return { type: "none", reason };
}

function noneOf(name: InverseName): Derived {
  return none(inverseRules[name].note);
}

/** It changes the schema, or what names mean in it. */
function isRehearsed(form: Form): boolean {
  switch (form.type) {
    case "create":
    case "drop":
    case "rename_table":
    case "rename_column":
    case "add_column":
    case "drop_column":
    case "set_not_null":
    case "drop_not_null":
    case "add_constraint":
    case "drop_constraint":
      return true;
    case "set_header":
      return form.pragma !== "journal_mode";
    case "session":
      return form.temporary !== null;
    case "insert":
    case "update":
    case "delete":
    case "rows":
    case "reading":
    case "upkeep":
    case "schema_setting":
    case "schema_rows":
    case "temporary":
    case "transaction_control":
    case "elsewhere":
    case "other":
      return false;
    default:
      return form satisfies never;
  }
}
