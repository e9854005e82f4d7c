/** Migrations at random: statements that are written from numbers, for the schema as those before them have left it. */
import * as fc from "fast-check";
import type { SqliteHandle } from "../../packages/runner/src/sqlite/driver.ts";

/** One statement, or a few that belong together. */
export interface Draw {
  readonly kind: Kind;
  readonly numbers: readonly number[];
}

const weights = {
  create_table: 4,
  create_table_as: 1,
  create_index: 3,
  create_expression_index: 1,
  create_view: 1,
  create_trigger: 1,
  drop_table: 1,
  drop_object: 2,
  rename_table: 1,
  rename_column: 1,
  add_column: 2,
  drop_column: 1,
  not_null: 2,
  add_constraint: 1,
  drop_constraint: 1,
  insert_values: 9,
  insert_select: 1,
  update: 3,
  delete: 1,
  header: 1,
  child_and_parent: 2,
  unique_for_a_while: 2,
  renamed_for_a_while: 2,
  name_given_away: 1,
  watched_rows: 2,
} as const;

type Kind = keyof typeof weights;

export const draws: fc.Arbitrary<readonly Draw[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...(Object.keys(weights) as Kind[]).flatMap((kind) => Array(weights[kind]).fill(kind) as Kind[]),
    ),
    numbers: fc.array(fc.nat(1_000), { minLength: 6, maxLength: 12 }),
  }),
  { minLength: 1, maxLength: 25, size: "max" },
);

/** What each database begins with; every statement may be left out. */
export const beginning = [
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INT DEFAULT 5, CONSTRAINT n CHECK (b > 0))",
  "INSERT INTO t (id, a, b) VALUES (1, 'x', 1), (3, 'y', 200), (4, 'x', 7)",
  "CREATE TABLE u (k TEXT PRIMARY KEY, t_id INT REFERENCES t (id) ON DELETE CASCADE, w_id INT REFERENCES w (id)) WITHOUT ROWID",
  "INSERT INTO u VALUES ('p', 1, NULL), ('q', 3, NULL)",
  "CREATE TABLE r (id INTEGER PRIMARY KEY AUTOINCREMENT, a)",
  "INSERT INTO r (a) VALUES (1), (2)",
  "CREATE INDEX t_a ON t (a)",
  "CREATE UNIQUE INDEX t_b ON t (b) WHERE b > 100",
  "CREATE VIEW v AS SELECT a, b FROM t",
  "CREATE TRIGGER v_i INSTEAD OF INSERT ON v BEGIN INSERT INTO r (a) VALUES (new.a); END",
  "CREATE TABLE c (id REAL PRIMARY KEY, a TEXT) STRICT",
  "CREATE TABLE z (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, a UNIQUE ON CONFLICT IGNORE)",
  "INSERT INTO z VALUES (1, 2), (3, 4), (7, 1), (11, 7)",
  "CREATE TRIGGER t_i AFTER UPDATE ON t BEGIN INSERT INTO r (a) VALUES (new.id); END",
] as const;

const tableNames = ["t", "u", "w", "x", "y", "v"];
const columnNames = ["a", "b", "c", "d", "id", "k"];
const objectNames = ["i", "j", "g", "h", "t_a", "t_b", "v", "t_i"];
const actions = ["", "", "", " ON DELETE CASCADE", " ON UPDATE SET NULL", " ON DELETE RESTRICT"];
const types = [
  "INT",
  "TEXT",
  "REAL",
  "",
  "INT DEFAULT 7",
  "TEXT NOT NULL DEFAULT 'q'",
  "INT CHECK (1)",
  "TEXT COLLATE NOCASE",
];
const keys = [
  "1",
  "2",
  "3",
  "7",
  "11",
  "11",
  "12",
  "13",
  "14",
  "'x'",
  "-3",
  "NULL",
  "(SELECT 40 + count(*) FROM sqlite_schema)",
];
const values = ["1", "'x'", "NULL", "3.5", "x'41'", "9", "100"];
const primaryKeys = [
  "id INTEGER PRIMARY KEY",
  "id INTEGER PRIMARY KEY",
  "id INTEGER PRIMARY KEY AUTOINCREMENT",
  "id INT PRIMARY KEY",
  "k TEXT PRIMARY KEY",
  "id REAL",
  "id INTEGER PRIMARY KEY ON CONFLICT REPLACE",
  "id REAL PRIMARY KEY",
];

export function writeStatements(db: SqliteHandle, draw: Draw): readonly string[] {
  return new Writer(db, draw.numbers).write(draw.kind);
}

class Writer {
  private readonly db: SqliteHandle;
  private readonly numbers: readonly number[];
  private at = 0;
  private readonly tables: readonly string[];

  constructor(db: SqliteHandle, numbers: readonly number[]) {
    this.db = db;
    this.numbers = numbers;
    this.tables = this.objects("table");
  }

  write(kind: Kind): readonly string[] {
    switch (kind) {
      case "create_table":
        return [this.createTable(this.fresh())];
      case "create_table_as":
        return [
          `CREATE ${this.temp()}TABLE ${this.qualified(this.fresh())} AS SELECT * FROM ${this.qualified(this.table())}`,
        ];
      case "create_index": {
        const table = this.table();
        const order = this.pick(["", " DESC", " COLLATE NOCASE"]);
        const where = this.chance(20) ? ` WHERE ${this.column(table)} > 1` : "";
        return [
          `CREATE ${this.chance(25) ? "UNIQUE " : ""}INDEX ${this.ifNotExists()}${this.pick(objectNames)} ON ${this.styled(table)} (${this.styled(this.column(table))}${order})${where}`,
        ];
      }
      case "create_expression_index": {
        const table = this.table();
        return [`CREATE INDEX ${this.pick(objectNames)} ON ${this.styled(table)} (lower(${this.column(table)}))`];
      }
      case "create_view": {
        const table = this.table();
        const name = this.pick(["v", "y", "w", "vv"]);
        return [
          `CREATE ${this.temp()}VIEW ${this.ifNotExists()}${name} AS SELECT ${this.styled(this.column(table))} FROM ${this.qualified(table)}`,
        ];
      }
      case "create_trigger": {
        const table = this.table();
        const other = this.table();
        const event = this.pick([
          "AFTER INSERT",
          "BEFORE DELETE",
          `AFTER UPDATE OF ${this.column(table)}`,
          "AFTER UPDATE",
        ]);
        return [
          `CREATE ${this.temp()}TRIGGER ${this.ifNotExists()}${this.pick(objectNames)} ${event} ON ${this.styled(table)} BEGIN INSERT INTO ${this.styled(other)} (${this.column(other)}) VALUES (500); END`,
        ];
      }
      case "drop_table":
        return [`DROP TABLE ${this.ifExists()}${this.qualified(this.table())}`];
      case "drop_object": {
        const type = this.pick(["index", "view", "trigger"]);
        const there = this.objects(type);
        return [`DROP ${type} ${this.ifExists()}${this.styled(this.pick(there.length > 0 ? there : objectNames))}`];
      }
      case "rename_table":
        return [`ALTER TABLE ${this.qualified(this.table())} RENAME TO ${this.styled(this.fresh())}`];
      case "rename_column": {
        const table = this.table();
        return [this.renameColumn(table, this.column(table), this.newColumn(table))];
      }
      case "add_column": {
        const table = this.table();
        return [`ALTER TABLE ${this.qualified(table)} ADD COLUMN ${this.definition(table)}`];
      }
      case "drop_column": {
        const table = this.table();
        return [`ALTER TABLE ${this.qualified(table)} DROP COLUMN ${this.styled(this.column(table))}`];
      }
      case "not_null": {
        const table = this.table();
        const column = this.styled(this.column(table));
        return [`ALTER TABLE ${this.qualified(table)} ALTER COLUMN ${column} ${this.pick(["SET", "DROP"])} NOT NULL`];
      }
      case "add_constraint": {
        const table = this.table();
        const name = this.pick(["n", "m"]);
        return [`ALTER TABLE ${this.qualified(table)} ADD CONSTRAINT ${name} CHECK (${this.column(table)} IS NOT 12)`];
      }
      case "drop_constraint":
        return [`ALTER TABLE ${this.qualified(this.table())} DROP CONSTRAINT ${this.pick(["n", "m"])}`];
      case "insert_values":
        return [this.insert(this.table())];
      case "insert_select": {
        const table = this.table();
        const other = this.table();
        return [
          `INSERT INTO ${this.qualified(table)} (${this.column(table)}) SELECT ${this.column(other)} FROM ${this.qualified(other)}`,
        ];
      }
      case "update": {
        const table = this.table();
        const value = this.pick([...values, this.column(table)]);
        return [`UPDATE ${this.qualified(table)} SET ${this.styled(this.column(table))} = ${value}`];
      }
      case "delete": {
        const table = this.table();
        return [`DELETE FROM ${this.qualified(table)} WHERE ${this.column(table)} = ${this.pick(keys)}`];
      }
      case "header":
        return [`PRAGMA user_version = ${this.next() % 10}`];
      case "child_and_parent": {
        const child = this.fresh();
        const key = this.pick(keys);
        const parent = this.table();
        const parentKey = this.columns(parent)[0] ?? "id";
        return [
          `CREATE TABLE ${child} (id INTEGER PRIMARY KEY, parent INT REFERENCES ${parent}${this.pick(actions)})`,
          `INSERT INTO ${parent} (${parentKey}) VALUES (${key})`,
          this.pick([`INSERT INTO ${child} VALUES (1, ${key})`, `INSERT INTO ${child} SELECT 5, ${key}`]),
        ];
      }
      case "unique_for_a_while": {
        const table = this.table();
        const column = this.newColumn(table);
        return [
          `ALTER TABLE ${table} ADD COLUMN ${column} INT`,
          `CREATE UNIQUE INDEX once ON ${table} (${column})`,
          "DROP INDEX once",
          `UPDATE ${table} SET ${column} = ${this.pick(values)}`,
        ];
      }
      case "renamed_for_a_while": {
        const table = this.table();
        const column = this.column(table);
        return [
          this.renameColumn(table, column, "other"),
          `CREATE INDEX ${this.pick(objectNames)} ON ${table} (${this.pick(["other", this.column(table)])})`,
          this.insert(table),
        ];
      }
      case "name_given_away": {
        const there = this.objects("index");
        const name = this.pick(there.length > 0 ? there : objectNames);
        return [`DROP INDEX ${name}`, "CREATE TABLE z9 (id)", `CREATE INDEX ${name} ON z9 (id)`, this.insert("z9")];
      }
      case "watched_rows": {
        const table = this.table();
        const event = this.pick(["AFTER INSERT", "BEFORE DELETE", "AFTER DELETE"]);
        const trigger = `CREATE ${this.temp()}TRIGGER watch ${event} ON ${table} BEGIN INSERT INTO r (a) VALUES (9); END`;
        const row = `INSERT INTO ${table} (${this.columns(table)[0] ?? "id"}) VALUES (${this.pick(keys)})`;
        return this.chance(50) ? [trigger, row] : [row, trigger];
      }
      default:
        return kind satisfies never;
    }
  }

  private createTable(name: string): string {
    const columns = columnNames.slice(0, this.next() % 4).map((column) => {
      const key = this.chance(30)
        ? `INT REFERENCES ${this.styled(this.table())}${this.pick(actions)}`
        : this.pick(types);
      return `${column} ${key}`;
    });
    const end = this.pick(["", "", ", CHECK (1)", ", CONSTRAINT n CHECK (1)"]);
    return `CREATE ${this.temp()}TABLE ${this.ifNotExists()}${this.qualified(name)} (${[this.pick(primaryKeys), ...columns].join(", ")}${end})${this.pick(["", "", "", " STRICT"])}`;
  }

  private insert(table: string): string {
    const [first = "id"] = this.columns(table);
    const columns = [...new Set([this.chance(80) ? first : this.column(table), this.column(table)])];
    if (this.chance(3)) columns.push("rowid");
    const rows = Array.from(
      { length: 1 + (this.next() % 2) },
      () => `(${columns.map(() => this.pick(keys)).join(", ")})`,
    );
    const verb = this.pick(["INSERT", "INSERT", "INSERT", "INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"]);
    const names = columns.map((column) => this.styled(column)).join(", ");
    return `${verb} INTO ${this.qualified(table)} (${names}) VALUES ${rows.join(", ")}`;
  }

  private definition(table: string): string {
    const column = this.newColumn(table);
    const kind = this.next() % 6;
    if (kind === 0) return `${this.styled(column)} INT REFERENCES ${this.styled(this.table())}${this.pick(actions)}`;
    if (kind === 1) return `${column} INT AS (${this.styled(this.column(table))})`;
    return `${this.styled(column)} ${this.pick([...types, "INT CONSTRAINT n NOT NULL DEFAULT 3", "INT DEFAULT (1 + 2)"])}`;
  }

  private renameColumn(table: string, from: string, to: string): string {
    return `ALTER TABLE ${this.qualified(table)} RENAME ${this.styled(from)} TO ${this.styled(to)}`;
  }

  /** Mostly one that is there. */
  private table(): string {
    return this.tables.length > 0 && this.chance(90) ? this.pick(this.tables) : this.pick(tableNames);
  }

  private fresh(): string {
    return this.pick(
      this.chance(85) ? [...tableNames.filter((name) => !this.tables.includes(name)), "z9"] : tableNames,
    );
  }

  private column(table: string): string {
    const there = this.columns(table);
    return this.pick(there.length > 0 && this.chance(92) ? there : columnNames);
  }

  private newColumn(table: string): string {
    const there = this.columns(table);
    return this.pick([...columnNames.filter((name) => this.chance(5) || !there.includes(name)), "e"]);
  }

  private columns(table: string): readonly string[] {
    try {
      return this.names("SELECT name FROM pragma_table_xinfo(?, 'main')", table);
    } catch {
      return [];
    }
  }

  private objects(type: string): readonly string[] {
    return this.names(
      "SELECT name FROM main.sqlite_schema WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite%'",
      type,
    );
  }

  private names(sql: string, value: string): readonly string[] {
    return (this.db.prepare(sql).raw(true).all(value) as (readonly [string])[]).map(([name]) => name);
  }

  private temp(): string {
    return this.chance(8) ? "TEMP " : "";
  }

  private ifNotExists(): string {
    return this.chance(8) ? "IF NOT EXISTS " : "";
  }

  private ifExists(): string {
    return this.chance(8) ? "IF EXISTS " : "";
  }

  private qualified(name: string): string {
    return `${this.chance(10) ? "main." : ""}${this.styled(name)}`;
  }

  private styled(name: string): string {
    const styles = [name, name, name, name, name, name.toUpperCase(), `"${name}"`, `[${name}]`, `\`${name}\``];
    return this.pick(styles);
  }

  private pick<T>(list: readonly T[]): T {
    return list[this.next() % list.length]!;
  }

  private chance(percent: number): boolean {
    return (this.next() * 37) % 100 < percent;
  }

  /** The numbers come again and again, moved each time. */
  private next(): number {
    const number = this.numbers[this.at % this.numbers.length] ?? 0;
    return number + this.at++ * 7;
  }
}
