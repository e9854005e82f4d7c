/**
 * A runner stands still between two steps until its sessions have been ended and another one has applied everything. When it
 * goes on, it must neither write anything nor say what became of the migration.
 */
import type { Database } from "../../packages/runner/src/port.ts";
import { overriding, withSessions } from "../../packages/runner/src/wrapped.ts";
import { databaseAt, given, judgeEnd, said, upOn } from "../faults/server-trial.ts";
import { stepKinds } from "../faults/step-kinds.ts";
import { withProject } from "../support/server-project.ts";
import type { OwnServer } from "../support/servers.ts";
import type { Defect } from "./on-server.ts";

export async function tryZombie(
  server: OwnServer,
  defect: Defect = (database) => database,
): Promise<{ readonly broken: string | null }> {
  const kinds = stepKinds.filter(({ name }) => name === "create" || name === "index");
  const story = { kinds, fails: false };
  let broken: string | null = null;
  try {
    await withProject(server, {}, async (project) => {
      await given(project, story);
      const schema = await project.schema();
      const reached = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const standing = stopping(databaseAt(project.url), kinds[1]!.up, reached.resolve, goOn.promise);
      const zombie = upOn(project, defect(standing));
      await Promise.race([
        reached.promise,
        zombie.then((result) => {
          throw new Error(`It ended before it could be left behind: ${said(result)}`);
        }),
      ]);
      for (const session of await project.sessions()) await project.kill(session);
      const other = await upOn(project, databaseAt(project.url), { waitMs: 30_000 });
      if (other.exit !== 0) throw new Error(`The other one ended with ${other.exit}`);
      const records = (await project.journal()).length;
      goOn.resolve();
      const result = await zombie;
      if (result.error?.code !== "FENCED") await judgeEnd(project, story, result, schema);
      if ((await project.journal()).length !== records) throw new Error("It has written to the journal");
    });
  } catch (error) {
    broken = (error as Error).message;
  }
  return { broken };
}

function stopping(inner: Database, sql: string, reached: () => void, goOn: Promise<void>): Database {
  return withSessions(inner, (session) =>
    overriding(session, {
      run: async (...args: Parameters<typeof session.run>) => {
        if (args[0] === sql) {
          reached();
          await goOn;
        }
        return session.run(...args);
      },
    }),
  );
}
