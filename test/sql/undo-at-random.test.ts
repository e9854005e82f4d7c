/**
 * Derived undos of statements at random, on tables at random: whatever the server takes is as it was afterwards, and what
 * it changed are the objects that were named. `SUREFOOT_UNDOS` tries more of them, `SUREFOOT_SEED` others.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readServerFacts } from "../../packages/runner/src/mysql/server-facts.ts";
import { randomCase, randomMigration } from "../support/random-schemas.ts";
import type { RandomCase, RandomMigration } from "../support/random-schemas.ts";
import type { MysqlFacts } from "../../packages/runner/src/mysql/classify.ts";
import type { TestServer } from "../support/servers.ts";
import { onServer } from "../support/servers.ts";
import type { Look } from "../support/statement-trial.ts";
import { changesBetween, errorOf, factsOfAll, factsOn, isEqual, lookAt } from "../support/statement-trial.ts";

const caseCount = Number(process.env["SUREFOOT_UNDOS"] ?? "40");
/** Each costs as much as several of the others. */
const migrationCount = Math.ceil(caseCount / 2);
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");

for (const engine of ["mariadb", "mysql"] as const) {
  await onServer(engine, "with statements at random", (server) => {
    test("is as it was after every undo that is derived", { timeout: 120_000 + caseCount * 2000 }, async () => {
      const wrong: unknown[] = [];
      const count = { refused: 0, without: 0, undone: 0 };

      for (const one of fc.sample(randomCase(engine), { numRuns: caseCount, seed })) {
        const outcome = await server.withDatabase((database) => tryOut(server, database, one));
        if (typeof outcome === "string") count[outcome as keyof typeof count]++;
        else wrong.push([one, outcome]);
      }

      console.log(`${engine}, seed ${seed}:`, count);
      expect(wrong).toEqual([]);
      expect(count.undone).toBeGreaterThanOrEqual(caseCount / 10);
    });

    test(
      "is as it was after the undos of several statements, in reverse",
      { timeout: 120_000 + caseCount * 4000 },
      async () => {
        const wrong: unknown[] = [];
        const count: Count = { first: 0, altered: 0, later: 0 };

        // What is rare is drawn for until it has come; it depends on every entry of the corpora.
        let tried = 0;
        for (const one of fc.sample(randomMigration(engine), { numRuns: 5 * migrationCount, seed })) {
          if (tried++ >= migrationCount && count.later > 0) break;
          const sqls = await server.withDatabase((database) => acceptedOf(server, database, one));
          const failure = await server.withDatabase((database) =>
            thereAndBack(server, database, { ...one, sqls }, count),
          );
          if (failure !== null) wrong.push([{ ...one, sqls }, failure]);
        }

        console.log(`${engine}, seed ${seed}:`, count);
        expect(wrong).toEqual([]);
        expect(count.altered).toBeGreaterThanOrEqual(migrationCount / 4);
        expect(count.later).toBeGreaterThanOrEqual(1);
      },
    );
  });
}

/** Undos that led back: of a table's first statement, of further ones, and of those that were found when they ran. */
type Count = { first: number; altered: number; later: number };

async function acceptedOf(server: TestServer, database: string, { setup, sqls }: RandomMigration): Promise<string[]> {
  const connection = await server.connect({ database });
  try {
    for (const statement of setup) await errorOf(connection, statement);
    const accepted: string[] = [];
    for (const sql of sqls) if ((await errorOf(connection, sql)) === null) accepted.push(sql);
    return accepted;
  } finally {
    connection.destroy();
  }
}

/** Null: everything was as before after each undo, as far back as there are any; or what was not. */
async function thereAndBack(
  server: TestServer,
  database: string,
  { setup, sqls }: RandomMigration,
  count: Count,
): Promise<object | null> {
  const [connection, looker] = [await server.connect({ database }), await server.connect()];
  try {
    for (const statement of setup) await errorOf(connection, statement);
    const look = await lookAt(looker, database);
    const facts = await readServerFacts(looker);
    const steps: Step[] = [];
    for (const planned of await factsOfAll(connection, database, sqls, facts)) {
      const sql = sqls[steps.length]!;
      // As the runner does it: what is not known beforehand is looked for when the step is about to run.
      const isLater = planned.undo.type === "none" && planned.undo.reason === "altered_before";
      const { undo } = isLater ? await factsOn(connection, database, sql, facts) : planned;
      const altered = steps.some(({ objects }) => objects.some((name) => planned.objects.includes(name)));
      steps.push({ undo, isLater, altered, objects: planned.objects, before: await look() });
      await connection.query(sql);
    }
    for (const { undo, isLater, altered, before } of steps.toReversed()) {
      if (undo.type === "none") return null;
      for (const statement of undo.statements) {
        const error = await errorOf(connection, statement);
        if (error !== null) return { undo: undo.statements, error };
      }
      const now = await look();
      if (!isEqual(before, now)) return { undo: undo.statements, ...changesBetween(before, now) };
      count[isLater ? "later" : altered ? "altered" : "first"]++;
    }
    return null;
  } finally {
    connection.destroy();
    looker.destroy();
  }
}

interface Step {
  readonly undo: MysqlFacts["undo"];
  readonly isLater: boolean;
  /** A statement above it has changed an object that it changes. */
  readonly altered: boolean;
  readonly objects: readonly string[];
  readonly before: Look;
}

/** In a word; or what is wrong with it. */
async function tryOut(server: TestServer, database: string, { setup, sql }: RandomCase): Promise<string | object> {
  const [connection, looker] = [await server.connect({ database }), await server.connect()];
  try {
    for (const statement of setup) await errorOf(connection, statement);
    const look = await lookAt(looker, database);
    const facts = await factsOn(connection, database, sql, await readServerFacts(looker));
    const before = await look();
    if ((await errorOf(connection, sql)) !== null) return "refused";
    const { objects } = changesBetween(before, await look());
    const untold = objects.filter((name) => !facts.objects.includes(name));
    if (untold.length > 0) return { untold };
    if (facts.undo.type === "none") return "without";
    for (const statement of facts.undo.statements) {
      const error = await errorOf(connection, statement);
      if (error !== null) return { undo: facts.undo.statements, error };
    }
    const after = await look();
    return isEqual(before, after) ? "undone" : { undo: facts.undo.statements, ...changesBetween(before, after) };
  } finally {
    connection.destroy();
    looker.destroy();
  }
}
