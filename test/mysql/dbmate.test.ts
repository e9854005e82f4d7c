/** A folder that was written for dbmate, applied by dbmate itself and by Surefoot: the same database, and the same again after going back. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { resolveBinary } from "dbmate";
import type { RowDataPacket } from "mysql2/promise";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { dbmateFolder } from "../support/dbmate-folder.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import type { TestServer } from "../support/servers.ts";
import { onServer } from "../support/servers.ts";

const fileCount = 80;
const revertCount = 7;

async function dbmate(project: ServerProject, command: string): Promise<void> {
  const url = project.url.replace(/^\w+:/, "mysql:");
  const args = ["--url", url, "--migrations-dir", project.migrations, "--no-dump-schema", command];
  const child = spawn(resolveBinary(), args, { cwd: project.folder, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`dbmate ${command}: ${out}${err}`);
}

/** Everything but the books that the two keep, in the words of the server. */
async function everything(server: TestServer, { database }: ServerProject): Promise<readonly string[]> {
  const connection = await server.connect({ database, dateStrings: true });
  const found: string[] = [];
  const rows = async (sql: string): Promise<RowDataPacket[]> => (await connection.query<RowDataPacket[]>(sql))[0];
  const lines = async (sql: string): Promise<void> => {
    for (const row of await rows(sql)) found.push(JSON.stringify(row));
  };
  try {
    const tables = await rows(
      `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
 AND TABLE_NAME NOT IN ('surefoot_journal', 'surefoot_lease', 'schema_migrations') ORDER BY 1`,
    );
    for (const { name, type } of tables) {
      if (type === "BASE TABLE") await lines(`SHOW CREATE TABLE \`${String(name)}\``);
      await lines(`SELECT * FROM \`${String(name)}\``);
    }
    await lines(
      `SELECT TABLE_NAME, REPLACE(VIEW_DEFINITION, DATABASE(), '') AS text FROM information_schema.VIEWS
 WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1`,
    );
    await lines(
      `SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_STATEMENT, SQL_MODE
 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1`,
    );
    await lines(
      `SELECT ROUTINE_NAME, ROUTINE_TYPE, DTD_IDENTIFIER, ROUTINE_DEFINITION, IS_DETERMINISTIC, SQL_MODE
 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 1`,
    );
    return found;
  } finally {
    connection.destroy();
  }
}

for (const engine of engineNames)
  await onServer(engine, "takes over a folder of dbmate's", (server) => {
    test(
      `${fileCount} files give the same database, and reverting ${revertCount} of them does as well`,
      { timeout: 300_000 },
      () =>
        withProject(server, dbmateFolder(fileCount), (theirs) =>
          withProject(server, dbmateFolder(fileCount), async (ours) => {
            writeFileSync(join(ours.folder, "surefoot.config.json"), '{ "doctrine": { "no-foreign-key": "off" } }');

            await dbmate(theirs, "up");
            const up = await ours.json(["up"]);
            const [wanted, got] = [await everything(server, theirs), await everything(server, ours)];
            for (let n = 0; n < revertCount; n++) await dbmate(theirs, "rollback");
            const down = await ours.json(["down", "--steps", String(revertCount), "--yes"]);

            expect(up.exit, JSON.stringify(up.result["error"])).toBe(0);
            expect(up.result["applied"]).toHaveLength(fileCount);
            expect(wanted.length).toBeGreaterThan(fileCount);
            expect(got).toEqual(wanted);
            expect(down.exit, JSON.stringify(down.result["error"])).toBe(0);
            expect(await everything(server, ours)).toEqual(await everything(server, theirs));
          }),
        ),
    );
  });
