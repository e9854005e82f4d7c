/** Scratch databases on a server: made with the schema of another database, and copied with their rows. */
import { SurefootError } from "../error.ts";
import type { Database, Scratch, ScratchOptions } from "../port.ts";
import type { Name } from "../sql/reader/names.ts";
import { readStatement } from "../sql/reader/read-statement.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { Missing } from "./copy-schema.ts";
import { copySchema } from "./copy-schema.ts";
import { readDefinitions } from "./definitions.ts";
import { mysqlError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Origin } from "./origin.ts";
import { harmlessDatabases, outsideOf } from "./outside.ts";
import type { Surroundings } from "./outside.ts";
import { readLoadable } from "./read-catalogue.ts";
import { likeDatabase } from "./rehearsal.ts";
import { ScratchRoom } from "./scratch-room.ts";
import type { ServerIdentity } from "./server-identity.ts";
import { connect } from "./sessions.ts";
import type { ServerTarget, Target } from "./target.ts";
import { shownServer } from "./target.ts";

/** Opens a database that is on the scratch server. */
type Open = (target: Target) => Database;

/** @throws SurefootError as for a connection to either server, DATABASE_UNUSABLE when no database may be made */
export async function makeScratch(
  origin: Origin,
  place: ServerTarget,
  { from, onNote }: ScratchOptions,
  open: Open,
): Promise<Scratch> {
  const room = await ScratchRoom.open(place, origin.timing, onNote);
  const home = { room, origin: origin.database, open };
  try {
    const database = await reached(origin, from, onNote);
    if (database === null) return await MysqlScratch.empty(home, "");
    return await using(Promise.resolve(database.link), async (source) => {
      for (const note of notesOn(room.server, database.server)) onNote(note);
      const like = await likeDatabase(source, origin.database);
      if (from === "nothing") return MysqlScratch.empty(home, like);
      return MysqlScratch.filled(home, { like, source, database: origin.database, missing: [] });
    });
  } catch (error) {
    await room.close();
    throw mysqlError(error, origin.name, "making a scratch database");
  }
}

/** Beginning with nothing, only the character set of the database is of interest, and it may be out of reach. */
async function reached(
  origin: Origin,
  from: ScratchOptions["from"],
  onNote: ScratchOptions["onNote"],
): Promise<Awaited<ReturnType<typeof connect>> | null> {
  try {
    return await connect(origin);
  } catch (error) {
    const away = error instanceof SurefootError && /^DATABASE_(?:LOST|MISSING|UNUSABLE)$/.test(error.code);
    if (from !== "nothing" || !away) throw error;
    onNote(`${origin.name} can't be looked at, so the scratch databases have the character set of their server.`);
    return null;
  }
}

interface Home {
  readonly room: ScratchRoom;
  /** The database that is stood for. */
  readonly origin: string;
  readonly open: Open;
}

interface Filling {
  /** Character set and collation, as in CREATE DATABASE. */
  readonly like: string;
  /** Whose current database is the one to be copied. */
  readonly source: Link;
  readonly database: string;
  /** What that one lacks already; its rows come along if it is a scratch database. */
  readonly missing: readonly Missing[];
  readonly rows?: true;
}

class MysqlScratch implements Scratch {
  readonly database: Database;
  readonly place: string;
  readonly missing: ReadonlyMap<string, string>;
  private readonly home: Home;
  private readonly name: string;
  private readonly lacks: readonly Missing[];

  private constructor(home: Home, name: string, lacks: readonly Missing[]) {
    this.home = home;
    this.name = name;
    this.lacks = lacks;
    this.missing = new Map(lacks.map(({ type, name: object, why }) => [`${type}:${object}`, this.inWords(why)]));
    this.place = shownServer(home.room.place);
    this.database = home.open({ ...home.room.place, database: name });
  }

  static async empty(home: Home, like: string): Promise<Scratch> {
    return new MysqlScratch(home, await home.room.make(like), []);
  }

  static async filled(home: Home, { like, source, database, missing, rows }: Filling): Promise<Scratch> {
    const { room } = home;
    const name = await room.make(like);
    try {
      const definitions = await readDefinitions(source, database);
      const rowsFrom = rows === true ? database : null;
      const own = rowsFrom === null ? [name] : [name, rowsFrom];
      const more = await using(room.link(name), async (link) => {
        const surroundings = await surroundingsOf(home, link, own);
        return copySchema(link, definitions, { database, rowsFrom, surroundings });
      });
      return new MysqlScratch(home, name, [...missing, ...more]);
    } catch (error) {
      await room.drop(name);
      throw error;
    }
  }

  async copy(): Promise<Scratch> {
    const { home, name, lacks } = this;
    return this.guard("copying a scratch database", () =>
      using(home.room.link(name), async (source) => {
        const like = await likeDatabase(source, name);
        return MysqlScratch.filled(home, { like, source, database: name, missing: lacks, rows: true });
      }),
    );
  }

  async hurdles(statements: readonly string[]): Promise<readonly (string | null)[]> {
    return this.guard("reading what is to be tried", async () => {
      const facts = await using(this.database.read(), (reader) => reader.classify(statements, "step"));
      const surroundings = await using(this.home.room.link(this.name), (link) =>
        surroundingsOf(this.home, link, [this.name]),
      );
      return statements.map((sql, at) => {
        const outside = facts[at]?.notCovered ?? outsideOf(sql, surroundings);
        return outside === null ? this.needs(readStatement(sql, surroundings.server)) : `reaches outside: ${outside}`;
      });
    });
  }

  inWords(message: string): string {
    return message.replaceAll(this.name, this.home.origin);
  }

  async close(): Promise<void> {
    await this.home.room.drop(this.name);
  }

  private async guard<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw mysqlError(error, this.place, doing);
    }
  }

  /** What a statement names, or sets off, and the scratch database lacks. */
  private needs(statement: Statement): string | null {
    const named = new Set(namesIn(statement).map((name) => name.toLowerCase()));
    const found = this.lacks.find(({ type, name, table }) =>
      type === "trigger" && table !== null && rowKinds.has(statement.kind)
        ? named.has(table.toLowerCase())
        : named.has(name.toLowerCase()),
    );
    return found === undefined
      ? null
      : `needs the ${found.type} ${found.name}, which could not be copied: ${this.inWords(found.why)}`;
  }
}

async function using<C extends { close(): Promise<void> }, T>(
  opening: Promise<C>,
  act: (connection: C) => Promise<T>,
): Promise<T> {
  const connection = await opening;
  try {
    return await act(connection);
  } finally {
    await connection.close();
  }
}

const rowKinds: ReadonlySet<string> = new Set(["insert", "update", "delete"]);

function namesIn(statement: Statement): readonly string[] {
  const named: Name[] = [...statement.targets, ...statement.reads];
  if (statement.kind === "create_trigger") named.push(statement.table);
  const elements =
    statement.kind === "create_table" ? statement.elements : statement.kind === "alter_table" ? statement.actions : [];
  for (const element of elements) {
    if (element.type === "add_foreign_key") named.push(element.references);
    if (element.type === "add_column" && element.column.references !== null) named.push(element.column.references);
  }
  return [...named.map(({ name }) => name), ...statement.calls];
}

/** `own`: databases that the statements may name. */
async function surroundingsOf({ room, origin }: Home, link: Link, own: readonly string[]): Promise<Surroundings> {
  const others = new Set(await room.databases());
  // Also where there is none of this name: on the scratch server it would be another one than is meant.
  others.add(origin.toLowerCase());
  for (const name of [...own, ...harmlessDatabases]) others.delete(name.toLowerCase());
  const loadable = (await readLoadable(link)).map(({ name }) => String(name).slice(1));
  return { server: room.server.facts, databases: others, loadable: new Set(loadable) };
}

/** What is not the same on both servers, and may let a statement do something else there. */
function notesOn(scratch: ServerIdentity, database: ServerIdentity): readonly string[] {
  if (scratch.uuid === database.uuid)
    return ["The scratch databases are on the database's own server, as it was named."];
  const differs = [
    ...(scratch.facts.version === database.facts.version ? [] : ["version"]),
    ...(scratch.session.sqlMode === database.session.sqlMode ? [] : ["sql_mode"]),
    ...(scratch.session.defaultEngine === database.session.defaultEngine ? [] : ["default_storage_engine"]),
    ...(scratch.facts.caseless === database.facts.caseless ? [] : ["lower_case_table_names"]),
  ];
  return differs.length === 0
    ? []
    : [
        `The scratch server is not as the database's own: ${differs.join(", ")}. What is tried may turn out otherwise there.`,
      ];
}
