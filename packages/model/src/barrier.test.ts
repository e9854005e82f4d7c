import { expect, test } from "vitest";
import { isBarrier } from "./barrier.ts";
import type { Effect } from "./effect.ts";
import type { Plan } from "./plan/step-plan.ts";
import { emptyPlan } from "./plan/step-plan.ts";

const modes: readonly Plan["transaction"][] = ["migration", "step", "none"];
const at = { way: "up", step: 0, part: 0 } as const;

test("every record is durable before a result is reported", () => {
  expect(modes.map((transaction) => isBarrier({ ...emptyPlan, transaction }, null))).toEqual([true, true, true]);
});

test("every record is durable before a statement is sent, unless one transaction holds them all", () => {
  const run: Effect = { type: "run", ...at, by: "statement" };

  expect(modes.map((transaction) => isBarrier({ ...emptyPlan, transaction }, run))).toEqual([false, true, true]);
});

test("what changes nothing is no barrier", () => {
  const harmless: readonly Effect[] = [
    { type: "prepare" },
    { type: "validate_pre" },
    { type: "validate_post" },
    { type: "observe", ...at, compare: true },
    { type: "decide", ...at },
    { type: "verify", compare: true },
    { type: "raise", event: { type: "recorded" } },
  ];

  const barriers = harmless.filter((effect) => isBarrier({ ...emptyPlan, transaction: "step" }, effect));

  expect(barriers).toEqual([]);
});
