import { readBodyWrites } from "../sql/reader/body-writes.ts";
import { Cursor } from "../sql/reader/cursor.ts";
import type { Name } from "../sql/reader/names.ts";
import { quotedName } from "../sql/reader/names.ts";
import { readQuery } from "../sql/reader/query.ts";
import { readStatement } from "../sql/reader/read-statement.ts";
import { serverTokens } from "../sql/reader/server-tokens.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { Catalogue, CatalogueEntry, CatalogueTrigger } from "./catalogue.ts";
import type { MysqlHandle } from "./driver.ts";
import { errnoOf, rowsOf } from "./driver.ts";
import type { FullName } from "./known.ts";
import type { ServerFacts } from "./server-facts.ts";

/** What of a catalogue information_schema does not say: the database, and how the session of the statements begins. */
export type SessionFacts = Pick<Catalogue, "database" | "defaultEngine" | "sqlMode" | "gtidMarks">;

/** Reads what stands behind every name that decides on the class of the statements, their undos or their objects. */
export async function readCatalogue(
  handle: MysqlHandle,
  statements: readonly string[],
  session: SessionFacts,
  server: ServerFacts,
): Promise<Catalogue> {
  const functions = await readFunctions(handle);
  const references = await readReferences(handle);
  const reader = new CatalogueReader(handle, session.database, server, functions.size > 0);
  let database = session.database;
  for (const sql of statements) {
    const statement = readStatement(sql, server);
    await reader.readNamesIn(statement, database);
    if (statement.kind === "use") ({ database } = statement);
  }
  const childrenOf = Map.groupBy(references, ({ parent }) => reader.key(parent));
  return {
    ...session,
    caseless: server.caseless,
    entry: (name) => reader.entries.get(reader.key(name)) ?? null,
    referencing: (name) => (childrenOf.get(reader.key(name)) ?? []).map(({ child }) => child),
    tableOfTrigger: (name) => reader.tablesOfTriggers.get(reader.key(name)) ?? null,
    hasFunction: ({ database, name }) =>
      functions.has(`.${name.toLowerCase()}`) || functions.has(`${database ?? ""}.${name.toLowerCase()}`),
  };
}

class CatalogueReader {
  readonly entries = new Map<string, CatalogueEntry | null>();
  readonly tablesOfTriggers = new Map<string, FullName>();
  private readonly handle: MysqlHandle;
  private readonly database: string;
  private readonly server: ServerFacts;
  /** Only where there are any can a view call one. */
  private readonly hasFunctions: boolean;

  constructor(handle: MysqlHandle, database: string, server: ServerFacts, hasFunctions: boolean) {
    this.handle = handle;
    this.database = database;
    this.server = server;
    this.hasFunctions = hasFunctions;
  }

  key({ database, name }: Name): string {
    const key = JSON.stringify([database ?? this.database, name]);
    return this.server.caseless ? key.toLowerCase() : key;
  }

  async readNamesIn(statement: Statement, database: string): Promise<void> {
    const full = (name: Name): FullName => ({ database: name.database ?? database, name: name.name });
    for (const target of statement.targets) {
      if (target.type === "trigger") await this.readTrigger(full(target));
      else if (target.type === "table" || target.type === "view" || target.type === "sequence")
        await this.read(full(target));
    }
    if (statement.kind === "create_table" && statement.like !== null) await this.read(full(statement.like));
    if (statement.kind === "create_trigger") await this.read(full(statement.table));
    if (this.hasFunctions) for (const name of statement.reads) await this.read(full(name));
  }

  /** Also what is behind it: the tables of a view, and what triggers write to. */
  private async read(name: FullName): Promise<CatalogueEntry | null> {
    const key = this.key(name);
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    // Whoever comes back to it from behind it need not go there again.
    this.entries.set(key, null);
    const entry = await this.entry(name);
    this.entries.set(key, entry);
    if (entry?.type !== "table") return entry;
    for (const { body } of entry.triggers) {
      for (const written of readBodyWrites(body, this.server)?.tables ?? [])
        await this.read({ database: written.database ?? name.database, name: written.name });
    }
    return entry;
  }

  private async entry(name: FullName): Promise<CatalogueEntry | null> {
    // Most names that are asked about are those of tables that a migration is about to make.
    const createSql = await this.createSql(name);
    if (createSql === "none") return null;
    const [row] = await rowsOf(
      this.handle,
      `SELECT TABLE_TYPE AS type, ENGINE AS engine FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND TABLE_TYPE NOT LIKE 'TEMPORARY%'`,
      [name.database, name.name],
    );
    if (row === undefined) return null;
    if (row["type"] === "SEQUENCE") return { type: "sequence" };
    if (row["type"] === "VIEW" || row["type"] === "SYSTEM VIEW") return this.view(name);
    return {
      type: "table",
      engine: typeof row["engine"] === "string" ? row["engine"] : "",
      createSql: createSql.text,
      triggers: await this.triggers(name),
    };
  }

  /** The text is null when the server can't open the table. */
  private async createSql(name: FullName): Promise<"none" | { readonly text: string | null }> {
    try {
      const [row] = await rowsOf(this.handle, `SHOW CREATE TABLE ${quotedName(name)}`);
      return { text: typeof row?.["Create Table"] === "string" ? row["Create Table"] : null };
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === null) throw error;
      return errno === noSuchTable ? "none" : { text: null };
    }
  }

  private async triggers({ database, name }: FullName): Promise<readonly CatalogueTrigger[]> {
    const rows = await rowsOf(
      this.handle,
      `SELECT TRIGGER_NAME AS name, EVENT_MANIPULATION AS event, ACTION_STATEMENT AS body FROM information_schema.TRIGGERS
 WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? ORDER BY TRIGGER_NAME`,
      [database, name],
    );
    return rows.map((row) => ({
      name: String(row["name"]),
      event: String(row["event"]).toLowerCase() as CatalogueTrigger["event"],
      body: String(row["body"]),
    }));
  }

  private async readTrigger(trigger: FullName): Promise<void> {
    const [row] = await rowsOf(
      this.handle,
      `SELECT EVENT_OBJECT_TABLE AS name FROM information_schema.TRIGGERS
 WHERE TRIGGER_SCHEMA = ? AND TRIGGER_NAME = ?`,
      [trigger.database, trigger.name],
    );
    if (row === undefined) return;
    const table = { database: trigger.database, name: String(row["name"]) };
    this.tablesOfTriggers.set(this.key(trigger), table);
    await this.read(table);
  }

  /** With the views behind it resolved. */
  private async view({ database, name }: FullName): Promise<CatalogueEntry> {
    const [row] = await rowsOf(
      this.handle,
      "SELECT VIEW_DEFINITION AS sql_text FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?",
      [database, name],
    );
    const text = row?.["sql_text"];
    // Who may not see a view's text is shown an empty one.
    if (typeof text !== "string" || text === "") return { type: "view", tables: null, calls: [] };
    const query = readQuery(new Cursor(serverTokens(text, this.server).list));
    const tables: Name[] = [];
    const calls = new Set(query.calls);
    let known = true;
    for (const read of query.reads) {
      const behind = { database: read.database ?? database, name: read.name };
      const entry = await this.read(behind);
      if (entry?.type === "table") tables.push(behind);
      else if (entry?.type === "view") {
        for (const call of entry.calls) calls.add(call);
        tables.push(...(entry.tables ?? []));
        known &&= entry.tables !== null;
      } else known = false;
    }
    return { type: "view", tables: known ? tables : null, calls: [...calls] };
  }
}

const noSuchTable = 1146;

interface Reference {
  readonly parent: FullName;
  readonly child: FullName;
}

async function readReferences(handle: MysqlHandle): Promise<readonly Reference[]> {
  const rows = await rowsOf(
    handle,
    `SELECT DISTINCT CONSTRAINT_SCHEMA AS child_schema, TABLE_NAME AS child, UNIQUE_CONSTRAINT_SCHEMA AS parent_schema,
 REFERENCED_TABLE_NAME AS parent FROM information_schema.REFERENTIAL_CONSTRAINTS ORDER BY 1, 2, 3, 4`,
  );
  return rows.map((row) => ({
    parent: { database: String(row["parent_schema"]), name: String(row["parent"]) },
    child: { database: String(row["child_schema"]), name: String(row["child"]) },
  }));
}

/** Names as `schema.function`, in lower case; without a schema for loadable ones. */
async function readFunctions(handle: MysqlHandle): Promise<ReadonlySet<string>> {
  const stored = await rowsOf(
    handle,
    `SELECT LOWER(CONCAT(ROUTINE_SCHEMA, '.', ROUTINE_NAME)) AS name FROM information_schema.ROUTINES
 WHERE ROUTINE_TYPE = 'FUNCTION' AND ROUTINE_SCHEMA NOT IN ('sys', 'mysql')`,
  );
  return new Set([...stored, ...(await readLoadable(handle))].map(({ name }) => String(name)));
}

/** They are listed in a table that not every user may read; who may not sees none. With a dot in front, in lower case. */
export async function readLoadable(handle: MysqlHandle): Promise<readonly { readonly name?: unknown }[]> {
  try {
    return await rowsOf(handle, "SELECT LOWER(CONCAT('.', name)) AS name FROM mysql.func");
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return [];
  }
}
