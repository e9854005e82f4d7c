/** A sample of the crash matrix with a process that really dies: the wrapper's idea of a crash is the real thing. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fold } from "@surefoot/model";
import type { Project } from "../support/project.ts";
import { newProject } from "../support/project.ts";
import { SqliteDatabase } from "../../packages/runner/src/sqlite/adapter.ts";
import { up } from "../../packages/runner/src/up.ts";
import { crashing } from "./crashing-database.ts";

const file = (mode: string): string => `-- migrate:option transaction=${mode}
-- migrate:up
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
-- migrate:undo DROP TABLE t;
INSERT INTO t (a) VALUES ('x'), ('y');
-- migrate:undo DELETE FROM t;
CREATE INDEX t_a ON t (a);
-- migrate:undo DROP INDEX t_a;
`;

function outcome(project: Project): unknown {
  const records = project.journal();
  const result = fold(records);
  return {
    events: records.map(({ event }) => event),
    state: result.type === "folded" ? result.folded.state : result,
    schema: project.schema(),
  };
}

test.each(["migration", "step"])(
  "a wrapped crash and a SIGKILL leave the same behind: transaction=%s",
  async (mode) => {
    const shop = (project: Project, database: SqliteDatabase) => ({
      database,
      dir: project.migrations,
      config: {},
      signal: undefined,
      onEvent: undefined,
    });
    const counted = newProject({ "0001_t": file(mode) });
    const counter = crashing(new SqliteDatabase({ path: counted.db }), null);
    await up({ ...shop(counted, new SqliteDatabase({ path: counted.db })), database: counter }, {});
    let died = 0;

    for (let call = 0; call < counter.calls.length; call += 2)
      for (const when of ["before", "after"] as const) {
        const wrapped = newProject({ "0001_t": file(mode) });
        const database = crashing(new SqliteDatabase({ path: wrapped.db }), { call, when });
        await up({ ...shop(wrapped, new SqliteDatabase({ path: wrapped.db })), database }, { reconnectMs: 0 });
        const killed = newProject({ "0001_t": file(mode) });
        const { signal } = spawnSync(
          process.execPath,
          [
            "--conditions=source",
            join(import.meta.dirname, "die-at.ts"),
            killed.db,
            killed.migrations,
            String(call),
            when,
          ],
          { cwd: killed.folder },
        );

        expect(signal).toBe("SIGKILL");
        expect(outcome(killed), `${when} call ${call} (${counter.calls[call] ?? ""})`).toEqual(outcome(wrapped));
        died++;
        for (const project of [killed, wrapped]) {
          const next = await project.json(["up"]);
          expect(next.result["state"]).toBe("idle");
          expect(project.schema()).toEqual(counted.schema());
        }
      }

    expect(died).toBeGreaterThan(8);
  },
);
