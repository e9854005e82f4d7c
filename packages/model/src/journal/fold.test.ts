import { expect, test } from "vitest";
import { epoch, seq } from "../brand.ts";
import type { Event } from "../event.ts";
import type { Plan } from "../plan/step-plan.ts";
import { emptyPlan } from "../plan/step-plan.ts";
import type { State } from "../state.ts";
import { atStart } from "../state.ts";
import { transition } from "../transition.ts";
import type { Folded } from "./fold.ts";
import { emptyFold, fold, planDetail, planOf } from "./fold.ts";
import type { Detail, JournalRecord, NoteRecord, TransitionRecord } from "./record.ts";
import { recordOf } from "./record.ts";

const plan: Plan = {
  transaction: "step",
  recovery: "rollback",
  steps: [{ class: "atomic", undo: [{ class: "atomic" }, { class: "opaque" }], lossy: false }],
  down: [{ class: "transactional" }],
};

function start(migration: string, direction: "up" | "down" = "up"): Event {
  return { type: "start", migration, direction };
}

const life: readonly Event[] = [
  { type: "prepared" },
  { type: "precheck_passed" },
  { type: "step_sent", step: 0 },
  { type: "step_applied", step: 0, changed: true },
  { type: "all_applied" },
  { type: "postcheck_passed" },
  { type: "recorded" },
];

/** Writes a journal as a runner would, each event through the machine. */
function journal(...events: readonly Event[]): TransitionRecord[] {
  let state: State = atStart;
  return events.map((event, index) => {
    const process = { epoch: epoch(1), tail: seq(index), awaiting: null };
    const outcome = transition({ plan }, { state, process }, event, null);
    if (outcome.type !== "moved") throw new Error(`${state.type} refused ${event.type}`);
    state = outcome.machine.state;
    const facts = event.type === "prepared" || event.type === "retry_rollback" ? { plan: planDetail(plan) } : {};
    return recordOf(outcome.record, "run-1", "2026-07-26T10:00:00.000Z", facts);
  });
}

function note(at: number, event: NoteRecord["event"] = "baseline"): NoteRecord {
  const base = { run: "run-1", epoch: epoch(1), at: "", detail: {} };
  return { kind: "note", ...base, seq: seq(at), migration: "0000_base", event };
}

function folded(records: Iterable<JournalRecord>, from?: Folded): Folded {
  const result = fold(records, from);
  if (result.type === "impossible") throw new Error(`${result.seq}: ${result.why}`);
  return result.folded;
}

/** The journal of one whole life, with one record changed. */
function damaged(at: number, change: (record: TransitionRecord) => TransitionRecord): readonly JournalRecord[] {
  return journal(start("0001_note"), ...life).map((record) => (record.seq === at ? change(record) : record));
}

test("an empty journal is an idle machine with an empty plan", () => {
  expect(folded([])).toEqual({ state: atStart, plan: emptyPlan, records: [], tail: 0, epoch: 0 });
});

test("the fold of every beginning of a life is the state that the machine was in", () => {
  const records = journal(start("0001_note"), ...life);

  const states = records.map((_, index) => folded(records.slice(0, index + 1)).state.type);

  expect(states).toEqual(records.map(({ to }) => to));
  expect(states.at(-1)).toBe("idle");
});

test("the plan comes with prepared, and goes with idle", () => {
  const records = journal(start("0001_note"), ...life);

  const plans = records.map((_, index) => folded(records.slice(0, index + 1)).plan);

  expect(plans[0]).toEqual(emptyPlan);
  expect(plans.slice(1, -1)).toEqual(plans.slice(1, -1).map(() => plan));
  expect(plans.at(-1)).toEqual(emptyPlan);
});

test("retry_rollback brings a corrected plan", () => {
  const corrected: Plan = { ...plan, steps: [{ class: "atomic", undo: [{ class: "atomic" }], lossy: false }] };
  const events: readonly Event[] = [
    start("0001_note"),
    ...life.slice(0, 3),
    { type: "connection_lost" },
    { type: "undecidable", cause: "no_evidence" },
    { type: "retry_rollback" },
  ];
  const records = journal(...events).map((record) =>
    record.event === "retry_rollback" ? { ...record, detail: { plan: planDetail(corrected) } } : record,
  );

  const { state, plan: found } = folded(records);

  expect(state).toMatchObject({ type: "rolling_back", doubt: "up" });
  expect(found).toEqual(corrected);
});

test("an undo that is found when its step is sent is in the plan from there on", () => {
  const without: Plan = { ...plan, steps: plan.steps.map((step) => ({ ...step, undo: null })) };
  const found = { undo: { statements: ["DROP TABLE t"], classes: ["atomic"] } };
  const records = journal(start("0001_note"), ...life).map((record) =>
    record.event === "prepared"
      ? { ...record, detail: { plan: planDetail(without) } }
      : record.event === "step_sent"
        ? { ...record, detail: found }
        : record,
  );
  const sentAt = records.findIndex(({ event }) => event === "step_sent");

  const before = folded(records.slice(0, sentAt)).plan;
  const after = folded(records.slice(0, sentAt + 1)).plan;

  expect(before.steps[0]?.undo).toBeNull();
  expect(after.steps[0]?.undo).toEqual([{ class: "atomic" }]);
  expect(after.steps.slice(1)).toEqual(before.steps.slice(1));
});

test("a new start keeps only its own records", () => {
  const records = journal(start("0001_note"), ...life, start("0002_more"), { type: "prepared" });

  const found = folded(records);

  expect(found.records.map(({ seq, event }) => [seq, event])).toEqual([
    [9, "start"],
    [10, "prepared"],
  ]);
  expect(found.state).toMatchObject({ type: "validating_pre", migration: "0002_more" });
});

test("notes take a number and change nothing", () => {
  const records = journal(start("0001_note"), ...life.slice(0, -1));
  const noted = [note(1), ...records.map((record) => ({ ...record, seq: seq(record.seq + 1) })), note(9, "schema")];

  const found = folded(noted);

  expect(found.state).toEqual(folded(records).state);
  expect(found.tail).toBe(9);
  expect(found.records.map(({ event }) => event)).toEqual(records.map(({ event }) => event));
});

test("the epoch may grow from record to record, and the fold has the last", () => {
  const records = journal(start("0001_note"), ...life).map((record) => ({ ...record, epoch: epoch(record.seq) }));

  expect(folded(records).epoch).toBe(8);
});

test("folding on from any earlier fold equals folding from the beginning", () => {
  const records = journal(start("0001_note"), ...life, start("0002_more"), ...life);

  const twice = records.map((_, index) => folded(records.slice(index), folded(records.slice(0, index))));

  expect(twice).toEqual(records.map(() => folded(records)));
});

test("a fold does not change the one that it goes on from", () => {
  const records = journal(start("0001_note"), ...life);
  const before = folded(records.slice(0, 3));
  const copy = structuredClone(before);

  folded(records.slice(3), before);

  expect(before).toEqual(copy);
});

test("folding from the tail of the last `recorded` equals folding from the beginning", () => {
  const whole = journal(start("0001_note"), ...life, start("0002_more"), ...life.slice(0, 4));
  const tail: Folded = { ...emptyFold, tail: seq(8), epoch: epoch(1) };

  expect(folded(whole.slice(8), tail)).toEqual(folded(whole));
});

test("folding from the tail of the last `recorded` equals folding from the beginning, with nothing behind it", () => {
  const whole = journal(start("0001_note"), ...life);
  const tail: Folded = { ...emptyFold, tail: seq(8), epoch: epoch(1) };

  expect(folded([], tail)).toEqual(folded(whole));
});

test("what cannot have been written by the machine is impossible, with its number and the reason", () => {
  const records = journal(start("0001_note"), ...life);
  const doubled = records.flatMap((record) => (record.seq === 4 ? [record, record] : [record]));
  const kinds: readonly (readonly [readonly JournalRecord[], number, string])[] = [
    [records.filter(({ seq }) => seq !== 4), 5, "expected record 4: a record is missing or doubled"],
    [doubled, 4, "expected record 5: a record is missing or doubled"],
    [records.slice(1), 2, "expected record 1: a record is missing or doubled"],
    [[...records, note(12)], 12, "expected record 9: a record is missing or doubled"],
    [damaged(4, (record) => ({ ...record, epoch: epoch(0) })), 4, "its epoch 0 is older than 1"],
    [
      damaged(5, (record) => ({ ...record, from: "rolling_back" })),
      5,
      "it leads from rolling_back, but the migration was in migrating",
    ],
    [
      damaged(6, (record) => ({ ...record, to: "completing" })),
      6,
      "all_applied leads to validating_post, not to completing",
    ],
    [
      damaged(4, (record) => ({ ...record, migration: "0002_more" })),
      4,
      "it speaks of 0002_more (up), but 0001_note (up) is under way",
    ],
    [
      damaged(4, (record) => ({ ...record, direction: "down" })),
      4,
      "it speaks of 0001_note (down), but 0001_note (up) is under way",
    ],
    [damaged(2, (record) => ({ ...record, detail: {} })), 2, "the plan in its detail cannot be read"],
    [damaged(5, (record) => ({ ...record, detail: {} })), 5, "its detail lacks what the event step_applied needs"],
    [damaged(4, (record) => ({ ...record, step: 1 })), 4, "migrating does not accept step_sent here"],
    [damaged(4, (record) => ({ ...record, event: "halted" })), 4, "migrating does not accept halted here"],
  ];

  const results = kinds.map(([records]) => fold(records));

  expect(results).toEqual(kinds.map(([, seq, why]) => ({ type: "impossible", seq, why })));
});

test("a migration that was taken back keeps its records, for what is said of it, and one that was recorded has none", () => {
  const back: readonly Event[] = [{ type: "step_failed", step: 0, unknown: false }, { type: "rollback_verified" }];
  const rolledBack = journal(start("0001_note"), ...life.slice(0, 3), ...back);

  expect(folded(rolledBack)).toMatchObject({ state: atStart, plan: emptyPlan });
  expect(folded(rolledBack).records).toEqual(rolledBack);
  expect(folded(journal(start("0001_note"), ...life)).records).toEqual([]);
});

test("a plan comes back from its detail, through JSON", () => {
  const plans: readonly Plan[] = [
    emptyPlan,
    plan,
    { transaction: "none", recovery: "stop", steps: [{ class: "opaque", undo: null, lossy: true }], down: null },
    { transaction: "migration", recovery: "resume", steps: [], down: [] },
  ];

  const back = plans.map((plan) => planOf(JSON.parse(JSON.stringify({ plan: planDetail(plan) }))));

  expect(back).toEqual(plans);
});

test("a plan of which anything is missing or wrong cannot be read", () => {
  const good: Detail = planDetail(plan);
  const wrong: readonly Detail[] = [
    ...Object.keys(good).map((name) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))),
    { ...good, transaction: "all" },
    { ...good, recovery: "" },
    { ...good, steps: {} },
    { ...good, steps: [null] },
    { ...good, steps: [{ class: "atomic", undo: null }] },
    { ...good, steps: [{ class: "atomic", lossy: false }] },
    { ...good, steps: [{ class: "session", undo: null, lossy: false }] },
    { ...good, steps: [{ class: "atomic", undo: ["other"], lossy: false }] },
    { ...good, down: ["atomic", 1] },
    { ...good, down: "atomic" },
  ];

  expect(wrong.map((plan) => planOf({ plan }))).toEqual(wrong.map(() => null));
  expect([planOf({}), planOf({ plan: null }), planOf({ plan: [] })]).toEqual([null, null, null]);
});
