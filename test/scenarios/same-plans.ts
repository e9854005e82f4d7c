/** The model follows the plans that an engine journals: its steps, their classes and undos are read from the same files. */
import type { Engine, Scenario } from "@surefoot/scenarios";
import { expect } from "vitest";
import { inWords, wordsInSqlite } from "../../packages/scenarios/src/in-words.ts";
import { ModelStage } from "../../packages/scenarios/src/model/model-stage.ts";
import { play } from "../../packages/scenarios/src/play/play.ts";
import type { Stage } from "../../packages/scenarios/src/play/stage.ts";
import { isPlayed } from "./held.ts";

/** Answers with how many plans were compared. */
export async function expectSamePlans(
  scenarios: readonly Scenario[],
  engine: Engine,
  open: () => Promise<Stage>,
): Promise<number> {
  let count = 0;
  for (const scenario of scenarios) {
    if (!isPlayed(scenario, engine) || !isPlayed(scenario, "model")) continue;
    const meant = inWords(scenario, engine, "model", "adjusted");
    const stage = new ModelStage(engine, "adjusted", wordsInSqlite(scenario, engine, "adjusted"));
    const [modelled, real] = [await plansOf(meant, stage), await plansOf(meant, await open())];
    expect(modelled, scenario.name).toEqual(real);
    count += real.length;
  }
  return count;
}

async function plansOf(scenario: Scenario, stage: Stage): Promise<readonly unknown[]> {
  try {
    await play(scenario, stage, () => undefined);
    const records = await stage.journal();
    return records.flatMap(({ event, detail }) =>
      detail["plan"] === undefined ? [] : [{ event, plan: detail["plan"] }],
    );
  } finally {
    await stage.close();
  }
}
