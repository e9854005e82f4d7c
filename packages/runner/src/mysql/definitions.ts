import type { MysqlHandle, MysqlRow } from "./driver.ts";
import { errnoOf, rowsOf } from "./driver.ts";
import type { SchemaReader } from "./fingerprint.ts";
import { schemaReader } from "./fingerprint.ts";
import { ownNames } from "./own-names.ts";
import { quoted } from "../sql/reader/names.ts";

type DefinitionType =
  | "sequence"
  | "table"
  | "library"
  | "package"
  | "package_body"
  | "function"
  | "procedure"
  | "view"
  | "trigger"
  | "event";

/** An object as the server shows it. */
export interface Definition {
  readonly type: DefinitionType;
  readonly name: string;
  /** That a trigger belongs to; null for everything else. */
  readonly table: string | null;
  /** The statement that makes it; null: it is not shown to this user. */
  readonly sql: string | null;
  /** Settings that it was made under, by the name of the variable; those that are not kept are missing. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Every object of a database, Surefoot's own tables left out, in an order in which they can be made: what a table takes its
 * defaults from before it, programs, which are not looked into when they are made, before the views that call them.
 * `handle`: its current database must be this one, so that names in it are shown without it.
 */
export async function readDefinitions(handle: MysqlHandle, database: string): Promise<readonly Definition[]> {
  const found: Definition[] = [];
  for (const { type, name, table } of await listObjects(handle, await schemaReader(handle, database), database)) {
    const words = type.toUpperCase().replace("_", " ");
    const row = await shown(handle, `SHOW CREATE ${words} ${quoted(database)}.${quoted(name)}`);
    if (row !== null) found.push({ type, name, table, sql: textIn(row), settings: settingsIn(row) });
  }
  return found;
}

type Listed = Pick<Definition, "type" | "name" | "table">;

const routineOrder: readonly DefinitionType[] = ["package", "package_body", "function", "procedure"];

async function listObjects(handle: MysqlHandle, reader: SchemaReader, database: string): Promise<readonly Listed[]> {
  const tables = (await reader.tables()).filter(({ name }) => !ownNames.has(name.toLowerCase()));
  const routines = (await reader.routines()) as readonly { readonly name: string; readonly type: DefinitionType }[];
  const names = async (sql: string): Promise<readonly MysqlRow[]> => rowsOf(handle, sql, [database]);
  const views = await names("SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?");
  // Those of a table that fire at the same time do so in the order in which they are made.
  const triggers = await names(
    `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS on_table FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?
 ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
  );
  const alone = (type: DefinitionType, name: unknown): Listed => ({ type, name: String(name), table: null });
  return [
    ...tables.filter(({ type }) => type === "sequence").map(({ name }) => alone("sequence", name)),
    ...tables.filter(({ type }) => type === "table").map(({ name }) => alone("table", name)),
    ...(await reader.libraries()).map((name) => alone("library", name)),
    ...routineOrder.flatMap((type) =>
      routines.filter((routine) => routine.type === type).map(({ name }) => alone(type, name)),
    ),
    ...views.map(({ name }) => alone("view", name)),
    ...triggers.map(({ name, on_table: table }): Listed => ({
      type: "trigger",
      name: String(name),
      table: String(table),
    })),
    ...(await reader.events()).map((name) => alone("event", name)),
  ];
}

/** Null: it has gone meanwhile. One that the server can't show has a row that says nothing. */
async function shown(handle: MysqlHandle, sql: string): Promise<MysqlRow | null> {
  try {
    return (await rowsOf(handle, sql))[0] ?? null;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === null) throw error;
    return gone.has(errno) ? null : {};
  }
}

/** No such table, trigger, routine, event. */
const gone: ReadonlySet<number> = new Set([1146, 1360, 1305, 1539]);

function textIn(row: MysqlRow): string | null {
  const [, text] = Object.entries(row).find(([column]) => /^(?:create \w|sql original)/i.test(column)) ?? [];
  return typeof text === "string" && text !== "" ? text : null;
}

const variables = ["sql_mode", "time_zone", "character_set_client", "collation_connection"] as const;

function settingsIn(row: MysqlRow): Definition["settings"] {
  return Object.fromEntries(
    variables.flatMap((name) => (typeof row[name] === "string" ? [[name, row[name]] as const] : [])),
  );
}
