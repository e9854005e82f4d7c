/**
 * The schema as fingerprints, object by object. A table is what SHOW CREATE TABLE says of it, which holds more than
 * information_schema does (parsers of full-text indexes, periods, where files are), and costs a query for each table.
 * It doesn't see rows, counters, statistics, times, the current value of a sequence, comments that no object keeps, and
 * a definition that was replaced by an equal one.
 */
import type { Fingerprint, Picture } from "@surefoot/model";
import { fingerprint } from "@surefoot/model";
import { digest } from "../digest.ts";
import { tokens } from "../sql/lexer.ts";
import { quoted } from "../sql/reader/names.ts";
import { objectKey } from "./caseless.ts";
import type { MysqlHandle, MysqlRow } from "./driver.ts";
import { errnoOf, rowsOf } from "./driver.ts";
import { ownNames } from "./own-names.ts";
import type { ServerFacts } from "./server-facts.ts";
import { readServerFacts } from "./server-facts.ts";

/**
 * Settings that change how definitions are shown, and the text in which they come. TIMESTAMP defaults are shown in the
 * session's time zone.
 */
const pinned = `SET NAMES utf8mb4, SESSION sql_mode = '', sql_quote_show_create = 1, time_zone = '+00:00'
 /*!80013 , show_create_table_verbosity = OFF */ /*!80018 , show_create_table_skip_secondary_engine = OFF */
 /*!80030 , show_gipk_in_create_table_and_information_schema = ON */`;

/**
 * Reads whole pictures and single objects of one database. The session should be one that runs no user's statements: a
 * temporary table would hide the table behind it, and a setting would change how definitions are shown.
 */
export async function schemaReader(
  handle: MysqlHandle,
  database: string,
  shownAs: string = database,
): Promise<SchemaReader> {
  await handle.query(pinned);
  return new SchemaReader(handle, database, await readServerFacts(handle), shownAs);
}

export class SchemaReader {
  private readonly handle: MysqlHandle;
  private readonly database: string;
  private readonly server: ServerFacts;
  /** The name that this database goes by in fingerprints: that of a view holds it. */
  private readonly shownAs: string;

  constructor(handle: MysqlHandle, database: string, server: ServerFacts, shownAs: string) {
    this.handle = handle;
    this.database = database;
    this.server = server;
    this.shownAs = shownAs;
  }

  /** The same reader, asking through another handle of its session. */
  through(handle: MysqlHandle): SchemaReader {
    return new SchemaReader(handle, this.database, this.server, this.shownAs);
  }

  /** Every object of the database, Surefoot's own tables left out. Costs a query for each table, routine and event. */
  async picture(): Promise<Picture> {
    const found = new Map<string, Fingerprint | null>();
    const put = (type: string, name: string, value: Fingerprint | null): void => {
      if (value !== null) found.set(this.key(type, name), value);
    };
    for (const { name, type } of await this.tables()) {
      if (ownNames.has(name.toLowerCase())) continue;
      put(type, name, await (type === "table" ? this.table(name) : this.sequence(name)));
    }
    for (const row of await this.views("")) put("view", String(row["name"]), await this.view(row));
    for (const row of await this.triggers("")) put("trigger", String(row["name"]), hash(row));
    for (const { name, type } of await this.routines()) put(type, name, await this.shown(type, name));
    for (const name of await this.events()) put("event", name, await this.shown("event", name));
    for (const name of await this.libraries()) put("library", name, await this.shown("library", name));
    put("database", this.database, await this.schema(this.database));
    return found;
  }

  /** The named objects (`table:t`), null for each that is not there. One query for most; the others are not looked at. */
  async objects(names: Iterable<string>): Promise<Picture> {
    const found = new Map<string, Fingerprint | null>();
    for (const name of names) found.set(name, await this.object(name));
    return found;
  }

  private async object(key: string): Promise<Fingerprint | null> {
    const at = key.indexOf(":");
    const [type, name] = [key.slice(0, at), key.slice(at + 1)];
    switch (type) {
      case "table":
        return this.table(name);
      case "sequence":
        return this.sequence(name);
      case "view": {
        const row = (await this.views("AND TABLE_NAME = ?", name)).find((view) => this.isNamed(type, view, name));
        return row === undefined ? null : this.view(row);
      }
      case "trigger": {
        const rows = await this.triggers("AND TRIGGER_NAME = ?", name);
        const row = rows.find((trigger) => this.isNamed(type, trigger, name));
        return row === undefined ? null : hash(row);
      }
      case "database":
        return this.schema(name);
      default:
        return this.shown(type, name);
    }
  }

  private async table(name: string): Promise<Fingerprint | null> {
    return this.readable(async () => {
      const [row] = await rowsOf(this.handle, `SHOW CREATE TABLE ${this.qualified(name)}`);
      const sql = row?.["Create Table"];
      // Of a view and of a sequence something else is shown.
      if (typeof sql !== "string" || sql.endsWith(" SEQUENCE=1")) return null;
      return hash(canonical(sql));
    });
  }

  private async sequence(name: string): Promise<Fingerprint | null> {
    if (this.server.dialect !== "mariadb") return null;
    return this.readable(async () => {
      const [row] = await rowsOf(this.handle, `SHOW CREATE SEQUENCE ${this.qualified(name)}`);
      return hash(row?.["Create Table"]);
    });
  }

  /** SHOW CREATE VIEW says something else once a table behind the view is gone; what is stored stays. */
  private async view(row: MysqlRow): Promise<Fingerprint | null> {
    if (this.server.dialect === "mariadb") return hash(row);
    return this.readable(async () => {
      const [shown] = await rowsOf(this.handle, `SHOW CREATE VIEW ${this.qualified(String(row["name"]))}`);
      return hash([row, /^CREATE ALGORITHM=(\w+)/.exec(String(shown?.["Create View"]))?.[1]]);
    });
  }

  /** A routine, an event, a package or a library, with the settings that it was made under. */
  private async shown(type: string, name: string): Promise<Fingerprint | null> {
    if (!this.knows(type)) return null;
    const words = type.toUpperCase().replace("_", " ");
    return this.readable(async () => {
      // MariaDB shows the name as it was asked for.
      const [row] = await rowsOf(this.handle, `SHOW CREATE ${words} ${this.qualified(name.toLowerCase())}`);
      if (row === undefined) return null;
      return hash(isHidden(row) ? [row, await this.aroundHidden(words, name)] : row);
    });
  }

  /** What else is shown of a routine whose text this user may not see: when it was made or altered says whether it may be another. */
  private aroundHidden(type: string, name: string): Promise<MysqlRow[]> {
    return rowsOf(
      this.handle,
      `SELECT DEFINER, SECURITY_TYPE, SQL_DATA_ACCESS, IS_DETERMINISTIC, ROUTINE_COMMENT, LAST_ALTERED
 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND ROUTINE_TYPE = ? AND ROUTINE_NAME = ?`,
      [this.database, type, name],
    );
  }

  private async schema(name: string): Promise<Fingerprint | null> {
    const [row] = await rowsOf(
      this.handle,
      `SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME,
 ${this.server.dialect === "mariadb" ? "SCHEMA_COMMENT" : "DEFAULT_ENCRYPTION"} FROM information_schema.SCHEMATA
 WHERE SCHEMA_NAME = ?`,
      [name],
    );
    return row === undefined ? null : hash(row);
  }

  async tables(): Promise<readonly { readonly name: string; readonly type: "table" | "sequence" }[]> {
    const rows = await rowsOf(
      this.handle,
      `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = ? AND TABLE_TYPE NOT IN ('VIEW', 'TEMPORARY', 'TEMPORARY SEQUENCE')`,
      [this.database],
    );
    return rows.map(({ name, type }) => ({ name: String(name), type: type === "SEQUENCE" ? "sequence" : "table" }));
  }

  private async views(where: string, ...values: string[]): Promise<MysqlRow[]> {
    const rows = await rowsOf(
      this.handle,
      `SELECT TABLE_NAME AS name, VIEW_DEFINITION, CHECK_OPTION, DEFINER, SECURITY_TYPE, CHARACTER_SET_CLIENT,
 COLLATION_CONNECTION${this.server.dialect === "mariadb" ? ", ALGORITHM" : ""} FROM information_schema.VIEWS
 WHERE TABLE_SCHEMA = ? ${where}`,
      [this.database, ...values],
    );
    if (this.shownAs === this.database) return rows;
    const [own, shown] = [this.database, this.shownAs].map((name) => `${quoted(name)}.`) as [string, string];
    return rows.map((row) => ({ ...row, VIEW_DEFINITION: String(row["VIEW_DEFINITION"]).replaceAll(own, shown) }));
  }

  private triggers(where: string, ...values: string[]): Promise<MysqlRow[]> {
    return rowsOf(
      this.handle,
      `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER, ACTION_STATEMENT,
 SQL_MODE, DEFINER, CHARACTER_SET_CLIENT, COLLATION_CONNECTION, DATABASE_COLLATION FROM information_schema.TRIGGERS
 WHERE TRIGGER_SCHEMA = ? ${where}`,
      [this.database, ...values],
    );
  }

  async routines(): Promise<readonly { readonly name: string; readonly type: string }[]> {
    const rows = await rowsOf(
      this.handle,
      "SELECT ROUTINE_NAME AS name, ROUTINE_TYPE AS type FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?",
      [this.database],
    );
    return rows.map(({ name, type }) => ({ name: String(name), type: String(type).toLowerCase().replace(" ", "_") }));
  }

  events(): Promise<readonly string[]> {
    return this.names("SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?");
  }

  async libraries(): Promise<readonly string[]> {
    if (!this.knows("library")) return [];
    return this.names("SELECT LIBRARY_NAME AS name FROM information_schema.LIBRARIES WHERE LIBRARY_SCHEMA = ?");
  }

  private async names(sql: string): Promise<readonly string[]> {
    return (await rowsOf(this.handle, sql, [this.database])).map(({ name }) => String(name));
  }

  private knows(type: string): boolean {
    const { dialect, version } = this.server;
    if (type === "library") return dialect === "mysql" && version >= librariesFrom;
    return !type.startsWith("package") || dialect === "mariadb";
  }

  /**
   * Null when the object is not there. One that the server can't open has a fingerprint too: a table that lost its file is
   * neither absent nor as it was.
   */
  private async readable(read: () => Promise<Fingerprint | null>): Promise<Fingerprint | null> {
    try {
      return await read();
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null || transient.has(errno) || denied.has(errno)) throw error;
      return absent.has(errno) ? null : hash(["unreadable", errno]);
    }
  }

  private isNamed(type: string, row: MysqlRow, name: string): boolean {
    return this.key(type, String(row["name"])) === `${type}:${name}`;
  }

  private key(type: string, name: string): string {
    return objectKey(type, name, this.server);
  }

  private qualified(name: string): string {
    return `${quoted(this.database)}.${quoted(name)}`;
  }
}

/** Source: MySQL 9.2 release notes, "CREATE LIBRARY". */
const librariesFrom = 90_200;

/** No such table, database, routine, event, sequence; a table where a sequence is looked for. */
const absent: ReadonlySet<number> = new Set([1049, 1146, 1305, 1539, 4089]);
/** Asked again, the server may answer otherwise: lock waits, limits, its end. */
const transient: ReadonlySet<number> = new Set([
  1040, 1053, 1152, 1158, 1159, 1160, 1161, 1205, 1213, 1317, 1927, 1969, 2006, 2013, 3024, 3169,
]);
const denied: ReadonlySet<number> = new Set([1044, 1045, 1142, 1143, 1227, 1370]);

/**
 * SHOW CREATE TABLE without the counter of AUTO_INCREMENT, which every INSERT moves, and without the character sets before
 * literals (`_latin1'x'`), which MySQL 9.7 rewrites in checks and defaults when it alters the table for another reason.
 */
function canonical(sql: string): string {
  if (!/ AUTO_INCREMENT=|\b_\w+'/.test(sql)) return sql;
  const list = tokens(sql, "mysql");
  let text = "";
  let end = 0;
  for (let at = 0; at < list.length; at++) {
    const token = list[at]!;
    const next = list[at + 1];
    const isCounter = token.text === "AUTO_INCREMENT" && next?.text === "=";
    const isCharset = token.kind === "word" && token.text.startsWith("_") && next?.kind === "string";
    if (!isCounter && !isCharset) continue;
    // With the space before it, as when there is none.
    text += sql.slice(end, isCounter ? token.start - 1 : token.start);
    at += isCounter ? 2 : 0;
    end = list[at]!.end;
  }
  return text + sql.slice(end);
}

/** `Create Procedure` and the like hold the text. */
function isHidden(row: MysqlRow): boolean {
  return Object.entries(row).some(([column, value]) => column.startsWith("Create ") && value === null);
}

function hash(value: unknown): Fingerprint {
  return fingerprint(digest(JSON.stringify(value)));
}
