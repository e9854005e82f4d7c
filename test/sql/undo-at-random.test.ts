/**
 * Derived undos of statements at random, on tables at random: whatever the server takes is as it was afterwards, and what
 * it changed are the objects that were named. `SUREFOOT_UNDOS` tries more of them, `SUREFOOT_SEED` others.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readServerFacts } from "../../packages/runner/src/mysql/server-facts.ts";
import { randomCase } from "../support/random-schemas.ts";
import type { RandomCase } from "../support/random-schemas.ts";
import type { TestServer } from "../support/servers.ts";
import { onServer } from "../support/servers.ts";
import { changesBetween, errorOf, factsOn, isEqual, lookAt } from "../support/statement-trial.ts";

const caseCount = Number(process.env["SUREFOOT_UNDOS"] ?? "40");
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
  });
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
