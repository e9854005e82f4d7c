/**
 * `verify` on both servers: what is tried and told, what is not tried because it would reach outside, and that neither the
 * database nor anything else on the server is touched, whatever happens meanwhile.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { createRunner } from "../../packages/runner/src/index.ts";
import { verifyResultSchema } from "../../packages/runner/src/schemas.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import type { TestServer } from "../support/servers.ts";
import { onOwnServer } from "../support/servers.ts";

/** Names of scratch databases that are on the server, whoever made them. */
async function scratchDatabases(server: TestServer): Promise<readonly string[]> {
  const connection = await server.connect();
  try {
    const [rows] = await connection.query("SHOW DATABASES LIKE 'surefoot\\_scratch\\_%\\_%'");
    return (rows as readonly object[]).map((row) => String(Object.values(row)[0]));
  } finally {
    connection.destroy();
  }
}

function scratchUrl({ url, engine }: TestServer): string {
  return url.replace(/^\w+:/, `${engine}:`);
}

/** Runs `verify` on the database's own server, and makes sure that nothing there is another than before. */
async function verify(server: TestServer, project: ServerProject, ...args: readonly string[]) {
  const look = async (): Promise<unknown> => [
    await project.schema(),
    (await project.journal()).length,
    await scratchDatabases(server),
  ];
  const untouched = await look();

  const { exit, result, lines } = await project.json(["verify", "--scratch", scratchUrl(server), ...args]);

  expect(await look()).toEqual(untouched);
  const notes = lines.filter(({ type }) => type === "note").map(({ message }) => String(message));
  return { exit, notes, result: verifyResultSchema.parse(result) };
}

/** A schema with one object of each kind, made in an order in which it can't be made again by name. */
const schema = [
  `CREATE TABLE parent (id INT PRIMARY KEY AUTO_INCREMENT, n INT, twice INT AS (n * 2) STORED,
 at TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00', \`it\`\`s\` VARCHAR(9) DEFAULT 'a''b') COMMENT='née'`,
  "CREATE TABLE child (id INT PRIMARY KEY, p INT, CONSTRAINT c FOREIGN KEY (p) REFERENCES parent (id), CHECK (id > 0))",
  "CREATE TABLE a_grandchild (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES child (id))",
  "CREATE TABLE parts (id INT NOT NULL) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))",
  "CREATE TABLE old (id INT) ENGINE=MyISAM",
  "CREATE FUNCTION plus(x INT) RETURNS INT DETERMINISTIC RETURN x + 1",
  "CREATE PROCEDURE run_text(t TEXT) BEGIN PREPARE s FROM @t; EXECUTE s; END",
  "CREATE VIEW z_base AS SELECT id, plus(n) AS m FROM parent",
  "CREATE VIEW a_top AS SELECT m FROM z_base",
  "CREATE TRIGGER second BEFORE INSERT ON parent FOR EACH ROW SET NEW.n = COALESCE(NEW.n, 0) + 1",
  "CREATE TRIGGER first BEFORE INSERT ON parent FOR EACH ROW SET NEW.n = NEW.n * 10",
  "CREATE EVENT nightly ON SCHEDULE EVERY 1 YEAR STARTS '2035-01-01 00:00:00' DO DELETE FROM child",
  "INSERT INTO parent (n) VALUES (1), (2)",
];

for (const engine of engineNames) {
  // Of its own: what is on a server that all share may be another test's.
  await onOwnServer(engine, "tries migrations before they run", (server) => {
    test("on a copy of the whole schema, without its rows, every rollback is tried and told", () =>
      withProject(
        server,
        {
          "0001_main": `-- migrate:up
CREATE TABLE n (id INT PRIMARY KEY, v VARCHAR(5));
INSERT INTO n VALUES (1, 'a');
ALTER TABLE parent ADD COLUMN extra INT;
ALTER VIEW a_top AS SELECT id FROM z_base;
`,
          // As the triggers of the copy have it, in their order: (0 + 1) * 10.
          "0002_fires": `-- migrate:up
INSERT INTO parent (id) VALUES (1);
-- migrate:undo DELETE FROM parent WHERE id = 1;
-- migrate:post the triggers have fired in their order, and there were no rows
SELECT COUNT(*) = 1 AND MAX(n) = 10 FROM parent;
`,
          "0003_drop": `-- migrate:up
DROP VIEW a_top;
-- migrate:undo CREATE VIEW a_top AS SELECT id FROM z_base;
DROP EVENT nightly;
DROP TRIGGER second;
DROP PROCEDURE run_text;
DROP TABLE a_grandchild;
`,
        },
        async (project) => {
          await project.exec(...schema);

          const { exit, result } = await verify(server, project);

          const real = (after: number) => ({ after, by: "undos", verdict: "real", message: null });
          const none = (after: number) => ({ after, by: null, verdict: "none" });
          expect(result.error).toBeNull();
          expect(exit).toBe(0);
          expect(result).toMatchObject({ from: "schema", notCopied: [] });
          expect(result.scratch).toContain(engine);
          expect(result.migrations).toMatchObject([
            {
              up: { works: true },
              rollbacks: [real(1), real(2), real(3), none(4)],
              down: { verdict: "none" },
              notes: [],
            },
            { up: { works: true }, rollbacks: [real(1)], down: { by: "undos", verdict: "real" }, notes: [] },
            { up: { works: true }, rollbacks: [real(1), none(2), none(3), none(4), none(5)], notes: [] },
          ]);
        },
      ));

    test.each([
      [
        "its undo fails",
        "ALTER TABLE kept ADD COLUMN m INT;\n-- migrate:undo ALTER TABLE kept DROP COLUMN mm;\n",
        "after step 1 it is not rolled back as promised: The undo of step 1 failed",
      ],
      [
        "its undo leaves an object behind",
        "CREATE TABLE x (id INT);\n-- migrate:undo RENAME TABLE x TO x_old;\n",
        "after step 1 it is not rolled back as promised: not as before the migration: table:x_old",
      ],
      [
        "its undo leaves rows behind",
        "INSERT INTO kept VALUES (2);\n-- migrate:undo DELETE FROM kept WHERE id = 3;\n",
        "after step 1 it is not rolled back as promised: Not as before the migration: rows of kept",
      ],
      [
        "its down section leaves something behind",
        "CREATE TABLE x (id INT);\nCREATE TABLE y (id INT);\n-- migrate:down\nDROP TABLE x;\n",
        "after step 2 it is not rolled back as promised",
      ],
    ])("a rollback is not real where %s, and what runs goes on being tried", (_, up, message) =>
      withProject(
        server,
        { "0001_main": `-- migrate:up\n${up}`, "0002_more": "-- migrate:up\nCREATE TABLE more (id INT);\n" },
        async (project) => {
          await project.exec("CREATE TABLE kept (id INT PRIMARY KEY)");

          const { exit, result } = await verify(server, project);

          expect(exit).toBe(3);
          expect(result.error).toMatchObject({ code: "VERIFY_FAILED" });
          expect(result.error?.message).toContain(message);
          expect(result.migrations[1]).toMatchObject({ id: "0002_more", up: { works: true } });
        },
      ),
    );

    test("a step that the server refuses is told in its words, with the name of the database", () =>
      withProject(
        server,
        { "0001_a": "-- migrate:up\nCREATE TABLE a (id INT);\nINSERT INTO nowhere VALUES (1);\n" },
        async (project) => {
          const { exit, result } = await verify(server, project);

          expect(exit).toBe(3);
          expect(result.error?.message).toContain(`Table '${project.database}.nowhere' doesn't exist`);
          expect(result.migrations[0]).toMatchObject({
            up: { works: false },
            rollbacks: [{ after: 1, verdict: "real" }],
          });
        },
      ));

    test("from empty every file is tried, and the rows of those before are there", () =>
      withProject(server, { "0001_a": "-- migrate:up\nCREATE TABLE a (id INT PRIMARY KEY);\n" }, async (project) => {
        await project.json(["up"]);
        await project.exec("INSERT INTO a VALUES (1)", "ALTER TABLE a ADD COLUMN foreign_to_it INT");
        project.write({
          "0002_b": "-- migrate:up\nINSERT INTO a VALUES (7);\n",
          "0003_c":
            "-- migrate:pre 7 alone\nSELECT COUNT(*) = 1 AND MAX(id) = 7 FROM a;\n-- migrate:up\nDROP TABLE a;\n",
        });

        const { exit, result } = await verify(server, project, "--from-empty");

        expect(exit).toBe(0);
        expect(result.from).toBe("nothing");
        expect(result.migrations.map(({ id, up, notes }) => [id, up?.works, notes])).toEqual([
          ["0001_a", true, []],
          ["0002_b", true, []],
          ["0003_c", true, []],
        ]);
      }));

    test("it is never the database's own server, or any, unless that is named: by a flag, a variable, or .env", () =>
      withProject(server, { "0001_a": "-- migrate:up\nCREATE TABLE a (id INT);\n" }, async (project) => {
        const url = scratchUrl(server);
        const unnamed = await project.cli(["verify"]);
        const byVariable = await project.cli(["verify"], { env: { SUREFOOT_SCRATCH_URL: `${url}no_such_database` } });
        writeFileSync(join(project.folder, ".env"), `SUREFOOT_SCRATCH_URL=${url}\n`);
        const byFile = await project.cli(["verify"]);
        const other = await project.cli(["verify", "--scratch", engine === "mysql" ? "mariadb://h/" : "mysql://h/"]);
        const gone = await project.cli(["verify", "--scratch", `${engine}://root:s3cret@127.0.0.1:1/`]);
        const unreadable = await project.cli(["verify", "--scratch", "sqlite:x.db"]);

        expect([unnamed, byVariable, byFile, other, gone, unreadable].map(({ exit }) => exit)).toEqual([
          2, 0, 0, 2, 8, 2,
        ]);
        expect(gone.err).toContain("The scratch server can't be reached");
        expect(gone.err).not.toContain("s3cret");
        expect(unnamed.err).toContain("It is never the database's own server unless you name that one.");
        expect(byVariable.err).toContain("The scratch databases are on the database's own server, as it was named.");
        expect(other.err).toContain("name one of the same engine");
        expect(unreadable.err).toContain("it must begin with mysql:// or mariadb://");
      }));

    test("what would reach outside is not tried, and neither is what comes after it", () =>
      server.withDatabase((beside) =>
        withProject(server, {}, async (project) => {
          await project.exec(
            `CREATE TABLE ${beside}.t (id INT PRIMARY KEY)`,
            "CREATE TABLE own (id INT PRIMARY KEY)",
            "CREATE PROCEDURE p() SET @x = 1",
            "CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1",
          );
          const every: readonly (readonly [up: string, why: string])[] = [
            [`INSERT INTO ${beside}.t VALUES (1)`, `the database ${beside}`],
            [`ALTER TABLE ${project.database}.own ADD COLUMN n INT`, `the database ${project.database}`],
            [`USE ${beside}`, `the database ${beside}`],
            ["CALL p()", "what p does"],
            ["INSERT INTO own SELECT f()", "what f does"],
            [`GRANT SELECT ON ${project.database}.* TO nobody`, "users and privileges"],
            ["SET GLOBAL max_connections = 100", "settings of the server"],
            [`CREATE TABLE x (id INT);\n-- migrate:undo DROP TABLE ${beside}.t`, `the database ${beside}`],
            [`CREATE TABLE x (id INT);\n-- migrate:down\nDROP TABLE ${beside}.t`, `the database ${beside}`],
            [
              `CREATE TABLE x (id INT);\n-- migrate:post c\nSELECT COUNT(*) = 0 FROM ${beside}.t`,
              `the database ${beside}`,
            ],
          ];
          project.write({ "0002_after": "-- migrate:up\nCREATE TABLE after_it (id INT);\n" });
          const wrong: unknown[] = [];

          for (const [up, why] of every) {
            project.write({ "0001_out": `-- migrate:up\n${up};\n` });
            const { exit, result } = await project.json(["verify", "--scratch", scratchUrl(server)]);
            const [first, second] = verifyResultSchema.parse(result).migrations;
            const asExpected =
              exit === 0 &&
              first?.up === null &&
              /reaches outside: /.test(first.notTried ?? "") &&
              first.notTried?.includes(why) === true &&
              second?.notTried === "it comes after 0001_out";
            if (!asExpected) wrong.push([up, why, exit, first, second]);
          }

          expect(wrong).toEqual([]);
          expect(await scratchDatabases(server)).toEqual([]);
          expect(await project.rows(`SELECT COUNT(*) AS n FROM ${beside}.t`)).toEqual([{ n: 0 }]);
        }),
      ));

    test("what can't be copied is told, and what needs it is not tried", () =>
      server.withDatabase((beside) =>
        withProject(server, { "0001_a": "-- migrate:up\nCREATE TABLE a (id INT);\n" }, async (project) => {
          await project.exec(
            `CREATE TABLE ${beside}.far (id INT PRIMARY KEY)`,
            "CREATE TABLE own (id INT PRIMARY KEY)",
            `CREATE TABLE bound (id INT PRIMARY KEY, FOREIGN KEY (id) REFERENCES ${beside}.far (id))`,
            `CREATE VIEW seen AS SELECT own.id FROM own JOIN ${beside}.far USING (id)`,
            "CREATE VIEW over_it AS SELECT id FROM seen",
            `CREATE TRIGGER far_log AFTER INSERT ON own FOR EACH ROW INSERT INTO ${beside}.far VALUES (NEW.id)`,
            `CREATE TRIGGER ${project.database}.here BEFORE DELETE ON ${project.database}.own FOR EACH ROW SET @x = 1`,
          );

          const all = await verify(server, project);
          project.write({ "0002_b": "-- migrate:up\nINSERT INTO own VALUES (1);\n" });
          const fires = await verify(server, project);
          project.write({ "0002_b": "-- migrate:up\nALTER TABLE bound ADD COLUMN n INT;\n" });
          const { result } = await verify(server, project);
          const { out } = await project.cli(["verify", "--scratch", scratchUrl(server)]);

          const why = `it reaches outside: the database ${beside}`;
          expect(all.exit).toBe(0);
          expect(all.result.notCopied).toEqual([
            { object: "table:bound", why },
            { object: "view:seen", why },
            { object: "view:over_it", why: expect.stringContaining("the scratch server says: ") as string },
            { object: "trigger:far_log", why },
          ]);
          expect(fires.result.migrations[1]?.notTried).toBe(
            `step 1 (line 2) needs the trigger far_log, which could not be copied: ${why}`,
          );
          expect(result.migrations[1]?.notTried).toContain("needs the table bound, which could not be copied");
          expect(out).toContain(`Not copied: table:bound; ${why}.`);
          expect(await project.rows(`SELECT COUNT(*) AS n FROM ${beside}.far`)).toEqual([{ n: 0 }]);
        }),
      ));

    test("an event is copied without being enabled, so that nothing happens by itself", () =>
      withProject(
        server,
        {
          "0001_a": `-- migrate:up
CREATE TABLE a (id INT);
-- migrate:post it does not run
SELECT COUNT(*) = 1 FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() AND STATUS = 'DISABLED';
`,
        },
        async (project) => {
          await project.exec("CREATE EVENT often ON SCHEDULE EVERY 1 SECOND DO SET @x = 1");

          const { exit, result } = await verify(server, project);

          expect(exit).toBe(0);
          expect(result.migrations[0]?.notes).toEqual([]);
        },
      ));

    test("stopped by a signal it answers 130 and leaves nothing behind", () =>
      withProject(server, { "0001_a": "-- migrate:up\nCREATE TABLE a (id INT);\n" }, async (project) => {
        const stop = new AbortController();
        const runner = createRunner({
          database: project.url,
          migrations: project.migrations,
          signal: stop.signal,
          onEvent: ({ type, ...rest }) => {
            if (type === "note" && "code" in rest && rest.code === "trying") stop.abort();
          },
        });

        const result = await runner.verify({ scratch: scratchUrl(server) });

        expect(result).toMatchObject({ exit: 130, error: { code: "INTERRUPTED" }, migrations: [] });
        expect(await scratchDatabases(server)).toEqual([]);
      }));

    test("what is left of a verify that was killed is dropped, and what another one works on is not", () =>
      withProject(server, { "0001_a": "-- migrate:up\nCREATE TABLE a (id INT);\n" }, async (project) => {
        const other = await server.connect();
        const names = [
          "surefoot_scratch_aaaaaaaaaaaa_1",
          "surefoot_scratch_bbbbbbbbbbbb_12",
          "surefoot_scratch_mine_1",
        ];
        try {
          await other.query("SELECT GET_LOCK('surefoot-scratch-bbbbbbbbbbbb', 0)");
          for (const name of names) await other.query(`CREATE DATABASE ${name}`);

          const { exit, lines } = await project.json(["verify", "--scratch", scratchUrl(server)]);
          const left = await scratchDatabases(server);

          expect(exit).toBe(0);
          expect(left).toEqual([names[1], names[2]]);
          expect(lines.map(({ message }) => message)).toContain(
            `Dropped what a verify that was killed has left on the scratch server: ${names[0]}.`,
          );
        } finally {
          for (const name of names) await other.query(`DROP DATABASE IF EXISTS ${name}`);
          other.destroy();
        }
      }));

    test("a server that dies meanwhile is told of, and the next verify drops what was left", () =>
      withProject(server, { "0001_a": "-- migrate:up\nSELECT SLEEP(100);\n" }, async (project) => {
        const killed: Promise<void>[] = [];
        const runner = createRunner({
          database: project.url,
          migrations: project.migrations,
          onEvent: ({ type, ...rest }) => {
            if (type === "note" && "code" in rest && rest.code === "trying") killed.push(server.kill());
          },
        });

        const result = await runner.verify({ scratch: scratchUrl(server) });
        await Promise.all(killed);
        await server.restart();
        const left = await scratchDatabases(server);
        project.write({ "0001_a": "-- migrate:up\nCREATE TABLE a (id INT);\n" });
        const next = await project.json(["verify", "--scratch", scratchUrl(server)]);

        expect(killed).toHaveLength(1);
        expect(result).toMatchObject({ exit: 8, error: { code: "DATABASE_LOST" }, next: ["surefoot verify"] });
        expect(result.error?.message).toContain("The database itself was not touched");
        expect(left.length).toBeGreaterThan(0);
        expect(next.exit).toBe(0);
        expect(next.lines.map(({ message }) => String(message)).join()).toContain(
          "Dropped what a verify that was killed",
        );
        expect(await scratchDatabases(server)).toEqual([]);
      }));

    test("a user needs the rights that docs/privileges.md names, and no others", () =>
      withProject(server, { "0001_a": "-- migrate:up\nALTER TABLE parent ADD COLUMN x INT;\n" }, async (project) => {
        await project.exec(
          ...schema,
          "CREATE USER tries IDENTIFIED BY 'p' ",
          "CREATE USER nothing IDENTIFIED BY 'p'",
          "GRANT ALL PRIVILEGES ON `surefoot\\_scratch\\_%`.* TO tries",
          ...(engine === "mysql" ? ["SET GLOBAL log_bin_trust_function_creators = 1"] : []),
        );
        const at = (user: string): string => scratchUrl(server).replace("root@", `${user}:p@`);

        const able = await project.json(["verify", "--scratch", at("tries")]);
        const unable = await project.cli(["verify", "--scratch", at("nothing")]);

        expect(able).toMatchObject({ exit: 0, result: { notCopied: [] } });
        expect(unable.exit).toBe(2);
        expect(unable.err).toContain("docs/privileges.md lists what Surefoot needs");
        expect(await scratchDatabases(server)).toEqual([]);
      }));
  });
}
