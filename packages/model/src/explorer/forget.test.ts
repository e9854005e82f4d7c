import { expect, test } from "vitest";
import { epoch, seq } from "../brand.ts";
import type { Event } from "../event.ts";
import type { State } from "../state.ts";
import type { Outcome } from "../transition.ts";
import { transition } from "../transition.ts";
import { configurationsOf, smallBounds } from "./configuration.ts";
import { Explored } from "./explored.ts";
import { forget, remembered } from "./forget.ts";

function outcomeOf(state: State, event: Event, plan: Parameters<typeof transition>[0]["plan"]): unknown {
  const process = { epoch: epoch(1), tail: seq(1), awaiting: null };
  const outcome: Outcome = transition({ plan }, { state, process }, event, null);
  return outcome.type === "moved" ? [forget(outcome.machine.state), outcome.effect] : outcome;
}

test("the machine answers alike for every cause that is forgotten, whatever happens to it", () => {
  let asked = 0;
  for (const configuration of configurationsOf("adjusted", smallBounds)) {
    const { moves } = new Explored(configuration);
    const events = new Map<string, Event>();
    for (const machine of moves.machines)
      for (const { event } of machine.moves.values()) if (event !== null) events.set(JSON.stringify(event), event);
    for (const { state, plan } of moves.states) {
      const others = remembered(state).slice(1);
      if (others.length === 0) continue;
      for (const event of events.values()) {
        const expected = JSON.stringify(outcomeOf(state, event, plan));
        for (const other of others) {
          asked++;
          if (JSON.stringify(outcomeOf(other, event, plan)) !== expected)
            expect(outcomeOf(other, event, plan)).toEqual(outcomeOf(state, event, plan));
        }
      }
    }
  }

  expect(asked).toBeGreaterThan(100_000);
});

test("what is forgotten is forgotten once, and a crash loop is not", () => {
  const clean: State = {
    type: "failed",
    migration: "0001_note",
    direction: "up",
    interruptionCount: 3,
    cause: "crash_loop",
    wayBack: null,
  };

  expect(forget(clean)).toEqual(clean);
  expect(remembered(clean)).toEqual([clean]);
  for (const state of remembered({ ...clean, cause: "doctrine" })) expect(forget(forget(state))).toEqual(forget(state));
});
