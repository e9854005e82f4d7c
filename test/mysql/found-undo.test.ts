/**
 * Undos that nothing tells before the step runs, because the migration alters the table above it in a way whose outcome is not
 * known: they are found when the step is sent, and are in the journal before it is.
 */
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { killDuring } from "../support/kill.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";

/** How the column stands there after the first is the server's to say. */
const alters = `ALTER TABLE t MODIFY a BIGINT;
-- migrate:undo ALTER TABLE t MODIFY a INT;
ALTER TABLE t ADD COLUMN b INT;
DROP INDEX t_a ON t;
`;
const start = "CREATE TABLE t (id INT PRIMARY KEY, a INT, KEY t_a (a))";

async function sent(project: ServerProject): Promise<readonly unknown[]> {
  const records = (await project.journal()).filter(({ event }) => event === "step_sent");
  return records.map(({ detail }) => (detail["undo"] as { statements: unknown } | undefined)?.statements ?? null);
}

for (const engine of engineNames)
  await onServer(engine, "finds undos on the way", (server) => {
    test("plan says that it will be looked for, and a failure is rolled back by it", () =>
      withProject(
        server,
        { "0001_a": `-- migrate:up\n${alters}ALTER TABLE nowhere ADD COLUMN x INT;\n` },
        async (project) => {
          await project.exec(start);
          const before = await project.schema();
          const planned = await project.json(["plan"]);
          const text = await project.cli(["plan"]);
          const { exit, result } = await project.json(["up"]);

          expect(planned.result["migrations"]).toMatchObject([
            {
              steps: [
                { undo: { from: "given" }, undoLater: false },
                { undo: null, undoLater: true },
                { undo: null, undoLater: true },
                { undo: null, undoLater: false },
              ],
              rollsBackUpTo: 2,
            },
          ]);
          expect(text.out).toContain("undo: looked for when the step runs");
          expect(text.out).not.toContain(":4: it has no undo");
          expect(await sent(project)).toEqual([
            null,
            ["ALTER TABLE `t` DROP COLUMN `b`"],
            ["ALTER TABLE `t` ADD KEY `t_a` (`a`)"],
            null,
          ]);
          expect(exit).toBe(3);
          expect(result).toMatchObject({ outcome: "rolled_back", verified: { schema: "equal" } });
          expect(await project.schema()).toEqual(before);
        },
      ));

    test("reverting it takes the undos that were found, from its file and without it", () =>
      withProject(server, { "0001_a": `-- migrate:up\n${alters}` }, async (project) => {
        await project.exec(start);
        const before = await project.schema();
        const up = await project.json(["up"]);
        const down = await project.json(["down", "--yes"]);
        const reverted = await project.schema();
        await project.json(["up"]);
        project.write({ "0001_a": "-- migrate:up\nSELECT 1;\n" });
        const withoutFile = await project.json(["down", "--yes"]);

        expect([up.exit, down.exit, withoutFile.exit]).toEqual([0, 0, 0]);
        expect(reverted).toEqual(before);
        expect(await project.schema()).toEqual(before);
      }));

    test("a runner that dies leaves them in the journal, and the next one rolls back by them", () =>
      withProject(server, { "0001_a": `-- migrate:up\n${alters}SELECT SLEEP(100);\n` }, async (project) => {
        await project.exec(start);
        const before = await project.schema();
        await killDuring(project, ["up"], "step 4/4");

        const { exit } = await project.json(["recover"]);

        expect(exit).toBe(0);
        expect(await project.schema()).toEqual(before);
      }));

    test("a rollback that was stopped goes on by them, with what the file says of the others", () =>
      withProject(
        server,
        {
          "0001_a": `-- migrate:option recovery=stop\n-- migrate:up\n${alters.replace("t MODIFY a INT", "t MODIFY wrong INT")}ALTER TABLE nowhere ADD COLUMN x INT;\n`,
        },
        async (project) => {
          await project.exec(start);
          const before = await project.schema();
          const up = await project.json(["up"]);
          const explained = await project.cli(["explain"]);
          project.write({
            "0001_a": `-- migrate:option recovery=stop\n-- migrate:up\n${alters}ALTER TABLE nowhere ADD COLUMN x INT;\n`,
          });
          const back = await project.json(["retry-rollback"]);

          expect(up.exit).toBe(4);
          expect(explained.out).toContain("undo: ALTER TABLE `t` DROP COLUMN `b`");
          expect(back.exit).toBe(0);
          expect(await project.schema()).toEqual(before);
        },
      ));

    test("verify tries them; where none is found when the step runs, it says so, and it is no failure", () =>
      withProject(
        server,
        {
          "0001_a": `-- migrate:up\n${alters}`,
          "0002_b":
            "-- migrate:up\nALTER TABLE t MODIFY b BIGINT;\n-- migrate:undo ALTER TABLE t MODIFY b INT;\nALTER TABLE t ADD KEY (b);\n",
        },
        async (project) => {
          await project.exec(start);

          const url = server.url.replace(/^\w+:/, `${engine}:`);
          const { exit, result } = await project.json(["verify", "--scratch", url]);

          const real = { by: "undos", verdict: "real" };
          const none = { by: null, verdict: "none", message: expect.stringContaining("step 2") as string };
          expect(exit).toBe(0);
          expect(result["migrations"]).toMatchObject([
            { rollbacks: [real, real, real], down: real },
            { rollbacks: [real, none], down: { by: null, verdict: "none" } },
          ]);
        },
      ));
  });
