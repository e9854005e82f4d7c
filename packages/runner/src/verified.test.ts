import type { Detail, StateType, TransitionRecord } from "@surefoot/model";
import { epoch, seq } from "@surefoot/model";
import { expect, test } from "vitest";
import { turnedBack } from "./explain.ts";
import { materialOf, noMaterial } from "./material.ts";
import { rowsTouched } from "./verified.ts";

function told(event: TransitionRecord["event"], from: StateType, to: StateType, detail: Detail = {}): TransitionRecord {
  const place = { seq: seq(1), run: "r", epoch: epoch(1), at: "", migration: "0001_a", direction: "up" as const };
  return { kind: "transition", ...place, from, to, event, step: 0, detail };
}

const inserts = materialOf({ steps: [{ sql: "INSERT INTO t VALUES (1)", changesRows: true }] }) ?? noMaterial;

test.each([
  ["step_applied", {}, true],
  ["step_decided", { applied: true }, true],
  ["step_decided", { applied: false }, false],
  ["step_sent", {}, false],
] as const)("rows were touched, seen or decided: %s %o: %s", (event, detail, touched) => {
  expect(rowsTouched([told(event, "migrating", "migrating", detail)], inserts)).toBe(touched);
});

test("going on with a rollback is not why it began", () => {
  const records = [
    told("interrupted", "migrating", "rolling_back"),
    told("undo_failed", "rolling_back", "failed"),
    told("retry_rollback", "failed", "rolling_back"),
    told("interrupted", "rolling_back", "rolling_back"),
  ];

  expect(turnedBack(records)?.from).toBe("migrating");
});
