/** Opens the place that scenarios are played in, plays one after the other, and closes it. */
import { assertNever } from "@surefoot/model";
import type { Io, ReplayCommand } from "surefoot/parts";
import { inWords, wordsInSqlite } from "./in-words.ts";
import { ModelStage } from "./model/model-stage.ts";
import { differences } from "./play/compare.ts";
import type { Moment } from "./play/observation.ts";
import { play } from "./play/play.ts";
import { ServerStage } from "./play/server-stage.ts";
import { SqliteStage } from "./play/sqlite-stage.ts";
import type { Stage } from "./play/stage.ts";
import { CannotPlay } from "./play/stage.ts";
import { Problem } from "./problem.ts";
import type { Result } from "./result.ts";
import { hasHeld } from "./result.ts";
import { openServer } from "./servers/open-server.ts";
import type { Engine, Place, Scenario } from "./scenario.ts";

export interface Playhouse {
  play(scenario: Scenario, tell: (moment: Moment) => void): Promise<Result>;
  close(): Promise<void>;
}

/** @throws Problem when there is no such place, or the variant is not to be had there */
export async function openPlayhouse({ on, variant, db }: ReplayCommand, io: Io): Promise<Playhouse> {
  if (db !== undefined && (on === "model" || on === "sqlite"))
    throw new Problem(
      "--db names a server to make databases on; in the model and on SQLite nothing of yours is touched.",
    );
  if (on === "model")
    return { play: (scenario, tell) => playOnModel(scenario, variant, tell), close: async () => undefined };
  if (variant !== "adjusted")
    throw new Problem(`The runner drives the variant adjusted; ${variant} is played with --on model.`);
  switch (on) {
    case "sqlite":
      return onEngine(on, { open: async () => new SqliteStage(), close: async () => undefined });
    case "mariadb":
    case "mysql": {
      const { server, close } = await openServer(on, db, io);
      return onEngine(on, { open: () => ServerStage.open(on, server), close });
    }
    default:
      return assertNever(on);
  }
}

/** Stages to play on, one for each scenario. */
interface Stages {
  readonly open: () => Promise<Stage>;
  readonly close: () => Promise<void>;
}

function onEngine(engine: Engine, { open, close }: Stages): Playhouse {
  return {
    close,
    play: async (scenario, tell) => {
      const answer = scenario.engines[engine];
      if (typeof answer === "object" && "skip" in answer) return skipped(scenario, engine, answer.skip);
      return perform(inWords(scenario, engine, engine, "adjusted"), engine, open, tell);
    },
  };
}

/** With the promises of each engine that plays it. What is shown again only differs if the promises do. */
async function playOnModel(
  scenario: Scenario,
  variant: ReplayCommand["variant"],
  tell: (moment: Moment) => void,
): Promise<Result> {
  for (const answer of [scenario.engines.model, scenario.variants?.[variant]])
    if (typeof answer === "object" && "skip" in answer) return skipped(scenario, "model", answer.skip);
  const engines = modelled.filter((engine) => {
    const there = scenario.engines[engine];
    return !(typeof there === "object" && "skip" in there);
  });
  const told = new Set<string>();
  let result = skipped(scenario, "model", "no engine plays it");
  for (const engine of engines) {
    const meant = inWords(scenario, engine, "model", variant);
    const open = async (): Promise<Stage> => new ModelStage(engine, variant, wordsInSqlite(scenario, engine, variant));
    const moments: Moment[] = [];
    result = await perform(meant, "model", open, (moment) => void moments.push(moment));
    const story = JSON.stringify(moments.map(({ text }) => text));
    if (!told.has(story)) {
      tell({ actor: "database", text: `promises what ${engine} promises` });
      for (const moment of moments) tell(moment);
    }
    told.add(story);
    if (!hasHeld(result)) return inEngine(result, engine);
  }
  return result;
}

const modelled = ["sqlite", "mariadb", "mysql"] as const satisfies readonly Engine[];

function inEngine(result: Result, engine: Engine): Result {
  if (result.type === "broken") return { ...result, message: `with what ${engine} promises: ${result.message}` };
  if (result.type === "skipped") return result;
  return { ...result, differences: result.differences.map((line) => `with what ${engine} promises: ${line}`) };
}

function skipped({ name, story, source }: Scenario, on: Place, reason: string): Result {
  return { name, story, source, on, milliseconds: 0, type: "skipped", reason };
}

/** `meant`: in the words of the stage. */
async function perform(
  meant: Scenario,
  on: Place,
  open: () => Promise<Stage>,
  tell: (moment: Moment) => void,
): Promise<Result> {
  const { name, story, source, then } = meant;
  const begun = performance.now();
  const about = () => ({ name, story, source, on, milliseconds: Math.round(performance.now() - begun) });
  const moments: Moment[] = [];
  try {
    const stage = await open();
    try {
      const seen = await play(meant, stage, (moment) => {
        moments.push(moment);
        tell(moment);
      });
      return { ...about(), type: "played", moments, then, seen, differences: differences(then, seen) };
    } finally {
      await stage.close();
    }
  } catch (error) {
    if (error instanceof CannotPlay) return skipped(meant, on, error.message);
    return { ...about(), type: "broken", message: error instanceof Error ? error.message : String(error) };
  }
}
