/** Ends that are hard to get right on servers: reverting that fails, statements by half, and people who mend and are killed. */
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { running, start } from "../support/runner-process.ts";
import { pathOn, withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";

const table =
  "-- migrate:up\nCREATE TABLE n (id INT PRIMARY KEY, v INT NOT NULL);\nINSERT INTO n VALUES (1, 1), (2, 2);\n";
const values = [
  { id: 1, v: 1 },
  { id: 2, v: 2 },
];

for (const engine of engineNames)
  await onServer(engine, "comes to hard ends", (server) => {
    test("reverting fails and nothing was destroyed yet: what it took away is made again, and it is applied as before", () =>
      withProject(
        server,
        {
          "0001_n": table,
          "0002_w": `-- migrate:up
ALTER TABLE n ADD COLUMN w INT;
-- migrate:undo ALTER TABLE n DROP COLUMN nowhere;
CREATE INDEX n_v ON n (v);
-- migrate:undo DROP INDEX n_v ON n;
`,
        },
        async (project) => {
          await project.cli(["up"]);
          const schema = await project.schema();

          const { exit, result } = await project.json(["down", "--yes"]);
          const status = await project.json(["status"]);

          expect(exit, JSON.stringify(result)).toBe(3);
          expect(result).toMatchObject({ outcome: "rolled_back", state: "idle", remaining: [], reverted: [] });
          expect(await project.rows("SELECT id, v FROM n")).toEqual(values);
          expect(await project.schema()).toEqual(schema);
          expect(status.result["applied"]).toMatchObject([{ id: "0001_n" }, { id: "0002_w" }]);
        },
      ));

    test.each([
      {
        by: "the undos",
        file: `-- migrate:up
ALTER TABLE n ADD COLUMN w INT;
-- migrate:undo ALTER TABLE n DROP COLUMN nowhere;
UPDATE n SET v = v + 10;
-- migrate:undo UPDATE n SET v = 0;
`,
      },
      {
        by: "a `down` section",
        file: `-- migrate:up
UPDATE n SET v = v + 10;
ALTER TABLE n ADD COLUMN w INT;
-- migrate:down
UPDATE n SET v = 0;
ALTER TABLE n DROP COLUMN nowhere;
`,
      },
    ])(
      "reverting by $by fails after rows were changed, which nothing brings back: the statement is named",
      ({ file }) =>
        withProject(server, { "0001_n": table, "0002_w": file }, async (project) => {
          await project.cli(["up"]);

          const { exit, result } = await project.json(["down", "--yes"]);
          const again = await project.json(["up"]);
          await project.exec("UPDATE n SET v = id + 10");
          const restored = await project.json(["resolve", "--reverted", "--force", "--reason", "rows put back"]);
          const status = await project.json(["status"]);

          expect(exit).toBe(4);
          expect(result).toMatchObject({
            state: "failed",
            remaining: [{ number: 1, inDoubt: false, sql: "UPDATE n SET v = 0" }],
          });
          expect(again.exit).toBe(4);
          expect(restored.exit, JSON.stringify(restored.result)).toBe(0);
          expect(status.result["applied"]).toMatchObject([{ id: "0001_n" }, { id: "0002_w" }]);
          expect((await project.schema()).join()).toContain("`w`");
        }),
    );

    test("`retry` never runs an UPDATE twice", () =>
      withProject(
        server,
        {
          "0001_n": table,
          "0002_add": "-- migrate:up\nUPDATE n SET v = v * 3;\nALTER TABLE nowhere ADD COLUMN x INT;\n",
        },
        async (project) => {
          const up = await project.json(["up"]);
          const retried = await project.json(["retry"]);
          const tripled = await project.rows("SELECT v FROM n");
          project.write({
            "0002_add":
              "-- migrate:up\nUPDATE n SET v = v * 3;\n-- migrate:undo UPDATE n SET v = v / 3;\nALTER TABLE nowhere ADD COLUMN x INT;\n",
          });
          const back = await project.json(["retry-rollback"]);
          const before = await project.rows("SELECT * FROM n");
          const failed = await project.json(["retry"]);
          const clean = await project.json(["up"]);
          await project.exec("CREATE TABLE nowhere (id INT PRIMARY KEY)");
          const applied = await project.json(["up"]);

          expect([up.exit, retried.exit, back.exit]).toEqual([4, 4, 0]);
          expect(tripled).toEqual([{ v: 3 }, { v: 6 }]);
          expect(before).toEqual(values);
          expect([failed.exit, clean.exit]).toEqual([3, 3]);
          expect(applied.exit).toBe(0);
          expect(await project.rows("SELECT v FROM n")).toEqual([{ v: 3 }, { v: 6 }]);
        },
      ));

    test("DROP TABLE of one that is there and one that is not: by half on MariaDB, nothing on MySQL", () =>
      withProject(
        server,
        {
          "0001_a": "-- migrate:up\nCREATE TABLE a (id INT PRIMARY KEY);\n",
          "0002_drop": "-- migrate:up\nDROP TABLE a, missing;\n",
        },
        async (project) => {
          const { exit, result } = await project.json(["up"]);
          const isThere = (await project.schema()).length > 0;

          expect(isThere).toBe(engine === "mysql");
          if (engine === "mysql") expect({ exit, remaining: result["remaining"] }).toEqual({ exit: 3, remaining: [] });
          else
            expect({ exit, result }).toMatchObject({ exit: 4, result: { remaining: [{ number: 1, inDoubt: true }] } });
        },
      ));

    test("CALL is run once, with several commits inside, also where transactions are numbered", () =>
      withProject(
        server,
        {
          "0001_n": table,
          "0002_call": `-- migrate:up
CREATE PROCEDURE twice() BEGIN INSERT INTO n VALUES (3, 3); CREATE TABLE inside (id INT PRIMARY KEY); INSERT INTO n VALUES (4, 4); END;
-- migrate:undo DROP PROCEDURE twice;
CALL twice();
-- migrate:probe SELECT COUNT(*) = 2 FROM n WHERE id > 2;
`,
        },
        async (project) => {
          const up = await project.json(["up"]);
          const numbered = engine === "mysql" ? await project.rows("SELECT @@GLOBAL.gtid_mode AS mode") : [];

          expect(numbered).toEqual(engine === "mysql" ? [{ mode: "ON" }] : []);
          expect(up, JSON.stringify(up.result["error"])).toMatchObject({ exit: 0 });
          expect(up.result["notCovered"]).not.toEqual([]);
          expect(await project.rows("SELECT COUNT(*) AS n FROM n")).toEqual([{ n: 4 }]);
          expect((await project.schema()).join()).toContain("`inside`");
        },
      ));

    test("an undo was corrected, and the rollback is killed in the middle of it: the next run brings it to its end", () => {
      const slow = "UPDATE n SET v = v - 10 WHERE SLEEP(0.4) = 0";
      const file = (undo: string): string => `-- migrate:up
ALTER TABLE n ADD COLUMN w INT;
UPDATE n SET v = v + 10;
-- migrate:undo ${undo};
ALTER TABLE nowhere ADD COLUMN x INT;
`;
      return withProject(server, { "0001_n": table }, async (project) => {
        await project.cli(["up"]);
        const schema = await project.schema();
        project.write({ "0002_w": file("UPDATE m SET v = v - 10") });
        const failed = await project.json(["up"]);
        project.write({ "0002_w": file(slow) });
        const killed = start(project, "retry-rollback");
        await running(project, slow);
        killed.process.kill("SIGKILL");
        await killed.ended;

        const status = await project.json(["status"]);
        const recovered = await project.json(["recover"]);

        expect(failed).toMatchObject({ exit: 4, result: { remaining: [{ number: 2 }, { number: 1 }] } });
        expect(status.result["state"]).toBe("rolling_back");
        expect(recovered, JSON.stringify(recovered.result)).toMatchObject({
          exit: 0,
          result: { state: "idle", remaining: [] },
        });
        expect(await project.rows("SELECT * FROM n")).toEqual(values);
        expect(await project.schema()).toEqual(schema);
        expect((await pathOn(project, "0002_w")).slice(-3)).toEqual(["failed", "rolling_back", "idle"]);
      });
    });
  });
