/**
 * MariaDB makes a sequence in several steps, and a server that dies between them leaves a file that says nothing. The moment is
 * too short to be met by a kill, so that the file is put there: the runner dies before the statement, and what it would have
 * left is written into the server's folder.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MysqlDatabase } from "../../packages/runner/src/mysql/database.ts";
import { targetOf } from "../../packages/runner/src/mysql/target.ts";
import type { Database } from "../../packages/runner/src/port.ts";
import { up } from "../../packages/runner/src/up.ts";
import { overriding, withSessions } from "../../packages/runner/src/wrapped.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import { onOwnServer } from "../support/servers.ts";

const make = "CREATE SEQUENCE x START WITH 10";

/** Its process dies when it is about to send the statement, whose record is durable by then. */
function dyingBefore(sql: string, inner: Database): Database {
  return withSessions(inner, (session) =>
    overriding(session, {
      run: async (...args: Parameters<typeof session.run>) => {
        if (args[0] === sql) throw new Error("the process has died");
        return session.run(...args);
      },
    }),
  );
}

async function dieBefore(sql: string, project: ServerProject): Promise<void> {
  const database = dyingBefore(sql, new MysqlDatabase(targetOf(project.url)));
  await up({ database, dir: project.migrations, config: {}, signal: undefined, onEvent: undefined }, {});
}

await onOwnServer("mariadb", "was killed while it made a sequence", (server) => {
  test("what is left of it is seen, also as the table that it is to the server, and is not taken for nothing", () =>
    withProject(server, { "0001_x": `-- migrate:up\n${make};\nCREATE TABLE t (id INT);\n` }, async (project) => {
      await dieBefore(make, project);
      const [row] = await project.rows("SELECT @@datadir AS folder");
      const half = join(String(row?.["folder"]), project.database, "x.frm");
      writeFileSync(half, "");
      await project.exec("FLUSH TABLES");

      const asked = await project.json(["up"]);
      const denied = await project.json(["retry-rollback", "--decide", "1=not-applied"]);
      rmSync(half);
      await project.exec("FLUSH TABLES");
      const mended = await project.json(["retry-rollback"]);
      const again = await project.json(["up"]);

      expect(asked).toMatchObject({ exit: 4, result: { error: { code: "OPERATOR_NEEDED" }, state: "failed" } });
      expect(denied).toMatchObject({ exit: 4, result: { state: "failed" } });
      const differs = (await project.journal()).findLast(({ event }) => event === "rollback_unverified")?.detail[
        "differs"
      ];
      expect(differs).toEqual(["sequence:x", "table:x"]);
      expect(mended).toMatchObject({ exit: 0, result: { state: "idle" } });
      expect(again).toMatchObject({ exit: 0, result: { outcome: "applied" } });
    }));

  test("a whole one is none, so that it can be made, and taken back", () =>
    withProject(
      server,
      { "0001_x": `-- migrate:up\n${make};\nALTER TABLE nowhere ADD COLUMN x INT;\n` },
      async (project) => {
        const { exit, result } = await project.json(["up"]);

        expect(exit).toBe(3);
        expect(result).toMatchObject({ outcome: "rolled_back", verified: { schema: "equal" } });
        expect(await project.schema()).toEqual([]);
      },
    ));
});
