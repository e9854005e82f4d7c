/**
 * Statements that outlive the runner that sent them, runners that outlive their sessions, and two runners at once, on both
 * servers. Processes die by SIGKILL; the statements take seconds, so that something can happen meanwhile.
 */
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { running, start } from "../support/runner-process.ts";
import type { ServerProject } from "../support/server-project.ts";
import { pathOn, withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";

/** Rows enough that a copy of the table takes a few seconds. */
async function fill(project: ServerProject): Promise<void> {
  await project.exec(
    "CREATE TABLE big (id INT AUTO_INCREMENT PRIMARY KEY, a CHAR(100) NOT NULL DEFAULT 'x') ENGINE = InnoDB",
    "INSERT INTO big (a) VALUES ('x'), ('x'), ('x'), ('x'), ('x'), ('x'), ('x'), ('x'), ('x'), ('x')",
    ...Array.from({ length: 15 }, () => "INSERT INTO big (a) SELECT a FROM big LIMIT 100000"),
  );
}

const long = "ALTER TABLE big ADD COLUMN pad CHAR(200) NOT NULL DEFAULT 'y', ALGORITHM = COPY";
const slowFile = (option = ""): string => `${option}-- migrate:up
CREATE TABLE before_it (id INT PRIMARY KEY);
${long};
-- migrate:undo ALTER TABLE big DROP COLUMN pad;
CREATE TABLE after_it (id INT PRIMARY KEY);
`;

async function columns(project: ServerProject): Promise<string> {
  return (await project.schema()).join("\n");
}

for (const engine of engineNames)
  await onServer(engine, "has no orphans left", (server) => {
    test("the client of a long ALTER is killed: the next `up` ends it, says so, decides, and applies everything", () =>
      withProject(server, { "0001_big": slowFile() }, async (project) => {
        await fill(project);
        const first = start(project, "up");
        await running(project, long);
        first.process.kill("SIGKILL");
        await first.ended;
        const status = await project.json(["status"]);

        const next = await project.json(["up"]);

        expect(status.result["state"]).toBe("migrating");
        expect(next).toMatchObject({ exit: 0, result: { outcome: "applied", applied: ["0001_big"] } });
        const told = next.lines.filter(({ type }) => type === "waiting").map(({ message }) => String(message));
        expect(told.join()).toContain("A statement of a runner that has died is still running");
        expect(await columns(project)).toContain("`pad`");
        expect((await project.journal()).filter(({ event }) => event === "step_decided")).toHaveLength(1);
      }));

    test("under recovery=resume it is waited for, and the rest is applied", () =>
      withProject(server, { "0001_big": slowFile("-- migrate:option recovery=resume\n") }, async (project) => {
        await fill(project);
        const first = start(project, "up");
        await running(project, long);
        first.process.kill("SIGKILL");
        await first.ended;

        const next = await project.json(["up"]);

        expect(next).toMatchObject({ exit: 0, result: { outcome: "applied" } });
        expect(JSON.stringify(next.lines)).toContain("Waiting for its end");
        const [decided] = (await project.journal()).filter(({ event }) => event === "step_decided");
        expect(decided?.detail["applied"]).toBe(true);
        expect(await columns(project)).toContain("after_it");
      }));

    test("a second `up` while a live runner is at work exits 5, and the ALTER survives", () =>
      withProject(server, { "0001_big": slowFile() }, async (project) => {
        await fill(project);
        const first = start(project, "up");
        await first.says("step 2/3");

        const second = await project.json(["up"]);
        const status = await project.json(["status"]);
        const { exit } = await first.ended;

        expect(second).toMatchObject({ exit: 5, result: { outcome: "busy", error: { code: "LEASE_HELD" } } });
        expect(String(status.result["owner"])).toContain(`process ${String(first.process.pid)}`);
        expect(exit).toBe(0);
        expect(await columns(project)).toContain("`pad`");
      }));

    test("a second `up` that waits goes on when the first has ended", () =>
      withProject(server, { "0001_big": slowFile() }, async (project) => {
        await fill(project);
        const first = start(project, "up");
        await first.says("step 2/3");

        const second = await project.json(["up", "--wait", "60s"]);

        expect((await first.ended).exit).toBe(0);
        expect(second).toMatchObject({ exit: 0, result: { outcome: "nothing" } });
      }));

    test("the session is killed under a living runner: it takes the lease again and comes to rest", () =>
      withProject(server, { "0001_big": slowFile() }, async (project) => {
        await fill(project);
        const first = start(project, "up", "--json");
        const session = await running(project, long);
        await project.kill(session);
        const { exit, out } = await first.ended;

        const result = JSON.parse(out.trim().split("\n").at(-1) ?? "") as { readonly [key: string]: unknown };
        expect(exit).toBe(3);
        expect(result).toMatchObject({ outcome: "rolled_back", state: "idle", failed: { cause: "connection_lost" } });
        expect(await columns(project)).not.toContain("before_it");
        expect(await pathOn(project, "0001_big")).toContain("rolling_back");
      }));

    test("a runner that was stopped until its sessions were gone writes nothing more", () =>
      withProject(
        server,
        { "0001_big": slowFile(), "0002_t": "-- migrate:up\nCREATE TABLE t (id INT);\n" },
        async (project) => {
          await fill(project);
          const zombie = start(project, "up", "--json", "--reconnect", "1s");
          const session = await running(project, long);
          zombie.process.kill("SIGSTOP");
          await project.kill(session);
          for (const other of await project.sessions()) await project.kill(other);
          const second = await project.json(["up", "--wait", "30s"]);
          const records = (await project.journal()).length;
          zombie.process.kill("SIGCONT");
          const { exit } = await zombie.ended;

          expect(second).toMatchObject({ exit: 0, result: { applied: ["0001_big", "0002_t"] } });
          expect(exit).not.toBe(0);
          expect(await project.journal()).toHaveLength(records);
          expect(await columns(project)).toContain("after_it");
        },
      ));

    test("a signal ends the statement that is running, and the migration comes to rest", () =>
      withProject(server, { "0001_big": slowFile() }, async (project) => {
        await fill(project);
        const first = start(project, "up", "--json");
        await running(project, long);
        first.process.kill("SIGINT");
        const { exit, out } = await first.ended;

        const result = JSON.parse(out.trim().split("\n").at(-1) ?? "") as { readonly [key: string]: unknown };
        expect(exit).toBe(130);
        expect(result).toMatchObject({ outcome: "interrupted", state: "idle", failed: { cause: "interrupted" } });
        expect(await columns(project)).not.toContain("before_it");
        expect(await columns(project)).not.toContain("`pad`");
      }));

    test("an UPDATE is never run twice: its client is killed, and the journal knows", () =>
      withProject(
        server,
        {
          "0001_n": "-- migrate:up\nCREATE TABLE n (id INT PRIMARY KEY, v INT);\nINSERT INTO n VALUES (1, 0);\n",
          "0002_add": `-- migrate:up
UPDATE n SET v = v + 1;
-- migrate:undo UPDATE n SET v = v - 1;
UPDATE n SET v = v + 1 WHERE SLEEP(1.5) = 0;
-- migrate:undo UPDATE n SET v = v - 1;
`,
        },
        async (project) => {
          const first = start(project, "up");
          await running(project, "UPDATE n SET v = v + 1 WHERE");
          first.process.kill("SIGKILL");
          await first.ended;

          const next = await project.json(["up"]);

          expect(next.exit).toBe(0);
          expect(await project.rows("SELECT v FROM n")).toEqual([{ v: 2 }]);
        },
      ));
  });
