/**
 * The statements of the splitter's corpus on the servers. A server refuses a text that holds two statements, so what is
 * taken alone was not split too late; and it counts the statements of the glued text itself, so nothing was split too
 * early.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection, FieldPacket, RowDataPacket } from "mysql2/promise";
import { expect, test } from "vitest";
import type { Case } from "../../packages/runner/src/sql/corpus/case.ts";
import { corpus } from "../../packages/runner/src/sql/corpus/corpus.ts";
import { tokens } from "../../packages/runner/src/sql/lexer.ts";
import { split } from "../../packages/runner/src/sql/splitter.ts";
import { obtain } from "../../scripts/servers/installation.ts";
import { unpacked } from "../../packages/scenarios/src/servers/unpacked.ts";
import { onOwnServer, onServer } from "../support/servers.ts";
import type { TestServer } from "../support/servers.ts";

/** What the corpus takes for granted. */
const before = [
  "CREATE TABLE a (x INT, y INT, k VARCHAR(20))",
  "CREATE TABLE t (a INT, b INT, x INT, `begin` INT, `end` INT, `if` INT)",
  "CREATE TRIGGER u AFTER UPDATE ON a FOR EACH ROW SET @u = 1",
  "CREATE EVENT altered ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
];
const oraclesMode = "SET sql_mode = ORACLE";
const beforeInOraclesMode = [oraclesMode, "CREATE PACKAGE spec AS PROCEDURE a; FUNCTION b RETURN INT; END"];

/** Refused for another reason than its syntax: a name that is taken, a library that is not there. */
const tolerated = new Set([1304, 1359, 1537, 1126]);

for (const engine of ["mariadb", "mysql"] as const) {
  await onServer(engine, "on the splitter's corpus", (server) => {
    test("takes every statement, one at a time, and counts as many in the glued text", async () => {
      const refused: unknown[] = [];
      const miscounted: unknown[] = [];
      const count = { taken: 0, tolerated: 0, compared: 0 };
      const resultsOf = new Map<Case, number>();

      await forEachCase(server, corpus[engine], {}, async (one, connection) => {
        let results = 0;
        for (const { sql } of split(one[1], engine)) {
          const { errno, resultCount } = await outcome(connection, sql);
          results += resultCount;
          if (errno === null) count.taken++;
          else if (tolerated.has(errno)) count.tolerated++;
          else refused.push([one[0], sql, errno]);
          // What follows an error in one text is not executed, so it can't be counted.
          if (errno !== null) results = Number.NaN;
        }
        resultsOf.set(one, results);
      });
      const cases = corpus[engine].filter((one) => resultsOf.get(one)! > 0);
      await forEachCase(server, cases, { multipleStatements: true }, async (one, connection) => {
        const { errno, resultCount } = await outcome(connection, one[2].join(";\n"));
        count.compared++;
        if (resultCount !== resultsOf.get(one)) miscounted.push([one[0], errno, resultCount, resultsOf.get(one)]);
      });

      console.info(`${engine}, ${corpus[engine].length} texts:`, count);
      expect(refused).toEqual([]);
      expect(miscounted).toEqual([]);
      expect(count.taken).toBeGreaterThan(300);
      expect(count.tolerated).toBeLessThan(count.taken / 4);
      expect(count.compared).toBeGreaterThan(corpus[engine].length / 2);
    });
  });
}

await onOwnServer("mariadb", "with what comes with it", (server) => {
  test("takes every statement of its own SQL files", async () => {
    const folder = (await obtain("mariadb")).installation.share;
    const refused: unknown[] = [];
    const counts: { [file: string]: number } = {};
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".sql"))) {
      const connection = await server.connect({ database: "mysql" });
      const pieces = split(readFileSync(join(folder, file), "utf8"), "mariadb");
      for (const { sql, line } of pieces) {
        const { errno } = await outcome(connection, sql);
        if (errno !== null) refused.push([file, line, sql.slice(0, 200), errno]);
      }
      connection.destroy();
      counts[file] = pieces.length;
    }

    console.info(counts);
    expect(refused).toEqual([]);
    expect(sum(Object.values(counts))).toBeGreaterThan(4_000);
  });

  test("gets the same statements from its client", async () => {
    const { root } = await obtain("mariadb");
    const client = unpacked(root, "usr/bin/mariadb");
    const { port } = new URL(server.url);
    const connecting = ["--no-defaults", "--host=127.0.0.1", `--port=${port}`, "--user=root"];
    const args = [...client.args, ...connecting, "--default-character-set=utf8mb4", "--force", "mysql"];
    const cases = corpus.mariadb.filter(isForTheClient);
    const admin = await server.connect();
    await admin.query("SET GLOBAL log_output = 'TABLE'");
    await admin.query("SET GLOBAL general_log = 1");

    // Each run is one session, and sessions are numbered in their order.
    for (const [, text] of cases) spawnSync(client.command, args, { input: text });

    await admin.query("SET GLOBAL general_log = 0");
    const [rows] = await admin.query<RowDataPacket[]>(
      "SELECT thread_id, command_type, CONVERT(argument USING utf8mb4) AS sql_text FROM mysql.general_log WHERE thread_id <> CONNECTION_ID()",
    );
    admin.destroy();
    const sessions = Map.groupBy(rows, (row) => Number(row["thread_id"]));
    const sent = [...sessions.keys()]
      .sort((a, b) => a - b)
      .map((id) => sessions.get(id)!.filter((row) => row["command_type"] === "Query"))
      .map((queries) => queries.map((row) => String(row["sql_text"])));
    const differing = cases.flatMap(([name, , statements], index) =>
      sameStatements(sent[index] ?? [], statements) ? [] : [[name, sent[index], statements]],
    );

    console.info(`mariadb: ${cases.length} texts split by its client`);
    expect(differing).toEqual([]);
    expect(sent.length).toBe(cases.length);
    expect(cases.length).toBeGreaterThan(50);
  });
});

/**
 * Calls `act` for each case with a new session in a database where the corpus finds what it needs and nothing else. Making
 * a database for each would take most of the time.
 */
async function forEachCase(
  server: TestServer,
  cases: readonly Case[],
  options: { readonly multipleStatements?: true },
  act: (one: Case, connection: Connection) => Promise<void>,
): Promise<void> {
  await server.withDatabase(async (database) => {
    const connection = await server.connect({ database, ...options });
    try {
      for (const sql of before) await connection.query(sql);
      if (server.engine === "mariadb") for (const sql of beforeInOraclesMode) await connection.query(sql);
      const wanted = new Set(await drops(connection));
      for (const one of cases) {
        await newSession(connection, database, one);
        await act(one, connection);
        await newSession(connection, database, one);
        for (const sql of await drops(connection)) if (!wanted.has(sql)) await connection.query(sql);
      }
    } finally {
      connection.destroy();
    }
  });
}

async function newSession(connection: Connection, database: string, [, , , options]: Case): Promise<void> {
  await connection.changeUser({ database });
  if (options?.oracle) await connection.query(oraclesMode);
}

/** For every object of the database, the statement that drops it. */
async function drops(connection: Connection): Promise<readonly string[]> {
  const from = (kind: string, name: string, table: string, schema: string): string =>
    `SELECT CONCAT('DROP ', ${kind}, ' \`', ${name}, '\`') AS sql_text FROM information_schema.${table} WHERE ${schema} = DATABASE()`;
  const [rows] = await connection.query<RowDataPacket[]>(
    [
      from("routine_type", "routine_name", "routines", "routine_schema"),
      from("'TRIGGER'", "trigger_name", "triggers", "trigger_schema"),
      from("'EVENT'", "event_name", "events", "event_schema"),
      from("IF(table_type = 'VIEW', 'VIEW', 'TABLE')", "table_name", "tables", "table_schema"),
    ].join(" UNION ALL "),
  );
  return rows.map((row) => String(row["sql_text"]));
}

/** How many results a text gives, or the error that it is refused with. */
async function outcome(
  connection: Connection,
  sql: string,
): Promise<{ readonly errno: number | null; readonly resultCount: number }> {
  try {
    const [, fields] = await connection.query(sql);
    return { errno: null, resultCount: resultCount(fields as unknown) };
  } catch (error) {
    const { errno } = error as { errno?: number };
    if (errno === undefined) throw error;
    return { errno, resultCount: 0 };
  }
}

/** For several results the driver gives a list of lists of fields, in which a result without rows has no list. */
function resultCount(fields: unknown): number {
  if (!Array.isArray(fields)) return 1;
  const all = fields as readonly (FieldPacket | readonly FieldPacket[] | undefined)[];
  return all.some((field) => field === undefined || Array.isArray(field)) ? all.length : 1;
}

/**
 * The client knows neither bodies without DELIMITER nor what an executable comment holds, and takes no NUL. The log that
 * tells what it sent has no room for letters of four bytes.
 */
function isForTheClient([, text, statements]: Case): boolean {
  if (/\/\*M?!|\0|[\u{10000}-\u{10ffff}]/u.test(text)) return false;
  const semicolon = (sql: string): boolean => tokens(sql, "mariadb").some(({ text }) => text === ";");
  return /delimiter/i.test(text) || !statements.some(semicolon);
}

/** Comments and white space may differ, and the client also sends what is empty. The server cuts semicolons off the end. */
function sameStatements(sent: readonly string[], expected: readonly string[]): boolean {
  const normal = (list: readonly string[]): readonly string[] =>
    list
      .map((sql) =>
        textsOf(sql)
          .join(" ")
          .replace(/( ;)+$/, ""),
      )
      .filter((sql) => sql !== "" && sql !== ";");
  return JSON.stringify(normal(sent)) === JSON.stringify(normal(expected));
}

function textsOf(sql: string): readonly string[] {
  return tokens(sql, "mariadb").map(({ text }) => text.replaceAll("\r\n", "\n"));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
