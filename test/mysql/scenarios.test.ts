/** Each of the five documented scenarios, played with the command line as its data says, on both servers. */
import { scenariosFor } from "@surefoot/scenarios";
import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { killDuring } from "../support/kill.ts";
import { pathOn, withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";

for (const engine of engineNames)
  await onServer(engine, "plays the documented scenarios", (server) => {
    test.each(scenariosFor(engine))("$name ends where its story says", ({ given, when, then, afterwards }) =>
      withProject(server, given, async (project) => {
        expect((await project.cli(["up"])).exit).toBe(0);
        const [last = ""] = Object.keys(when.pending).slice(-1);
        project.write(when.pending);

        if (when.killedInStep !== null) await killDuring(project, ["up"], `step ${when.killedInStep}/`);
        await project.exec(...afterwards.byHand);
        const up = await project.json(["up"]);
        const path = await pathOn(project, last);
        project.write(afterwards.corrected);
        const next = await project.json(afterwards.command);

        expect(up.exit, JSON.stringify(up.result["error"])).toBe(then.exit);
        expect(path).toEqual(then.path);
        expect(next.exit, JSON.stringify(next.result)).toBe(afterwards.exit);
        expect(next.result["state"]).toBe("idle");
        expect(await pathOn(project, last)).toEqual(afterwards.path);
      }),
    );
  });
