import * as fc from "fast-check";
import { expect, test } from "vitest";
import { epoch, seq } from "../brand.ts";
import { eventTypes } from "../event.ts";
import { stateTypes } from "../state.ts";
import { packRecords, unpackRow } from "./pack.ts";
import type { StoredRow } from "./pack.ts";
import type { JournalRecord, Json, NoteRecord, TransitionRecord } from "./record.ts";
import { decodeRow, encodeRow, noteTypes } from "./record.ts";

const detail = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<Json>);
const at = fc.constantFrom("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z");
const migration = fc.constantFrom("0001_a", "0002_b");

const transition = fc.record({
  kind: fc.constant("transition"),
  migration,
  direction: fc.constantFrom("up", "down"),
  from: fc.constantFrom(...stateTypes),
  event: fc.constantFrom(...eventTypes),
  to: fc.constantFrom(...stateTypes),
  step: fc.option(fc.nat(9)),
  at,
  detail,
});
const note = fc.record({
  kind: fc.constant("note"),
  migration: fc.option(migration),
  event: fc.constantFrom(...noteTypes),
  at,
  detail,
});

/** Consecutive records of one owner, whatever the machine would say of their order. */
const appended: fc.Arbitrary<readonly JournalRecord[]> = fc
  .tuple(fc.nat(100), fc.array(fc.oneof({ weight: 9, arbitrary: transition }, { weight: 1, arbitrary: note })))
  .map(([tail, list]) =>
    list.map((one, index): JournalRecord => {
      const base = { ...one, seq: seq(tail + 1 + index), run: "r", epoch: epoch(3) };
      return base as TransitionRecord | NoteRecord;
    }),
  );

test("what is packed comes back record by record", () => {
  let longest = 0;
  fc.assert(
    fc.property(appended, (records) => {
      const rows = packRecords(records);
      longest = Math.max(longest, records.length / Math.max(1, rows.length));

      const stored = JSON.parse(JSON.stringify(rows)) as readonly StoredRow[];
      const back = stored.flatMap(unpackRow);

      expect(back).toEqual(records.map(encodeRow));
    }),
    { seed: 1, numRuns: 1_000 },
  );
  expect(longest).toBeGreaterThan(1);
});

test("a row's key is the number of its first record, and it ends where its migration rests or another one begins", () => {
  const record = (index: number, migration: string, to: TransitionRecord["to"]): TransitionRecord => ({
    kind: "transition",
    seq: seq(index),
    run: "r",
    epoch: epoch(1),
    migration,
    direction: "up",
    from: "idle",
    event: "start",
    to,
    step: null,
    at: "",
    detail: {},
  });
  const records = [
    record(5, "a", "preparing"),
    record(6, "a", "failed"),
    record(7, "a", "idle"),
    record(8, "a", "preparing"),
    record(9, "b", "preparing"),
    record(10, "b", "validating_pre"),
  ];

  const rows = packRecords(records);

  expect(rows.map(({ first, seq: last, to_state }) => [first, last, to_state])).toEqual([
    [5, 6, "failed"],
    [7, 7, "idle"],
    [8, 8, "preparing"],
    [9, 10, "validating_pre"],
  ]);
  expect(packRecords([])).toEqual([]);
});

test.each([
  ["text that is no JSON", { earlier: "[{" }],
  ["no list", { earlier: "{}" }],
  ["fewer records than its numbers say", { earlier: "[]" }],
  ["something that is no record", { earlier: "[3]" }],
  ["nothing at all", { earlier: null as unknown as string }],
])("a row whose earlier records are %s is unreadable, and says so", (_, damage) => {
  const row = { ...rowOfTwo(), ...damage };

  expect(unpackRow(row).map(decodeRow)).toEqual([{ type: "bad", why: 'unknown kind "unreadable"' }]);
});

test("a field of an earlier record that was damaged is named like any other", () => {
  const row = { ...rowOfTwo(), earlier: '[{"to":"preparing","from":"idle"}]' };

  expect(unpackRow(row).map(decodeRow)[0]).toEqual({ type: "bad", why: 'unknown event ""' });
});

function rowOfTwo(): StoredRow {
  const common = { kind: "transition", run: "r", epoch: epoch(1), migration: "a", direction: "up", at: "" } as const;
  const [row] = packRecords([
    { ...common, seq: seq(1), from: "idle", event: "start", to: "preparing", step: null, detail: {} },
    { ...common, seq: seq(2), from: "preparing", event: "prepared", to: "validating_pre", step: null, detail: {} },
  ]);
  if (row === undefined || row.first !== 1) throw new Error("Two records of one migration share a row.");
  return row;
}
