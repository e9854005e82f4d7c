/**
 * The statements of the reader's corpus on the servers: each is taken; its class, its objects and its undo are those that
 * the corpus says, from a catalogue that was read from the server; what it changed are the objects that were named; and
 * after a derived undo the schema and the rows are as they were.
 */
import type { Picture } from "@surefoot/model";
import { differences } from "@surefoot/model";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { beforeAll, expect, test } from "vitest";
import { refusals, skips } from "../../packages/runner/src/mysql/class-rules.ts";
import { classify } from "../../packages/runner/src/mysql/classify.ts";
import type { MysqlFacts } from "../../packages/runner/src/mysql/classify.ts";
import { schemaReader } from "../../packages/runner/src/mysql/fingerprint.ts";
import type { FullName } from "../../packages/runner/src/mysql/known.ts";
import { readCatalogue } from "../../packages/runner/src/mysql/read-catalogue.ts";
import { recordedPath } from "../../packages/runner/src/mysql/recorded-catalogue.ts";
import type { Recorded } from "../../packages/runner/src/mysql/recorded-catalogue.ts";
import type { ServerFacts } from "../../packages/runner/src/mysql/server-facts.ts";
import { readServerFacts } from "../../packages/runner/src/mysql/server-facts.ts";
import { readCorpus, readStart } from "../../packages/runner/src/sql/reader/corpus/read-corpus.ts";
import type { Entry, ServerDialect } from "../../packages/runner/src/sql/reader/corpus/read-corpus.ts";
import { makeStart, mend, readRows } from "../support/reader-corpus.ts";
import { onOwnServer } from "../support/servers.ts";
import type { OwnServer } from "../support/servers.ts";

/** How everything looks. */
interface View {
  readonly here: Picture;
  readonly other: Picture;
  readonly rows: readonly [here: object, other: object];
}

interface Seen {
  readonly entry: Entry;
  readonly facts: MysqlFacts;
  /** Null: the server took it. */
  readonly refused: string | null;
  readonly before: View;
  readonly after: View;
  /** After the derived undo; the message of the server if it refused that; null: there is none. */
  readonly undone: View | string | null;
}

for (const engine of ["mariadb", "mysql"] as const) {
  await onOwnServer(engine, "on the reader's corpus", (server) => {
    let seen: readonly Seen[] = [];
    beforeAll(async () => void (seen = await runAll(server, readCorpus(engine))), 300_000);

    test("says of the start what is recorded for tests without a server", async () => {
      const connection = await server.connect();
      await makeStart(connection, engine);

      const recorded = await record(connection, engine);

      connection.destroy();
      await expect(`${JSON.stringify(recorded, null, 2)}\n`).toMatchFileSnapshot(recordedPath(engine));
    });

    test("takes every statement", () => {
      const refused = seen.filter((one) => one.refused !== null).map(({ entry, refused }) => [entry.sql, refused]);

      expect(refused).toEqual([]);
      expect(seen.length).toBeGreaterThanOrEqual(200);
    });

    test("says of each what the corpus says", () => {
      const told = seen.map(({ entry, facts }) => expectedFacts(entry, facts));

      expect(told).toEqual(seen.map(({ entry }) => factsOf(entry)));
    });

    test("changes only objects that are named", () => {
      const others = seen.flatMap(({ entry, facts, before, after }) => {
        const named = new Set(facts.objects);
        const missed = differencesBothWays(before.here, after.here).filter((name) => !named.has(name));
        return missed.length === 0 ? [] : [[entry.sql, missed]];
      });

      expect(others).toEqual([]);
    });

    test("shows the effect of what is said to show in the schema, and nothing of the rest", () => {
      const wrong = seen.filter(({ entry, facts, before, after }) => {
        const shows = differencesBothWays(before.here, after.here).length > 0;
        const mayChangeNothing = facts.undo.type === "none" && mayBeIdle.has(facts.undo.reason);
        if (facts.rule === "ddl") return entry.idle === null ? !shows && !mayChangeNothing : shows;
        return shows && facts.class !== "opaque";
      });

      expect(wrong.map(({ entry, facts }) => [entry.sql, facts.rule])).toEqual([]);
    });

    test("changes rows only where that is said, and only of tables that are named", () => {
      const wrong = seen.flatMap(({ entry, facts, before, after }) => {
        const changed = changedTables(before.rows[0], after.rows[0]).map((name) => `table:${name}`);
        const untold = changed.filter((name) => !facts.objects.includes(name));
        return untold.length > 0 && facts.class !== "opaque" ? [[entry.sql, untold]] : [];
      });

      expect(wrong).toEqual([]);
    });

    test("is as it was after every undo that is derived", () => {
      const undone = seen.filter(({ facts }) => facts.undo.type === "undo");
      const wrong = undone.flatMap(({ entry, before, undone: view }): unknown[] => {
        if (typeof view === "string" || view === null) return [[entry.sql, view]];
        const names = changesBetween(before, view);
        return names.length === 0 ? [] : [[entry.sql, names]];
      });

      expect(wrong).toEqual([]);
      expect(undone.length).toBeGreaterThanOrEqual(80);
    });
  });
}

/** With these reasons a statement may find nothing to change. */
const mayBeIdle = new Set(["conditional", "or_replace", "changes_nothing"]);

async function runAll(server: OwnServer, entries: readonly Entry[]): Promise<readonly Seen[]> {
  const maker = await server.connect();
  const looker = await server.connect();
  await makeStart(maker, server.engine);
  // A statement that locks others out is found out, and does not hang.
  for (const connection of [maker, looker]) await connection.query("SET SESSION lock_wait_timeout = 20");
  const serverFacts = await readServerFacts(looker);
  const look = await looksOf(looker);
  const seen: Seen[] = [];
  let start = await look();
  for (const entry of entries) {
    const connection = await server.connect({ database: "here" });
    const one = await runOne(connection, entry, start, look, serverFacts);
    seen.push(one);
    connection.destroy();
    const left = typeof one.undone === "object" && one.undone !== null ? one.undone : one.after;
    if (entry.setup.length > 0 || !isEqual(start, left))
      start = await backToStart(maker, server.engine, start, left, look);
  }
  maker.destroy();
  looker.destroy();
  return seen;
}

/** By mending what is different, or from the ground up where that does not do. */
async function backToStart(
  maker: Connection,
  dialect: ServerDialect,
  start: View,
  left: View,
  look: () => Promise<View>,
): Promise<View> {
  const changed = [
    ...differencesBothWays(start.here, left.here),
    ...changedTables(start.rows[0], left.rows[0]).map((name) => `table:${name}`),
  ];
  if (!changed.includes("database:here")) {
    await mend(maker, dialect, changed);
    if (isEqual(start, await look())) return start;
  }
  await makeStart(maker, dialect);
  return look();
}

async function runOne(
  connection: Connection,
  entry: Entry,
  start: View,
  look: () => Promise<View>,
  server: ServerFacts,
): Promise<Seen> {
  for (const sql of entry.setup) await connection.query(sql);
  const session = { database: "here", gtidMarks: false, ...(await sessionOf(connection)) };
  const catalogue = await readCatalogue(connection, [entry.sql], session, server);
  const [facts] = classify([entry.sql], server, catalogue, "step");
  const before = entry.setup.length === 0 ? start : await look();
  const refused = await errorOf(connection, entry.sql);
  // What is refused or left out would lock the others out as long as its session lives.
  if (facts!.refused !== null || facts!.skipped !== null) await connection.end();
  const after = await look();
  let undone: View | string | null = null;
  if (facts!.undo.type === "undo") {
    let error: string | null = null;
    for (const sql of facts!.undo.statements) error ??= await errorOf(connection, sql);
    undone = error ?? (await look());
  }
  return { entry, facts: facts!, refused, before, after, undone };
}

async function record(connection: Connection, dialect: ServerDialect): Promise<Recorded> {
  const server = await readServerFacts(connection);
  const session = { database: "here", gtidMarks: false, ...(await sessionOf(connection)) };
  const statements = [...readStart(dialect), "UPDATE surefoot_other.kept SET id = 1"];
  const catalogue = await readCatalogue(connection, statements, session, server);
  const [tables] = await connection.query<RowDataPacket[]>(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'here' ORDER BY BINARY TABLE_NAME",
  );
  const names = tables.map(({ name }): FullName => ({ database: "here", name: name as string }));
  const triggers = names.flatMap((table) => {
    const entry = catalogue.entry(table);
    return entry?.type === "table" ? entry.triggers.map(({ name }): [string, FullName] => [`here.${name}`, table]) : [];
  });
  return {
    defaultEngine: session.defaultEngine,
    sqlMode: session.sqlMode,
    entries: Object.fromEntries(
      [...names, { database: "surefoot_other", name: "kept" }].flatMap((name) => {
        const entry = catalogue.entry(name);
        return entry === null ? [] : [[`${name.database}.${name.name}`, entry]];
      }),
    ),
    triggers: Object.fromEntries(triggers),
    functions: Object.fromEntries(
      ["f", "p"].map((name) => [`here.${name}`, catalogue.hasFunction({ database: "here", name })]),
    ),
  };
}

async function sessionOf(connection: Connection): Promise<{ sqlMode: string; defaultEngine: string }> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT @@sql_mode AS sqlMode, @@default_storage_engine AS defaultEngine",
  );
  return rows[0] as { sqlMode: string; defaultEngine: string };
}

async function errorOf(connection: Connection, sql: string): Promise<string | null> {
  try {
    await connection.query(sql);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

async function looksOf(connection: Connection): Promise<() => Promise<View>> {
  const here = await schemaReader(connection, "here");
  const other = await schemaReader(connection, "surefoot_other");
  return async () => ({
    here: await here.picture(),
    other: await other.picture(),
    rows: [await readRows(connection, "here"), await readRows(connection, "surefoot_other")],
  });
}

function isEqual(left: View, right: View): boolean {
  return changesBetween(left, right).length === 0;
}

/** Everything that is different, schema and rows, in both databases. */
function changesBetween(left: View, right: View): readonly string[] {
  return [
    ...differencesBothWays(left.here, right.here),
    ...differencesBothWays(left.other, right.other),
    ...changedTables(left.rows[0], right.rows[0]),
    ...changedTables(left.rows[1], right.rows[1]),
  ];
}

/** Objects that are only in one of them count as well. */
function differencesBothWays(left: Picture, right: Picture): readonly string[] {
  const all = new Map([...left, ...right].map(([name]) => [name, null]));
  return differences(new Map([...all, ...left]), new Map([...all, ...right]));
}

function changedTables(left: object, right: object): readonly string[] {
  const [one, other] = [new Map(Object.entries(left)), new Map(Object.entries(right))];
  const names = new Set([...one.keys(), ...other.keys()]);
  // A table that is only in one of them shows in the schema.
  return [...names].filter(
    (name) => one.has(name) && other.has(name) && JSON.stringify(one.get(name)) !== JSON.stringify(other.get(name)),
  );
}

function factsOf(entry: Entry): object {
  return {
    sql: entry.sql,
    class: entry.class,
    objects: [...entry.objects].sort(),
    undo: entry.undo,
    destroys: entry.destroys,
    notCovered: entry.notCovered,
    refused: entry.refused === null ? null : refusals[entry.refused as keyof typeof refusals],
    skipped: entry.skipped === null ? null : skips[entry.skipped as keyof typeof skips],
  };
}

function expectedFacts(entry: Entry, facts: MysqlFacts): object {
  return {
    sql: entry.sql,
    class: facts.kind,
    objects: [...facts.objects].sort(),
    undo:
      facts.undo.type === "none"
        ? { type: "none", reason: facts.undo.reason }
        : { type: "undo", sql: facts.undo.statements.join("; ") },
    destroys: facts.destroys,
    notCovered: facts.notCovered,
    refused: facts.refused,
    skipped: facts.skipped,
  };
}
