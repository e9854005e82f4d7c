/** Every scenario on both servers, with faults that are real. */
import { expect, test } from "vitest";
import type { Place, Scenario } from "@surefoot/scenarios";
import { library, openPlayhouse } from "@surefoot/scenarios";
import { ServerStage } from "../../packages/scenarios/src/play/server-stage.ts";
import { serverNames } from "../../packages/scenarios/src/servers/engine.ts";
import { engines } from "../../scripts/servers/engine.ts";
import { onServer } from "../support/servers.ts";
import { command, expectNoticed, failures, io, isPlayed, replayBuilt } from "./held.ts";
import { expectSamePlans } from "./same-plans.ts";

const isOnlyOn = (name: Place, scenario: Scenario): boolean =>
  isPlayed(scenario, name) && !isPlayed(scenario, "sqlite");

for (const name of serverNames)
  await onServer(name, "plays every scenario", (server) => {
    test("`replay all` on a server of its own exits 0, servers that are killed included", async () => {
      const { exit, out } = await replayBuilt(["all", "--on", name], { [engines[name].variable]: "" });

      expect(failures(out)).toEqual([]);
      expect(exit).toBe(0);
      expect(out).not.toContain("not the player's own");
    }, 600_000);

    test("a sample on a server that is named; a wrong expectation in any field of it is noticed", async () => {
      const house = await openPlayhouse(command({ on: name, db: server.url }), io);
      let count = 0;
      for (const { scenarios } of library) {
        const result = await house.play(scenarios[0]!, () => undefined);
        expect(result).toMatchObject({ type: "played", differences: [] });
        count += expectNoticed(result);
      }
      await house.close();

      expect(count).toBeGreaterThan(50);
    }, 600_000);

    test("a wrong expectation is noticed in each scenario that SQLite can't play", async () => {
      const only = library.flatMap(({ scenarios }) => scenarios).filter((scenario) => isOnlyOn(name, scenario));
      const house = await openPlayhouse(command({ on: name }), {
        ...io,
        env: { ...process.env, [engines[name].variable]: "" },
      });
      for (const scenario of only) {
        const result = await house.play(scenario, () => undefined);
        expect(result).toMatchObject({ type: "played", differences: [] });
        expect(expectNoticed(result)).toBeGreaterThan(5);
      }
      await house.close();

      expect(only.length).toBeGreaterThan(5);
    }, 600_000);

    test("the plans that the model follows are those that the journal holds, in a sample", async () => {
      const sample = library.flatMap(({ scenarios }) => scenarios.slice(-1));
      const count = await expectSamePlans(sample, name, () => ServerStage.open(name, { url: server.url }));

      expect(count).toBeGreaterThan(3);
    }, 600_000);
  });
