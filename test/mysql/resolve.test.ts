/** The operator says that it is applied, and the tables of a server bear it out, or don't. */
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";

const table = "-- migrate:up\nCREATE TABLE t (id INT PRIMARY KEY);\n";
const altering = `-- migrate:option recovery=stop
-- migrate:up
ALTER TABLE t ADD COLUMN a INT NOT NULL DEFAULT 1;
-- migrate:undo ALTER TABLE t DROP COLUMN a;
ALTER TABLE t ADD COLUMN b VARCHAR(9);
-- migrate:undo ALTER TABLE t DROP COLUMN b;
CREATE UNIQUE INDEX t_ab ON t (a, b);
-- migrate:undo DROP INDEX t_ab ON t;
ALTER TABLE missing ADD COLUMN c INT;
-- migrate:undo ALTER TABLE missing DROP COLUMN c;
`;

/** The values of `a` are meant to go. */
const emptying = `-- migrate:option recovery=stop
-- migrate:up
CREATE TABLE made (id INT);
-- migrate:undo DROP TABLE made;
ALTER TABLE missing ADD COLUMN c INT;
-- migrate:undo ALTER TABLE missing DROP COLUMN c;
ALTER TABLE t DROP COLUMN a;
-- migrate:undo ALTER TABLE t ADD COLUMN a INT AFTER id;
ALTER TABLE t ADD COLUMN b INT;
-- migrate:undo ALTER TABLE t DROP COLUMN b;
ALTER TABLE t ADD COLUMN a INT AFTER id;
-- migrate:undo ALTER TABLE t DROP COLUMN a;
`;

for (const engine of engineNames)
  await onServer(engine, "and resolve --applied", (server) => {
    test.each([
      { by: "as the file has it", hands: ["CREATE TABLE missing (id INT, c INT)"], exit: 0 },
      { by: "with another type", hands: ["CREATE TABLE missing (id INT, c BIGINT)"], exit: 4 },
      {
        by: "with something of it taken away",
        hands: ["CREATE TABLE missing (id INT, c INT)", "ALTER TABLE t DROP INDEX t_ab, DROP COLUMN b"],
        exit: 4,
      },
      { by: "not at all", hands: ["CREATE TABLE missing (id INT)"], exit: 4 },
    ])("ALTERs that were finished by hand $by: exit $exit", ({ hands, exit }) =>
      withProject(server, { "0001_t": table, "0002_more": altering }, async (project) => {
        const failed = await project.json(["up"]);
        await project.exec(...hands);

        const resolved = await project.json(["resolve", "--applied"]);
        const status = await project.json(["status"]);

        expect(failed.exit).toBe(4);
        expect(resolved.exit, JSON.stringify(resolved.result)).toBe(exit);
        expect(status.result["state"]).toBe(exit === 0 ? "idle" : "failed");
      }),
    );

    test("what was destroyed and made again is not believed because the schema looks like it", () =>
      withProject(
        server,
        { "0001_t": "-- migrate:up\nCREATE TABLE t (id INT PRIMARY KEY, a INT);\n", "0002_more": emptying },
        async (project) => {
          await project.json(["up"]);
          await project.exec("CREATE TABLE missing (id INT, c INT)", "ALTER TABLE t ADD COLUMN b INT");

          const { exit, result } = await project.json(["resolve", "--applied"]);

          expect(exit, JSON.stringify(result)).toBe(4);
          expect(result["looked"]).toContain("step 3: its effect is not there");
        },
      ));
  });
