/** Tries one trial on a server: each round is one `up` through a proxy that lets the faults strike, then comes one in peace. */
import { spawn } from "node:child_process";
import type { UpResult } from "../../packages/runner/src/results.ts";
import type { Database } from "../../packages/runner/src/port.ts";
import { bin } from "../support/kill.ts";
import { databaseAt, given, upOn } from "../faults/server-trial.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import type { OwnServer } from "../support/servers.ts";
import type { Trap, Wire } from "../support/wire-proxy.ts";
import { WireProxy } from "../support/wire-proxy.ts";
import { finder } from "./spots.ts";
import type { Strike, Trial } from "./trial.ts";
import type { Outcome } from "./outcome.ts";
import { requireAllowed, requireRest } from "./require.ts";
import type { EndText } from "./world-ends.ts";
import { worldEnds } from "./world-ends.ts";

/** A wrapper around the database, for a runner that is meant to be wrong. */
export type Defect = (database: Database) => Database;

export async function tryOnServer(server: OwnServer, trial: Trial, defect?: Defect): Promise<Outcome> {
  let end: EndText = "broken";
  let struck = 0;
  const strikes = trial.rounds.flat().length;
  try {
    await withProject(server, {}, async (project) => {
      await given(project, trial);
      const schema = await project.schema();
      const allowed = worldEnds(trial, true, trial.transaction);
      for (const round of trial.rounds) {
        const { result, struckCount } = await struckUp(server, project, trial, round, defect);
        struck += struckCount;
        if (result !== null) await requireAllowed(project, trial, result, schema, allowed);
      }
      const last = await upOn(project, wrapped(databaseAt(project.url), defect), { waitMs: 60_000 });
      end = await requireAllowed(project, trial, last, schema, allowed);
      await requireRest(project, end, trial);
    });
    return { key: trial.key, end, struck, strikes, broken: null };
  } catch (error) {
    return { key: trial.key, end: "broken", struck, strikes, broken: (error as Error).message };
  }
}

function wrapped(database: Database, defect: Defect | undefined): Database {
  return defect === undefined ? database : defect(database);
}

async function struckUp(
  server: OwnServer,
  project: ServerProject,
  trial: Trial,
  round: readonly Strike[],
  defect: Defect | undefined,
): Promise<{ readonly result: UpResult | null; readonly struckCount: number }> {
  return WireProxy.within(project.url, async (proxy, url) => {
    const isKilled = round.some(({ fault }) => fault === "runner_killed");
    const child = isKilled ? spawnUp(project, url) : null;
    const traps: Trap[] = [];
    for (const strike of round) {
      const before = traps.at(-1);
      const isPlace = finder(strike.spot, trial);
      traps.push(
        proxy.trap(
          strike.when,
          (command) => (before === undefined || before.hasSprung()) && isPlace(command),
          (wire) => act(strike, wire, proxy, project, server, child),
        ),
      );
    }
    const result =
      child === null
        ? await upOn(project, wrapped(databaseAt(url), defect), { waitMs: 60_000, reconnectMs: 20_000 })
        : await child.ended.then(() => null);
    return { result, struckCount: traps.filter((trap) => trap.hasSprung()).length };
  });
}

interface Child {
  kill(): Promise<void>;
  readonly ended: Promise<void>;
}

function spawnUp(project: ServerProject, url: string): Child {
  const child = spawn(process.execPath, [bin, "up", "--wait", "60s", "--db", url], {
    cwd: project.folder,
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return {
    ended,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function act(
  { fault }: Strike,
  wire: Wire,
  proxy: WireProxy,
  project: ServerProject,
  server: OwnServer,
  child: Child | null,
): Promise<void> {
  switch (fault) {
    case "runner_killed":
      // What it was told last is told no more.
      await child?.kill();
      break;
    case "cut":
      wire.cut();
      break;
    case "silence":
      wire.silence();
      break;
    case "all_silent":
      proxy.silence();
      setTimeout(() => proxy.heal(), 300);
      break;
    case "session_killed":
      await project.kill(wire.session);
      break;
    case "server_killed":
      await server.kill();
      await server.restart();
      break;
    default:
      fault satisfies never;
  }
}
