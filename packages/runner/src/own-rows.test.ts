import type { Detail, TransitionRecord } from "@surefoot/model";
import { epoch, seq } from "@surefoot/model";
import { expect, test } from "vitest";
import type { ContentsOf } from "./own-rows.ts";
import { contentsDetail, isCounted, ownContents, withDifference } from "./own-rows.ts";

function told(event: TransitionRecord["event"], step: number, detail: Detail = {}): TransitionRecord {
  const from = event.startsWith("undo") || event === "step_undone" ? "rolling_back" : "migrating";
  const place = { seq: seq(1), run: "r", epoch: epoch(1), at: "", migration: "0001_a", direction: "up" as const };
  return { kind: "transition", ...place, from, to: from, event, step, detail };
}

const holds = (count: number, sum: bigint): ContentsOf => new Map([["table:t", { count, sum }]]);

test("differences add up, whatever others did in between", () => {
  const first = withDifference(new Map(), holds(0, 0n), holds(2, 30n));
  // Somebody has added one and taken one away.
  const second = withDifference(first, holds(2, 25n), holds(3, 32n));

  expect(second).toEqual(holds(3, 37n));
});

test("what is taken away comes back to nothing, also below zero and round the end of 64 bits", () => {
  const full = withDifference(new Map(), holds(0, 0n), holds(1, 2n ** 64n - 1n));
  const more = withDifference(full, holds(1, 5n), holds(2, 8n));
  const back = withDifference(more, holds(2, 8n), holds(0, 0n));

  expect(more.get("table:t")?.sum).toBe(2n);
  expect(withDifference(back, holds(0, 0n), holds(0, 6n))).toEqual(holds(0, 0n));
});

test("the last record tells it, also after a restart", () => {
  const own = holds(3, 0xfeedfacecafebeefn);
  const records = [
    told("step_applied", 0, { own: contentsDetail(own) }),
    told("step_sent", 1),
    told("step_applied", 1),
  ];

  expect(ownContents(records, null)).toEqual(own);
});

test("a step that was decided leads back to what was there before it", () => {
  const own = contentsDetail(holds(5, 50n));
  const more = contentsDetail(holds(8, 80n));
  const seen = [told("step_sent", 0), told("step_applied", 0, { own }), told("step_sent", 1)];
  const unseen = [...seen, told("step_decided", 1, { way: "up", applied: true })];
  const undone = [
    ...seen,
    told("step_applied", 1, { own: more }),
    told("step_decided", 1, { way: "undo", applied: true }),
  ];
  const again = [
    ...seen,
    told("step_applied", 1, { own: more }),
    told("step_decided", 1, { way: "undo", applied: false }),
  ];

  expect(ownContents(unseen, "steps")).toEqual(holds(5, 50n));
  expect(ownContents(undone, "steps")).toEqual(holds(5, 50n));
  expect(ownContents(again, "steps")).toEqual(holds(8, 80n));
  expect(isCounted(again, 1)).toBe(true);
  expect(ownContents(undone, "down")).toEqual(holds(8, 80n));
  expect([isCounted(unseen, 0), isCounted(unseen, 1), isCounted(undone, 1)]).toEqual([true, false, false]);
});
