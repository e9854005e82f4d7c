/**
 * A database that is copied, or put back from a dump, while a migration is under way on the same server. What is in the
 * journal then is of another time or another database, and must not be taken for what is going on here.
 */
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { running, start } from "../support/runner-process.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import type { TestServer } from "../support/servers.ts";
import { onServer } from "../support/servers.ts";

const files = {
  "0001_n":
    "-- migrate:up\nCREATE TABLE n (id INT PRIMARY KEY, v INT NOT NULL);\nINSERT INTO n VALUES (1, 0), (2, 0);\n",
};
const update = "UPDATE n SET v = v + 1";
const pending = {
  "0002_more": `-- migrate:up
CREATE TABLE before_it (id INT PRIMARY KEY);
${update};
-- migrate:undo UPDATE n SET v = v - 1;
CREATE TABLE after_it (id INT PRIMARY KEY);
`,
};
const done = [
  { id: 1, v: 1 },
  { id: 2, v: 1 },
];

/** Keeps a row locked, so that a statement that wants it is in the middle for as long as a test needs. */
async function holding(
  server: TestServer,
  table: string,
  act: (release: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const holder = await server.connect();
  try {
    await holder.query("START TRANSACTION");
    await holder.query(`SELECT * FROM ${table} FOR UPDATE`);
    await act(async () => void (await holder.query("COMMIT")));
  } finally {
    holder.destroy();
  }
}

/** As a dump would have it: every table with its rows, and nothing that is not committed. */
async function dump(project: ServerProject): Promise<readonly string[]> {
  const tables = await project.rows(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1",
  );
  const statements: string[] = [];
  for (const { name } of tables) {
    const [shown] = await project.rows(`SHOW CREATE TABLE \`${String(name)}\``);
    statements.push(String(shown?.["Create Table"]));
    const rows = await project.rows(`SELECT * FROM \`${String(name)}\``);
    for (const row of rows) {
      const values = Object.values(row).map((value) =>
        typeof value === "string" ? `X'${Buffer.from(value).toString("hex")}'` : JSON.stringify(value),
      );
      statements.push(`INSERT INTO \`${String(name)}\` VALUES (${values.join(", ")})`);
    }
  }
  return statements;
}

/** Servers show a definition that came from a dump in other words. */
async function rowsOf(project: ServerProject): Promise<readonly string[]> {
  return (await dump(project)).filter((sql) => sql.startsWith("INSERT"));
}

async function putBack(project: ServerProject, dumped: readonly string[]): Promise<void> {
  const tables = await project.rows("SHOW TABLES");
  for (const row of tables) await project.exec(`DROP TABLE \`${String(Object.values(row)[0])}\``);
  await project.exec(...dumped);
}

for (const engine of engineNames)
  await onServer(engine, "and restored databases", (server) => {
    test("a copy from the middle of a run comes to rest by itself, and the run that it was copied from goes on", () =>
      withProject(server, files, async (project) => {
        await project.cli(["up"]);
        project.write(pending);
        await holding(server, `${project.database}.n`, async (release) => {
          const live = start(project, "up");
          await running(project, update);
          const dumped = await dump(project);

          await withProject(server, { ...files, ...pending }, async (copy) => {
            await copy.exec(...dumped);
            const status = await copy.json(["status"]);
            const recovered = await copy.json(["recover"]);
            await release();
            const original = await live.ended;
            const applied = await copy.json(["up"]);

            expect(status.result).toMatchObject({ state: "migrating", owner: null });
            expect(recovered, JSON.stringify(recovered.result)).toMatchObject({ exit: 0, result: { state: "idle" } });
            expect(original.exit).toBe(0);
            expect(applied).toMatchObject({ exit: 0, result: { applied: ["0002_more"] } });
            expect(await copy.rows("SELECT * FROM n")).toEqual(done);
            expect(await project.rows("SELECT * FROM n")).toEqual(done);
          });
        });
      }));

    test("a run is killed, and a dump from before it is put back: the next `up` begins it anew", () =>
      withProject(server, files, async (project) => {
        await project.cli(["up"]);
        const dumped = await dump(project);
        project.write(pending);
        await holding(server, `${project.database}.n`, async (release) => {
          const killed = start(project, "up");
          const session = await running(project, update);
          killed.process.kill("SIGKILL");
          await killed.ended;
          await project.kill(session);
          await release();
        });
        await putBack(project, dumped);

        const status = await project.json(["status"]);
        const next = await project.json(["up"]);

        expect(status.result["state"]).toBe("idle");
        expect(next, JSON.stringify(next.result["error"])).toMatchObject({
          exit: 0,
          result: { applied: ["0002_more"] },
        });
        expect(await project.rows("SELECT * FROM n")).toEqual(done);
      }));

    test.each(["before it", "the middle of it"])(
      "a dump from %s is put back under a living run: that writes nothing more, and says so",
      (from) =>
        withProject(server, files, async (project) =>
          server.withDatabase(async (elsewhere) => {
            await project.cli(["up"]);
            const before = await dump(project);
            await project.exec(
              `CREATE TABLE ${elsewhere}.one (id INT PRIMARY KEY)`,
              `CREATE TABLE ${elsewhere}.two (id INT PRIMARY KEY)`,
            );
            const [first, second] = ["one", "two"].map((name) => `INSERT INTO ${elsewhere}.${name} VALUES (1)`);
            project.write({
              "0002_more": `-- migrate:up\n${first};\nCREATE TABLE m (id INT PRIMARY KEY);\n${second};\nCREATE TABLE o (id INT PRIMARY KEY);\n`,
            });
            await holding(server, `${elsewhere}.one`, (releaseFirst) =>
              holding(server, `${elsewhere}.two`, async (releaseSecond) => {
                const live = start(project, "up", "--json");
                await running(project, first!);
                const middle = await dump(project);
                await releaseFirst();
                await running(project, second!);
                const dumped = from === "before it" ? before : middle;
                await putBack(project, dumped);
                await releaseSecond();
                const { exit, out } = await live.ended;

                const result = JSON.parse(out.trim().split("\n").at(-1) ?? "") as { readonly [key: string]: unknown };
                expect(exit, JSON.stringify(result)).toBe(8);
                expect(result["error"]).toMatchObject({ code: "FENCED" });
                expect(await rowsOf(project)).toEqual(dumped.filter((sql) => sql.startsWith("INSERT")));
              }),
            );
          }),
        ),
    );
  });
