/** Opens the place that scenarios are played in, plays one after the other, and closes it. */
import { assertNever } from "@surefoot/model";
import type { Io, ReplayCommand } from "surefoot/parts";
import { inWords } from "./in-words.ts";
import { differences } from "./play/compare.ts";
import type { Moment } from "./play/observation.ts";
import { play } from "./play/play.ts";
import { ServerStage } from "./play/server-stage.ts";
import { SqliteStage } from "./play/sqlite-stage.ts";
import type { Stage } from "./play/stage.ts";
import { CannotPlay } from "./play/stage.ts";
import { Problem } from "./problem.ts";
import type { Result } from "./result.ts";
import { openServer } from "./servers/open-server.ts";
import type { Engine, Scenario } from "./scenario.ts";

export interface Playhouse {
  play(scenario: Scenario, tell: (moment: Moment) => void): Promise<Result>;
  close(): Promise<void>;
}

/** @throws Problem when there is no such place, or the variant is not to be had there */
export async function openPlayhouse({ on, variant, db }: ReplayCommand, io: Io): Promise<Playhouse> {
  if (on === "model") throw new Problem("Scenarios are not played on the model yet: --on sqlite, mariadb or mysql.");
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
      const { name, story, source } = scenario;
      const begun = performance.now();
      const about = () => ({ name, story, source, on: engine, milliseconds: Math.round(performance.now() - begun) });
      const answer = scenario.engines[engine];
      if (typeof answer === "object" && "skip" in answer) return { ...about(), type: "skipped", reason: answer.skip };
      const meant = inWords(scenario, engine, engine, "adjusted");
      const moments: Moment[] = [];
      try {
        const stage = await open();
        try {
          const seen = await play(meant, stage, (moment) => {
            moments.push(moment);
            tell(moment);
          });
          const found = differences(meant.then, seen);
          return { ...about(), type: "played", moments, then: meant.then, seen, differences: found };
        } finally {
          await stage.close();
        }
      } catch (error) {
        if (error instanceof CannotPlay) return { ...about(), type: "skipped", reason: error.message };
        return { ...about(), type: "broken", message: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
