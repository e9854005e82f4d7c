/**
 * A runner dies before or after a call that its loop makes of the server, and another one starts: it comes to rest by
 * itself, whole or with nothing left, and the next run ends as one without a crash. SUREFOOT_MOMENTS=all tries every call;
 * otherwise every seventh, each engine and case beginning with another.
 */
import { expect, test } from "vitest";
import { fold } from "@surefoot/model";
import { MysqlDatabase } from "../../packages/runner/src/mysql/database.ts";
import { targetOf } from "../../packages/runner/src/mysql/target.ts";
import { bringToRest } from "../../packages/runner/src/operator.ts";
import type { Database } from "../../packages/runner/src/port.ts";
import { down } from "../../packages/runner/src/down.ts";
import { up } from "../../packages/runner/src/up.ts";
import type { Workshop } from "../../packages/runner/src/workshop.ts";
import { engineNames } from "../../scripts/servers/engine.ts";
import { crashing } from "../faults/crashing-database.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";

const stride = process.env["SUREFOOT_MOMENTS"] === "all" ? 1 : 7;

const table =
  "-- migrate:up\nCREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9));\nINSERT INTO t VALUES (1, 'x'), (2, 'y');\n";

const steps = `-- migrate:up
ALTER TABLE t ADD COLUMN b VARCHAR(9);
CREATE TABLE IF NOT EXISTS t (id INT);
-- migrate:undo DROP TABLE t;
UPDATE t SET b = a;
-- migrate:undo UPDATE t SET b = NULL;
CREATE INDEX t_b ON t (b);
-- migrate:undo DROP INDEX t_b ON t;
CREATE TABLE u (id INT PRIMARY KEY);
RENAME TABLE u TO v;
-- migrate:undo RENAME TABLE v TO u;
`;

interface Case {
  readonly name: string;
  readonly before: { readonly [id: string]: string };
  readonly file: string;
  readonly command: "up" | "down";
}

const cases: readonly Case[] = [
  { name: "all steps", before: { "0001_t": table }, file: steps, command: "up" },
  {
    name: "the last step fails",
    before: { "0001_t": table },
    file: `${steps}ALTER TABLE nowhere ADD COLUMN x INT;\n`,
    command: "up",
  },
  { name: "reverting", before: { "0001_t": table, "0002_m": steps }, file: steps, command: "down" },
];

function shopOf(project: ServerProject, database: Database): Workshop {
  return { database, dir: project.migrations, config: {}, signal: undefined, onEvent: undefined };
}

function databaseOf(project: ServerProject): Database {
  return new MysqlDatabase(targetOf(project.url));
}

async function act(kase: Case, project: ServerProject, database: Database): Promise<unknown> {
  const shop = shopOf(project, database);
  return kase.command === "up"
    ? up(shop, { reconnectMs: 0 })
    : down(shop, { reconnectMs: 0, confirm: async () => true });
}

async function look(project: ServerProject): Promise<unknown> {
  return { schema: await project.schema(), rows: await project.rows("SELECT * FROM t ORDER BY id") };
}

for (const engine of engineNames)
  await onServer(engine, "recovers from a runner's death", (server) => {
    test.each(cases.map((kase, index) => ({ ...kase, first: (index * 3 + engine.length) % stride })))(
      "$name",
      async (kase) => {
        const prepared = async (project: ServerProject): Promise<void> => {
          expect((await up(shopOf(project, databaseOf(project)), {})).error).toBeNull();
          if (kase.command === "up") project.write({ "0002_m": kase.file });
        };
        let calls: readonly string[] = [];
        let before: unknown;
        let done: unknown;
        await withProject(server, kase.before, async (project) => {
          await prepared(project);
          before = await look(project);
          const counter = crashing(databaseOf(project), null);
          await act(kase, project, counter);
          calls = counter.calls;
          done = await look(project);
        });
        const moments = calls.flatMap((name, call) => [
          { name, call, when: "before" as const },
          { name, call, when: "after" as const },
        ]);
        const ends = new Set<string>();

        for (const [index, { name, call, when }] of moments.entries()) {
          if (index % stride !== kase.first) continue;
          const label = `${when} call ${call} (${name})`;
          await withProject(server, kase.before, async (project) => {
            await prepared(project);
            const database = crashing(databaseOf(project), { call, when });
            await act(kase, project, database);
            expect(database.crashed, label).toBe(true);
            const tail = (await project.journal()).length;

            const rest = await bringToRest(shopOf(project, databaseOf(project)), {});

            const records = await project.journal();
            const folded = fold(records);
            expect(folded.type, label).toBe("folded");
            // Reverting drops a table with its rows, and there is no way back from that.
            if (kase.command === "down" && rest.exit === 4) {
              expect(rest.remaining.length, label).toBeGreaterThan(0);
              ends.add("a person");
              return;
            }
            expect(rest, `${label}: ${rest.error?.message ?? ""}`).toMatchObject({ exit: 0 });
            expect(
              records.slice(0, tail).map(({ seq }) => seq),
              label,
            ).toEqual(Array.from({ length: tail }, (_, at) => at + 1));
            const now = JSON.stringify(await look(project));
            const nothing = now === JSON.stringify(before);
            expect([JSON.stringify(before), JSON.stringify(done)], `${label}: half of it is left`).toContain(now);
            ends.add(nothing ? "nothing" : "whole");
            if (kase.command === "up" || nothing) await act(kase, project, databaseOf(project));
            expect(await look(project), `${label}: the next run`).toEqual(done);
          });
        }
        expect(ends.size).toBeGreaterThan(0);
      },
    );
  });
