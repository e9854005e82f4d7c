import * as fc from "fast-check";
import { expect, test } from "vitest";
import { epoch, seq } from "../brand.ts";
import { causes } from "../cause.ts";
import type { Event, EventType } from "../event.ts";
import { eventTypes } from "../event.ts";
import { stateTypes } from "../state.ts";
import type { Record as MachineRecord } from "../transition.ts";
import type { JournalRecord, NoteRecord, Row, TransitionRecord } from "./record.ts";
import { decodeRow, encodeRow, eventOf, noteTypes, recordOf } from "./record.ts";

const index = fc.nat(1000);
const flag = fc.boolean();
const cause = fc.constantFrom(...causes);
const place = { step: index, part: index };

const eventArbitraries: { readonly [T in EventType]: fc.Arbitrary<Extract<Event, { type: T }>> } = {
  start: fc.record({
    type: fc.constant("start"),
    migration: fc.string(),
    direction: fc.constantFrom("up", "down"),
  }),
  prepared: fc.constant({ type: "prepared" }),
  dependency_missing: fc.constant({ type: "dependency_missing" }),
  preparation_failed: fc.record({ type: fc.constant("preparation_failed"), cause }),
  interrupted: fc.record({ type: fc.constant("interrupted"), by: fc.constantFrom("restart", "signal") }),
  connection_lost: fc.constant({ type: "connection_lost" }),
  precheck_passed: fc.constant({ type: "precheck_passed" }),
  doctrine_violated: fc.record({ type: fc.constant("doctrine_violated"), cause }),
  precheck_failed: fc.record({ type: fc.constant("precheck_failed"), cause }),
  step_sent: fc.record({ type: fc.constant("step_sent"), step: index }),
  step_applied: fc.record({ type: fc.constant("step_applied"), step: index, changed: flag }),
  step_decided: fc.record({
    type: fc.constant("step_decided"),
    way: fc.constantFrom("up", "undo"),
    ...place,
    applied: flag,
    changed: flag,
  }),
  all_applied: fc.constant({ type: "all_applied" }),
  step_failed: fc.record({ type: fc.constant("step_failed"), step: index, unknown: flag }),
  postcheck_passed: fc.constant({ type: "postcheck_passed" }),
  postcheck_failed: fc.record({ type: fc.constant("postcheck_failed"), cause }),
  recorded: fc.constant({ type: "recorded" }),
  undo_sent: fc.record({ type: fc.constant("undo_sent"), ...place }),
  step_undone: fc.record({
    type: fc.constant("step_undone"),
    by: fc.constantFrom("statement", "engine"),
    ...place,
  }),
  rollback_verified: fc.constant({ type: "rollback_verified" }),
  undo_failed: fc.record({ type: fc.constant("undo_failed"), cause, unknown: flag, ...place }),
  no_rollback: fc.record({ type: fc.constant("no_rollback"), step: index }),
  rollback_unverified: fc.record({ type: fc.constant("rollback_unverified"), cause }),
  undecidable: fc.record({ type: fc.constant("undecidable"), cause }),
  halted: fc.constant({ type: "halted" }),
  retry: fc.record({ type: fc.constant("retry"), by: fc.constantFrom("up", "operator") }),
  resolve_reverted: fc.record({ type: fc.constant("resolve_reverted"), forced: flag }),
  resolve_applied: fc.record({ type: fc.constant("resolve_applied"), forced: flag }),
  retry_rollback: fc.constant({ type: "retry_rollback" }),
};

/** Facts for people, under names that no event uses; hostile ones among the names and values. */
const facts = fc.dictionary(
  fc.oneof(
    fc.string().map((name) => `fact ${name}`),
    fc.constantFrom("__proto__", "constructor", "toString"),
  ),
  fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null), fc.array(fc.string())),
);

function moveWith(event: Event): MachineRecord {
  const subject =
    event.type === "start"
      ? { migration: event.migration, direction: event.direction }
      : ({ migration: "0001_note", direction: "up" } as const);
  return { seq: seq(7), epoch: epoch(2), ...subject, from: "migrating", event, to: "rolling_back" };
}

function recordWith(event: Event): TransitionRecord {
  return recordOf(moveWith(event), "run-1", "2026-07-26T10:00:00.000Z", {});
}

function rowWith(change: Partial<{ readonly [K in keyof Row]: unknown }>): Row {
  return { ...encodeRow(recordWith({ type: "step_sent", step: 0 })), ...change } as Row;
}

function sampleOf(type: EventType): readonly Event[] {
  const arbitrary: fc.Arbitrary<Event> = eventArbitraries[type];
  return fc.sample(arbitrary, { numRuns: 1, seed: 1 });
}

function decode(row: Row): JournalRecord {
  const decoded = decodeRow(row);
  if (decoded.type === "bad") throw new Error(decoded.why);
  return decoded.record;
}

test.each(eventTypes)("the event %s comes back from its row as it was, with the facts beside it", (type) => {
  let count = 0;

  fc.assert(
    fc.property(eventArbitraries[type], facts, (event, beside) => {
      const record = recordOf(moveWith(event), "run-1", "2026-07-26T10:00:00.000Z", beside);
      const row: Row = JSON.parse(JSON.stringify(encodeRow(record)));
      const back = decode(row);

      expect(back).toEqual(record);
      expect(back.kind === "transition" ? eventOf(back) : null).toEqual(event);
      expect(back.detail).toMatchObject(beside);
      count++;
    }),
    { seed: 20260726, numRuns: 60 },
  );

  expect(count).toBeGreaterThanOrEqual(60);
});

test("a row holds the step in its column, and the rest of the event in its detail", () => {
  const row = encodeRow(
    recordWith({ type: "step_decided", way: "undo", step: 3, part: 1, applied: true, changed: false }),
  );

  expect(row).toEqual({
    seq: 7,
    kind: "transition",
    run: "run-1",
    epoch: 2,
    migration: "0001_note",
    direction: "up",
    from_state: "migrating",
    event: "step_decided",
    to_state: "rolling_back",
    step: 3,
    detail: JSON.stringify({ way: "undo", part: 1, applied: true, changed: false }),
    at: "2026-07-26T10:00:00.000Z",
  });
});

test("what the machine needs wins over a fact of the same name", () => {
  const record = recordOf(moveWith({ type: "undecidable", cause: "no_evidence" }), "run-1", "", { cause: "halted" });

  expect(eventOf(record)).toEqual({ type: "undecidable", cause: "no_evidence" });
});

test("a note comes back as it was, with a migration or without", () => {
  const base = { kind: "note", seq: seq(3), run: "run-1", epoch: epoch(1), at: "", detail: { why: ["a"] } } as const;
  const notes = noteTypes.flatMap((event): readonly NoteRecord[] => [
    { ...base, event, migration: "0001_note" },
    { ...base, event, migration: null },
  ]);

  expect(notes.map((note) => decode(encodeRow(note)))).toEqual(notes);
});

test("each damage to a row is named", () => {
  const damages: readonly (readonly [Partial<{ readonly [K in keyof Row]: unknown }>, string])[] = [
    [{ seq: -1 }, "seq and epoch must be whole numbers"],
    // Seq counts from 1; 0 is the tail of the empty journal.
    [{ seq: 0 }, "seq and epoch must be whole numbers"],
    [{ epoch: 0.5 }, "seq and epoch must be whole numbers"],
    [{ seq: "1" }, "seq and epoch must be whole numbers"],
    [{ run: null }, "run and at must be text"],
    [{ at: 5 }, "run and at must be text"],
    [{ detail: "{" }, "detail is no JSON object"],
    [{ detail: "[]" }, "detail is no JSON object"],
    [{ detail: "null" }, "detail is no JSON object"],
    [{ detail: null }, "detail is no JSON object"],
    [{ kind: "event" }, 'unknown kind "event"'],
    [{ kind: undefined }, "unknown kind undefined"],
    // better-sqlite3 answers BigInt with safeIntegers, and JSON.stringify throws for one.
    [{ kind: 1n }, "unknown kind 1"],
    [{ seq: 7n }, "seq and epoch must be whole numbers"],
    [{ kind: "note" }, 'unknown note "step_sent"'],
    [{ kind: "note", event: "baseline", migration: 5 }, "a note's migration must be text or null"],
    [{ migration: null }, "a transition names its migration"],
    [{ direction: "left" }, 'unknown direction "left"'],
    [{ direction: null }, "unknown direction null"],
    [{ from_state: "rolled" }, 'unknown state "rolled"'],
    [{ to_state: null }, "unknown state null"],
    [{ event: "toString" }, 'unknown event "toString"'],
    [{ step: -1 }, "step must be a whole number"],
    [{ step: "0" }, "step must be a whole number"],
  ];

  const decoded = damages.map(([change]) => decodeRow(rowWith(change)));

  expect(decoded).toEqual(damages.map(([, why]) => ({ type: "bad", why })));
});

test("a row of any content is a record or bad for a reason, and never throws", () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.constant(null),
    fc.constant(undefined),
    fc.constantFrom("transition", "note", "up", ...stateTypes, ...eventTypes, "{}", '{"part":-1}', "__proto__"),
    fc.object(),
  );
  const columns = Object.keys(rowWith({}));
  const random = fc
    .subarray(columns, { minLength: 1 })
    .chain((names) => fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), value))))
    .map((changes) => rowWith(Object.fromEntries(changes)));
  const seen = { record: 0, bad: 0 };

  fc.assert(
    fc.property(random, (row) => {
      const decoded = decodeRow(row);
      seen[decoded.type]++;

      if (decoded.type === "bad") expect(decoded.why).not.toBe("");
      else if (decoded.record.kind === "transition") expect(eventOf(decoded.record)).not.toBeUndefined();
    }),
    { seed: 20260726, numRuns: 3000 },
  );

  expect(seen.record).toBeGreaterThan(20);
  expect(seen.bad).toBeGreaterThan(1000);
});

test("an event whose payload is missing is null, for every event that has one", () => {
  const samples = eventTypes.flatMap(sampleOf);
  const payloads = samples.flatMap((event) => {
    const record = recordWith(event);
    return Object.keys(record.detail).map((name) => {
      const { [name]: _, ...detail } = record.detail;
      return { type: event.type, without: { ...record, detail } };
    });
  });
  const stepless = samples.flatMap((event) => ("step" in event ? [{ ...recordWith(event), step: null }] : []));

  expect(payloads.length).toBeGreaterThan(20);
  expect(payloads.filter(({ without }) => eventOf(without) !== null)).toEqual([]);
  expect(stepless).toHaveLength(8);
  expect(stepless.filter((record) => eventOf(record) !== null)).toEqual([]);
});

test("an event whose payload is of the wrong kind is null", () => {
  const samples = eventTypes.flatMap(sampleOf);
  const wrong = samples.flatMap((event) => {
    const record = recordWith(event);
    return Object.keys(record.detail).flatMap((name) =>
      [null, -1, 0.5, "nonsense", [], {}].map((value) => ({ ...record, detail: { ...record.detail, [name]: value } })),
    );
  });

  expect(wrong.length).toBeGreaterThan(100);
  expect(wrong.filter((record) => eventOf(record) !== null)).toEqual([]);
});

test("whether rows were lost is for the plan to say: a row that says it itself is read as one that does not", () => {
  const event: Event = { type: "step_undone", by: "statement", step: 1, part: 0 };
  const record = recordWith(event);

  expect(eventOf({ ...record, detail: { ...record.detail } })).toEqual(event);
});
