/** Tries one trial on a server: each round is one `up` through a proxy that lets the faults strike, then comes one in peace. */
import { spawn } from "node:child_process";
import { fold, isSink } from "@surefoot/model";
import type { UpResult } from "../../packages/runner/src/results.ts";
import type { Database } from "../../packages/runner/src/port.ts";
import { bin } from "../support/kill.ts";
import { databaseAt, given, judgeEnd, said, upOn } from "../faults/server-trial.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import type { OwnServer } from "../support/servers.ts";
import type { Trap, Wire } from "../support/wire-proxy.ts";
import { WireProxy } from "../support/wire-proxy.ts";
import { finder } from "./spots.ts";
import type { Strike, Trial } from "./trial.ts";
import type { EndText } from "./world-ends.ts";
import { personText, worldEnds } from "./world-ends.ts";

export interface Outcome {
  readonly key: string;
  /** Where the last `up`, which nothing struck, came to rest; of a trial that broke a promise: `broken`. */
  readonly end: EndText;
  /** How many of the faults found the place where they were to strike. */
  readonly struck: number;
  readonly strikes: number;
  /** What was promised and is not so; null when all is as promised. */
  readonly broken: string | null;
}

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
      const allowed = worldEnds(trial, true);
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
      await project.exec(`KILL CONNECTION ${wire.session}`).catch(() => undefined);
      break;
    case "server_killed":
      await server.kill();
      await server.restart();
      break;
    default:
      fault satisfies never;
  }
}

async function requireAllowed(
  project: ServerProject,
  trial: Trial,
  result: UpResult,
  schema: readonly string[],
  allowed: ReadonlySet<EndText>,
): Promise<EndText> {
  const judged = await judgeEnd(project, trial, result, schema);
  // An unreachable database is no end: the next start recovers.
  if (judged === "not_at_rest") return "not at rest";
  const end = judged === "person" ? personText(result.remaining) : judged === "applied" ? "applied" : "nothing";
  if (!allowed.has(end))
    throw new Error(`It came to “${end}”, and the world knows only ${[...allowed].join(", ")}; ${said(result)}`);
  return end;
}

/** The last one was struck by nothing: it is at rest, and a migration that can be applied is, unless a person is asked. */
async function requireRest(project: ServerProject, end: EndText, { fails }: Trial): Promise<void> {
  if (end === "not at rest") throw new Error("The last run was struck by nothing and is not at rest");
  if (end === (fails ? "applied" : "nothing")) throw new Error(`Nothing stood in the way, and it ended with ${end}`);
  const folded = fold(await project.journal());
  if (folded.type !== "folded" || !isSink(folded.folded.state.type)) throw new Error("The journal is not at rest");
}
