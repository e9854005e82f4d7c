/** Each of the five documented scenarios, played with the command line as its data says, on SQLite. */
import { scenariosFor } from "@surefoot/scenarios";
import { expect, test } from "vitest";
import { killDuring } from "../support/kill.ts";
import { newProject, pathOf } from "../support/project.ts";

test.each(scenariosFor("sqlite"))("$name ends where its story says", async ({ given, when, then, afterwards }) => {
  const project = newProject(given);
  expect((await project.cli(["up"])).exit).toBe(0);
  const [last = ""] = Object.keys(when.pending).slice(-1);
  project.write(when.pending);

  if (when.killedInStep !== null) await killDuring(project, ["up"], `step ${when.killedInStep}/`);
  for (const sql of afterwards.byHand) project.exec(sql);
  const up = await project.json(["up"]);
  const path = pathOf(project, last);
  project.write(afterwards.corrected);
  const next = await project.json(afterwards.command);

  expect(up.exit).toBe(then.exit);
  expect(path).toEqual(then.path);
  expect(next.exit).toBe(afterwards.exit);
  expect(next.result["state"]).toBe("idle");
  expect(pathOf(project, last)).toEqual(afterwards.path);
});
