/**
 * The statements of the reader's corpus on the servers: each is taken; its class, its objects and its undo are those that
 * the corpus says, from a catalogue that was read from the server; what it changed are the objects that were named; and
 * after a derived undo the schema and the rows are as they were.
 */
import type { Connection, RowDataPacket } from "mysql2/promise";
import { beforeAll, expect, test } from "vitest";
import { refusals, skips } from "../../packages/runner/src/mysql/class-rules.ts";
import type { MysqlFacts } from "../../packages/runner/src/mysql/classify.ts";
import type { FullName } from "../../packages/runner/src/mysql/known.ts";
import { readCatalogue } from "../../packages/runner/src/mysql/read-catalogue.ts";
import { recordedPath } from "../../packages/runner/src/mysql/recorded-catalogue.ts";
import type { Recorded } from "../../packages/runner/src/mysql/recorded-catalogue.ts";
import type { ServerFacts } from "../../packages/runner/src/mysql/server-facts.ts";
import { readServerFacts } from "../../packages/runner/src/mysql/server-facts.ts";
import { readCorpus, readStart } from "../../packages/runner/src/sql/reader/corpus/read-corpus.ts";
import type { Entry, ServerDialect } from "../../packages/runner/src/sql/reader/corpus/read-corpus.ts";
import { makeStart, mend } from "../support/reader-corpus.ts";
import { onOwnServer } from "../support/servers.ts";
import type { OwnServer } from "../support/servers.ts";
import type { Look } from "../support/statement-trial.ts";
import { changesBetween, errorOf, factsOn, isEqual, lookAt, sessionFacts } from "../support/statement-trial.ts";

interface View {
  readonly here: Look;
  readonly other: Look;
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
        const missed = changesBetween(before.here, after.here).objects.filter((name) => !named.has(name));
        return missed.length === 0 ? [] : [[entry.sql, missed]];
      });

      expect(others).toEqual([]);
    });

    test("shows the effect of what is said to show in the schema, and nothing of the rest", () => {
      const wrong = seen.filter(({ entry, facts, before, after }) => {
        const shows = changesBetween(before.here, after.here).objects.length > 0;
        const mayChangeNothing = facts.undo.type === "none" && mayBeIdle.has(facts.undo.reason);
        if (facts.rule === "ddl") return entry.idle === null ? !shows && !mayChangeNothing : shows;
        return shows && facts.class !== "opaque";
      });

      expect(wrong.map(({ entry, facts }) => [entry.sql, facts.rule])).toEqual([]);
    });

    test("changes rows only where that is said, and only of tables that are named", () => {
      const wrong = seen.flatMap(({ entry, facts, before, after }) => {
        const changed = changesBetween(before.here, after.here).rows.map((name) => `table:${name}`);
        const untold = changed.filter((name) => !facts.objects.includes(name));
        return untold.length > 0 && facts.class !== "opaque" ? [[entry.sql, untold]] : [];
      });

      expect(wrong).toEqual([]);
    });

    test("is as it was after every undo that is derived", () => {
      const undone = seen.filter(({ facts }) => facts.undo.type === "undo");
      const wrong = undone.flatMap(({ entry, before, undone: view }): unknown[] => {
        if (typeof view === "string" || view === null) return [[entry.sql, view]];
        const left = [changesBetween(before.here, view.here), changesBetween(before.other, view.other)];
        return isSame(before, view) ? [] : [[entry.sql, left]];
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
  const [here, other] = [await lookAt(looker, "here"), await lookAt(looker, "surefoot_other")];
  const look = async (): Promise<View> => ({ here: await here(), other: await other() });
  const seen: Seen[] = [];
  let start = await look();
  for (const entry of entries) {
    const connection = await server.connect({ database: "here" });
    const one = await runOne(connection, entry, start, look, serverFacts);
    seen.push(one);
    connection.destroy();
    const left = typeof one.undone === "object" && one.undone !== null ? one.undone : one.after;
    if (entry.setup.length > 0 || !isSame(start, left))
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
  const { objects, rows } = changesBetween(start.here, left.here);
  const changed = [...objects, ...rows.map((name) => `table:${name}`)];
  if (!changed.includes("database:here")) {
    await mend(maker, dialect, changed);
    if (isSame(start, await look())) return start;
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
  const facts = await factsOn(connection, "here", entry.sql, server);
  const before = entry.setup.length === 0 ? start : await look();
  const refused = await errorOf(connection, entry.sql);
  // What is refused or left out would lock the others out as long as its session lives.
  if (facts.refused !== null || facts.skipped !== null) await connection.end();
  const after = await look();
  let undone: View | string | null = null;
  if (facts.undo.type === "undo") {
    let error: string | null = null;
    for (const sql of facts.undo.statements) error ??= await errorOf(connection, sql);
    undone = error ?? (await look());
  }
  return { entry, facts, refused, before, after, undone };
}

async function record(connection: Connection, dialect: ServerDialect): Promise<Recorded> {
  const server = await readServerFacts(connection);
  const session = await sessionFacts(connection, "here");
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
    references: Object.fromEntries(
      names.flatMap((name) => {
        const children = catalogue.referencing(name);
        return children.length === 0 ? [] : [[`here.${name.name}`, children]];
      }),
    ),
    triggers: Object.fromEntries(triggers),
    functions: Object.fromEntries(
      ["f", "p"].map((name) => [`here.${name}`, catalogue.hasFunction({ database: "here", name })]),
    ),
  };
}

function isSame(left: View, right: View): boolean {
  return isEqual(left.here, right.here) && isEqual(left.other, right.other);
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
