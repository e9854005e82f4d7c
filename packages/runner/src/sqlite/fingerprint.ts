/**
 * The schema as fingerprints, object by object. Structure comes from the pragmas, so that quoting, letter case and the
 * text that ALTER leaves behind don't count; what the pragmas don't show (CHECK, generated columns, collations, triggers,
 * views) is compared as tokens. It doesn't see rows, ANALYZE's statistics or comments.
 */
import { digest } from "../digest.ts";
import type { Contents } from "../own-rows.ts";
import type { Fingerprint, Picture } from "@surefoot/model";
import { assertNever, fingerprint } from "@surefoot/model";
import type { Token } from "../sql/lexer.ts";
import { tokens } from "../sql/lexer.ts";
import type { SqliteHandle, SqliteStatementHandle } from "./driver.ts";
import { folded, unquoted } from "./cursor.ts";
import { ownNames } from "./statement.ts";

interface SchemaRow {
  readonly type: "table" | "index" | "view" | "trigger";
  readonly name: string;
  readonly tbl_name: string;
  readonly sql: string;
}

const schemaQuery = `SELECT type, name, tbl_name, sql FROM main.sqlite_schema
 WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
   AND lower(name) NOT IN (${[...ownNames].map((name) => `'${name}'`).join(", ")})`;

export const journalMode = "pragma:journal_mode";

/** Of the journal modes only WAL stays in the file; the others are each connection's own. */
export function keptMode(mode: string): Fingerprint {
  return fingerprint(mode.toLowerCase() === "wal" ? "wal" : "rollback");
}

/** Reads whole pictures; an object whose text has not changed since the last one is not read again. */
export class SchemaReader {
  private readonly db: SqliteHandle;
  private readonly mode: () => string;
  private readonly known = new Map<string, Fingerprint>();
  private readonly statements = new Map<string, SqliteStatementHandle>();

  /** `mode`: the journal mode that the file is in for everybody else. */
  constructor(db: SqliteHandle, mode = (): string => String(db.pragma("journal_mode", { simple: true }))) {
    this.db = db;
    this.mode = mode;
  }

  picture(): Picture {
    const picture = new Map<string, Fingerprint | null>();
    for (const row of this.prepared(schemaQuery).all() as SchemaRow[])
      picture.set(`${row.type}:${folded(row.name)}`, this.of(row));
    for (const pragma of ["user_version", "application_id"])
      picture.set(`pragma:${pragma}`, fingerprint(String(this.db.pragma(pragma, { simple: true }))));
    picture.set(journalMode, keptMode(this.mode()));
    return picture;
  }

  private of(row: SchemaRow): Fingerprint {
    const key = `${row.type}\0${row.name}\0${row.tbl_name}\0${row.sql}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = hash(this.canonical(row));
    this.known.set(key, found);
    return found;
  }

  private canonical({ type, name, tbl_name, sql }: SchemaRow): unknown {
    switch (type) {
      case "table":
        return ["table", ...this.table(name), clauses(tokens(sql, "sqlite"))];
      case "index":
        return ["index", folded(tbl_name), ...this.index(name, tbl_name, sql)];
      case "view":
      case "trigger":
        return [type, folded(tbl_name), canonicalTokens(tokens(sql, "sqlite"))];
      default:
        return assertNever(type);
    }
  }

  private table(name: string): readonly unknown[] {
    const options = this.rows("SELECT type, wr, strict FROM pragma_table_list(?) WHERE schema = 'main'", name);
    const columns = this.rows(
      `SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main')`,
      name,
    );
    const foreignKeys = this.rows(
      `SELECT id, seq, "table", "from", "to", on_update, on_delete, "match" FROM pragma_foreign_key_list(?, 'main')`,
      name,
    );
    // An index that comes with a UNIQUE or PRIMARY KEY clause belongs to the table; the others are objects of their own.
    const constraints = this.rows(
      `SELECT name, "unique", origin FROM pragma_index_list(?, 'main') WHERE origin <> 'c'`,
      name,
    )
      .map(([index, ...rest]) => JSON.stringify([rest, this.indexColumns(String(index))]))
      .sort();
    const described = columns.map(([column, type, notNull, value, ...rest]) => {
      // Letters count in the value of DEFAULT.
      const [names = []] = lowered([[column, type, notNull, ...rest]]);
      return [...names, value];
    });
    return [options, described, lowered(foreignKeys), constraints];
  }

  private index(name: string, table: string, sql: string): readonly unknown[] {
    const [options] = this.rows(
      `SELECT "unique", partial FROM pragma_index_list(?, 'main') WHERE name = ?`,
      table,
      name,
    );
    const columns = this.indexColumns(name);
    const textCounts = options?.[1] === 1 || columns.some(([column]) => column === null);
    return [options, columns, textCounts ? canonicalTokens(afterName(tokens(sql, "sqlite"))) : null];
  }

  private indexColumns(name: string): readonly (readonly unknown[])[] {
    return lowered(this.rows(`SELECT name, "desc", coll FROM pragma_index_xinfo(?, 'main') WHERE key = 1`, name));
  }

  private rows(sql: string, ...values: readonly unknown[]): (readonly unknown[])[] {
    return this.prepared(sql)
      .raw(true)
      .all(...values) as (readonly unknown[])[];
  }

  private prepared(sql: string): SqliteStatementHandle {
    const found = this.statements.get(sql) ?? this.db.prepare(sql);
    this.statements.set(sql, found);
    return found;
  }
}

/** A hash of all rows of a table, whatever their order; 128 bits in hex. */
export function hashRows(rows: Iterable<readonly unknown[]>): string {
  const hashes: string[] = [];
  for (const row of rows) hashes.push(hash(row.map(plainValue)));
  return hash(hashes.sort());
}

/** The rows as `Contents`: how many, and the sum of the first 64 bits of each one's hash. */
export function contentsOf(rows: Iterable<readonly unknown[]>): Contents {
  let count = 0;
  let sum = 0n;
  for (const row of rows) {
    count++;
    sum += BigInt(`0x${hash(row.map(plainValue)).slice(0, 16)}`);
  }
  return { count, sum: BigInt.asUintN(64, sum) };
}

/** Tells 1 from 1.0 from '1' from X'31', as SQLite does. */
function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") return ["i", value.toString()];
  if (typeof value === "number") return ["r", Object.is(value, -0) ? "-0" : String(value)];
  if (value instanceof Uint8Array) return ["b", Buffer.from(value).toString("base64")];
  return value;
}

function hash(value: unknown): Fingerprint {
  return fingerprint(digest(JSON.stringify(value)));
}

/** Names and types compare without regard to case. */
function lowered(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return rows.map((row) => row.map((value) => (typeof value === "string" ? folded(value) : value)));
}

/** Words and quoted names in lower case without their quotes, everything else as written. */
function canonicalTokens(list: readonly Token[]): readonly string[] {
  return list.map(({ kind, text }) =>
    kind === "word" || kind === "quoted_identifier" ? folded(unquoted(text)) : text,
  );
}

/** Without `CREATE … INDEX name`: the name is the object's key. */
function afterName(list: readonly Token[]): readonly Token[] {
  const on = list.findIndex(({ kind, text }) => kind === "word" && text.toLowerCase() === "on");
  return list.slice(on);
}

const counting = new Set(["check", "collate", "as", "autoincrement", "conflict", "deferrable", "initially", "without"]);

/**
 * What the pragmas don't show of a CREATE TABLE: for each item of its list the clauses that count, with the column that
 * they belong to, sorted; and the module of a virtual table.
 */
function clauses(list: readonly Token[]): readonly unknown[] {
  const canonical = canonicalTokens(list);
  if (canonical[1] === "virtual") return canonical.slice(canonical.indexOf("using"));
  const open = list.findIndex(({ kind, text }) => kind === "punctuation" && text === "(");
  const found: string[] = [];
  let item: string[] = [];
  let depth = 0;
  for (let at = open + 1; at < list.length; at++) {
    const text = canonical[at] ?? "";
    const bracket = list[at]?.kind === "punctuation" ? text : "";
    if (depth === 0 && (bracket === "," || bracket === ")")) {
      found.push(...clausesOf(item));
      item = [];
      if (bracket === ")") break;
      continue;
    }
    if (bracket === "(") depth++;
    if (bracket === ")") depth--;
    item.push(text);
  }
  return found.sort();
}

/**
 * `a text collate nocase check (a > 0)` gives `a: collate nocase` and `a: check ( a > 0 )`. The name of a constraint comes
 * with its first word, because ALTER drops it by that name.
 */
function clausesOf(item: readonly string[]): readonly string[] {
  const column = item[0] === "constraint" || item[0] === "check" ? "" : (item[0] ?? "");
  const found: string[] = [];
  for (let at = 0; at < item.length; at++) {
    const word = item[at] ?? "";
    const named = word === "constraint";
    const first = named ? at + 2 : at;
    if (!named && !counting.has(word)) {
      if (word === "(") at = closing(item, at);
      continue;
    }
    const isClause = counting.has(item[first] ?? "");
    const end = !isClause ? first : item[first + 1] === "(" ? closing(item, first + 1) : first + 1;
    found.push(`${column}: ${item.slice(at, end + 1).join(" ")}`);
    at = end;
  }
  return found;
}

function closing(item: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < item.length; at++) {
    if (item[at] === "(") depth++;
    if (item[at] === ")" && --depth === 0) return at;
  }
  return item.length - 1;
}
