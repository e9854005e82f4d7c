/**
 * Views, triggers, routines and events whose statement was sent and whose reply is lost. What is found out must be so; where
 * it can't be, somebody is asked, whose word or whose probe then decides.
 */
import { describe, expect, test } from "vitest";
import type { EngineName } from "../../scripts/servers/engine.ts";
import { engineNames } from "../../scripts/servers/engine.ts";
import { databaseAt, said, soon, upOn } from "../faults/server-trial.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";
import { WireProxy } from "../support/wire-proxy.ts";

interface Doubt {
  readonly name: string;
  /** What is there before, made by a migration of its own. */
  readonly given: readonly string[];
  /** What the migration sets before it. */
  readonly set?: string;
  readonly sql: string;
  readonly undo: string;
  readonly probe?: string;
  /** What becomes of the doubt when the statement took effect. */
  readonly end: "applied" | "asked";
  /** And when it did not; `not_applied` where nothing is said. */
  readonly unsent?: "asked";
  readonly only?: EngineName;
}

const table = "CREATE TABLE t (id INT PRIMARY KEY, v INT)";
const view = "CREATE VIEW w AS SELECT id FROM t";
const watching = (name: string, value: number): string =>
  `CREATE TRIGGER ${name} BEFORE INSERT ON t FOR EACH ROW SET NEW.v = ${value}`;
const hasTrigger =
  "SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME";
const daily = "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t";

const doubts: readonly Doubt[] = [
  {
    name: "a view of another definer, with literals that are not ASCII",
    given: [table],
    sql: "CREATE DEFINER = 'nobody'@'%' SQL SECURITY INVOKER VIEW w AS SELECT id, 'é' AS x FROM t WHERE v > 1 WITH CHECK OPTION",
    undo: "DROP VIEW w",
    end: "applied",
  },
  {
    name: "a view that replaces another",
    given: [table, view],
    sql: "CREATE OR REPLACE VIEW w AS SELECT id, v FROM t",
    undo: `CREATE OR REPLACE ${view.slice("CREATE ".length)}`,
    end: "applied",
  },
  {
    name: "a view of a view",
    given: [table, view],
    sql: "CREATE VIEW x AS SELECT id FROM w",
    undo: "DROP VIEW x",
    end: "asked",
  },
  {
    name: "a view of another schema",
    given: [table],
    sql: "CREATE VIEW w AS SELECT t.id FROM t JOIN information_schema.SCHEMATA s",
    undo: "DROP VIEW w",
    end: "asked",
  },
  {
    name: "a view that may have been there",
    given: [table],
    sql: "CREATE VIEW IF NOT EXISTS w AS SELECT id FROM t",
    undo: "DROP VIEW w",
    end: "asked",
  },
  {
    name: "a view in capitals",
    given: [table],
    sql: "CREATE VIEW W AS SELECT ID FROM t",
    undo: "DROP VIEW W",
    end: "applied",
  },
  {
    name: "a view that is altered",
    given: [table, view],
    sql: "ALTER VIEW w AS SELECT v FROM t",
    undo: "ALTER VIEW w AS SELECT id FROM t",
    end: "asked",
  },
  { name: "a view that is dropped", given: [table, view], sql: "DROP VIEW w", undo: view, end: "applied" },
  { name: "a trigger", given: [table], sql: watching("g", 1), undo: "DROP TRIGGER g", end: "applied" },
  {
    name: "a trigger beside another",
    given: [table, watching("g", 1)],
    sql: watching("h", 2),
    undo: "DROP TRIGGER h",
    end: "asked",
  },
  {
    name: "a trigger beside another, with a probe",
    given: [table, watching("g", 1)],
    sql: watching("h", 2),
    undo: "DROP TRIGGER h",
    probe: `${hasTrigger} = 'h'`,
    end: "applied",
  },
  {
    name: "a trigger that replaces another",
    only: "mariadb",
    given: [table, watching("g", 1)],
    sql: watching("g", 2).replace("CREATE", "CREATE OR REPLACE"),
    undo: watching("g", 1).replace("CREATE", "CREATE OR REPLACE"),
    end: "applied",
  },
  {
    name: "the first of two triggers is dropped",
    given: [table, watching("g", 1), watching("h", 2)],
    sql: "DROP TRIGGER g",
    undo: watching("g", 1).replace("SET", "PRECEDES h SET"),
    end: "asked",
  },
  {
    name: "a table is dropped, and its trigger with it",
    given: [table, watching("g", 1)],
    sql: "DROP TABLE t",
    undo: table,
    end: "applied",
  },
  {
    name: "a sequence is dropped as a table",
    only: "mariadb",
    given: ["CREATE SEQUENCE s"],
    sql: "DROP TABLE s",
    undo: "CREATE SEQUENCE s",
    end: "applied",
  },
  {
    name: "a procedure under another sql_mode",
    given: [],
    set: "SET sql_mode = 'NO_ZERO_DATE'",
    sql: "CREATE PROCEDURE p() SELECT 1",
    undo: "DROP PROCEDURE p",
    end: "asked",
  },
  {
    name: "a procedure under another character set",
    given: [],
    set: "SET NAMES latin1",
    sql: "CREATE PROCEDURE p() SELECT 1",
    undo: "DROP PROCEDURE p",
    end: "asked",
  },
  {
    name: "a procedure is dropped by another spelling of its name",
    given: ["CREATE PROCEDURE Pq() SELECT 1"],
    sql: "DROP PROCEDURE pQ",
    undo: "CREATE PROCEDURE Pq() SELECT 1",
    end: "applied",
  },
  {
    name: "a procedure that replaces another",
    only: "mariadb",
    given: ["CREATE PROCEDURE p() SELECT 1"],
    sql: "CREATE OR REPLACE PROCEDURE p() SELECT 2",
    undo: "CREATE OR REPLACE PROCEDURE p() SELECT 1",
    end: "applied",
  },
  {
    name: "a procedure gets a comment",
    given: ["CREATE PROCEDURE p() SELECT 1"],
    sql: "ALTER PROCEDURE p COMMENT 'x'",
    undo: "ALTER PROCEDURE p COMMENT ''",
    end: "asked",
  },
  {
    name: "a function",
    given: [],
    sql: "CREATE FUNCTION F(x VARCHAR(9)) RETURNS VARCHAR(9) DETERMINISTIC RETURN x",
    undo: "DROP FUNCTION F",
    end: "applied",
  },
  { name: "an event", given: [table], sql: daily, undo: "DROP EVENT e", end: "asked" },
  // It may have run, and be gone.
  {
    name: "an event that happens once",
    given: [table],
    sql: "CREATE EVENT e ON SCHEDULE AT '2001-01-01 00:00:00' DO DELETE FROM t",
    undo: "DROP EVENT IF EXISTS e",
    end: "asked",
    unsent: "asked",
  },
  { name: "an event is dropped", given: [table, daily], sql: "DROP EVENT e", undo: daily, end: "asked" },
  {
    name: "a table under another engine of the session",
    only: "mariadb",
    given: [],
    set: "SET default_storage_engine = 'Aria'",
    sql: "CREATE TABLE u (id INT)",
    undo: "DROP TABLE u",
    end: "asked",
  },
];

/** Cuts the wire at the statement, and tells what was decided and on what. */
async function struck(
  project: ServerProject,
  { sql, undo, set, probe }: Pick<Doubt, "sql" | "undo" | "set" | "probe">,
  when: "before" | "after",
  at: string = project.url,
): Promise<{ readonly decided: string; readonly told: string; readonly exit: number }> {
  const lines = [
    "-- migrate:up",
    ...(set === undefined ? [] : [`${set};`]),
    `${sql};`,
    ...(probe === undefined ? [] : [`-- migrate:probe ${probe}`]),
    `-- migrate:undo ${undo}`,
  ];
  project.write({ "0002_doubt": `${lines.join("\n")}\n` });
  return WireProxy.within(at, async (proxy, url) => {
    const trap = proxy.trap(
      when,
      (command) => command.sql === sql,
      (wire) => wire.cut(),
    );
    // A machine that is busy must not lose sessions that are well: the cut is the one fault here.
    const done = await upOn(project, databaseAt(url, { ...soon, idleMs: 30_000, silenceMs: 5_000 }));
    const records = await project.journal();
    const decision = records.find(({ event }) => event === "step_decided" || event === "undecidable");
    expect(trap.hasSprung(), said(done)).toBe(true);
    const decided =
      decision?.event === "step_decided"
        ? decision.detail["applied"] === true
          ? "applied"
          : "not_applied"
        : decision?.detail["cause"] === "no_evidence"
          ? "asked"
          : JSON.stringify(decision);
    return { decided, told: said(done), exit: done.exit };
  });
}

async function make(project: ServerProject, given: readonly string[]): Promise<void> {
  project.write({ "0001_given": `-- migrate:up\nDO 0;\n${given.map((sql) => `${sql};\n`).join("")}` });
  const made = await upOn(project, databaseAt(project.url));
  expect(made.exit, said(made)).toBe(0);
}

for (const engine of engineNames)
  await onServer(engine, "with a stored object in doubt", (server) => {
    const here = doubts.filter(({ only }) => only === undefined || only === engine);

    test.each(here)("$name, made: $end", (doubt) =>
      withProject(server, {}, async (project) => {
        await make(project, doubt.given);

        const { decided, told } = await struck(project, doubt, "after");

        expect(decided, told).toBe(doubt.end);
      }),
    );

    test.each(here)("$name, not made: that is seen, or asked", (doubt) =>
      withProject(server, {}, async (project) => {
        await make(project, doubt.given);
        const before = await project.schema();

        const { decided, told } = await struck(project, doubt, "before");

        expect(decided, told).toBe(doubt.unsent ?? "not_applied");
        expect(await project.schema()).toEqual(before);
      }),
    );

    describe("seen by a user that may do no more than it must", () => {
      const rights = `CREATE, ALTER, DROP, INDEX, INSERT, SELECT, CREATE VIEW, SHOW VIEW, TRIGGER, CREATE ROUTINE`;
      const procedure = { sql: "CREATE PROCEDURE p() SELECT 1", undo: "DROP PROCEDURE p" };

      const withUser = (
        scratch: boolean,
        act: (project: ServerProject, url: string, user: string) => Promise<void>,
      ): Promise<void> =>
        withProject(server, {}, async (project) => {
          const user = `u_${project.database}`.slice(0, 32);
          await project.exec(
            `CREATE USER ${user} IDENTIFIED BY 'p'`,
            `GRANT ALL PRIVILEGES ON ${project.database}.* TO ${user}`,
            ...(scratch ? [`GRANT ${rights} ON \`surefoot\\_scratch\\_%\`.* TO ${user}`] : []),
          );
          try {
            await act(project, project.url.replace("root@", `${user}:p@`), user);
          } finally {
            await project.exec(`DROP USER ${user}`);
          }
        });

      test.each([
        { what: "a procedure", given: [], ...procedure },
        { what: "a view", given: [table], sql: view, undo: "DROP VIEW w" },
      ])("$what is tried, and no grant of it is left", ({ given, sql, undo }) =>
        withUser(true, async (project, url, user) => {
          await make(project, given);

          const { decided, told } = await struck(project, { sql, undo }, "after", url);

          expect(decided, told).toBe("applied");
          const grants = await project.rows(`SELECT Db FROM mysql.procs_priv WHERE User = '${user}'`);
          expect(grants.map(({ Db }) => String(Db)).filter((name) => name !== project.database)).toEqual([]);
        }),
      );

      test("without a database to try it in somebody is asked", () =>
        withUser(false, async (project, url) => {
          const { decided, told } = await struck(project, procedure, "after", url);

          expect(decided, told).toBe("asked");
        }));

      // Who may not see a routine's text sees nothing of it in what the server shows.
      test("a routine of somebody else gets a comment: that it did is not missed", () =>
        withUser(true, async (project, url) => {
          await project.exec("CREATE DEFINER = 'nobody'@'%' PROCEDURE p() SELECT 1");

          const sql = "ALTER PROCEDURE p COMMENT 'x'";
          const { decided, told } = await struck(project, { sql, undo: "ALTER PROCEDURE p COMMENT ''" }, "after", url);

          expect(decided, told).toBe("asked");
        }));
    });
  });
