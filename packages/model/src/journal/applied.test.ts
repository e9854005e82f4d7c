import { expect, test } from "vitest";
import { epoch, seq } from "../brand.ts";
import type { Direction } from "../state.ts";
import { appliedSet } from "./applied.ts";
import type { Detail, JournalRecord, NoteType } from "./record.ts";

const base = { seq: seq(1), epoch: epoch(1), run: "run-1" };

function recorded(migration: string, at: string, direction: Direction = "up", detail: Detail = {}): JournalRecord {
  const moved = { from: "completing", event: "recorded", to: "idle", step: null } as const;
  return { kind: "transition", ...base, ...moved, migration, at, direction, detail };
}

function note(event: NoteType, migration: string | null, at: string, detail: Detail = {}): JournalRecord {
  return { kind: "note", ...base, event, migration, at, detail };
}

function listOf(records: readonly JournalRecord[]): readonly string[] {
  return [...appliedSet(records).values()].map(({ id, how, at }) => `${id} ${how} ${at}`);
}

test("what was recorded is applied, oldest first", () => {
  expect(listOf([recorded("b", "t1"), recorded("a", "t2")])).toEqual(["b executed t1", "a executed t2"]);
});

test("what an operator finished by hand is resolved", () => {
  expect(listOf([recorded("a", "t1", "up", { how: "resolved" })])).toEqual(["a resolved t1"]);
});

test("a recorded `down` takes a migration out, and it may come in again at the end", () => {
  const down = recorded("a", "t3", "down");
  const records = [recorded("a", "t1"), recorded("b", "t2"), down];

  expect(listOf(records)).toEqual(["b executed t2"]);
  expect(listOf([...records, recorded("a", "t4")])).toEqual(["b executed t2", "a executed t4"]);
});

test("a baseline counts as applied, and does not replace what was executed", () => {
  const records = [recorded("a", "t1"), note("baseline", "a", "t2"), note("baseline", "b", "t3")];

  expect(listOf(records)).toEqual(["a executed t1", "b baseline t3"]);
});

test("a baseline may be reverted", () => {
  expect(listOf([note("baseline", "a", "t1"), recorded("a", "t2", "down")])).toEqual([]);
});

test("an accepted edit overlays the detail, and changes neither how nor when", () => {
  const records = [
    recorded("a", "t1", "up", { checksum: "1", text: "x" }),
    note("accept_edit", "a", "t2", { checksum: "2", reason: "typo" }),
  ];

  expect(appliedSet(records).get("a")).toEqual({
    id: "a",
    how: "executed",
    at: "t1",
    detail: { checksum: "2", text: "x", reason: "typo" },
  });
});

test("an accepted edit of what is not applied changes nothing, and is forgotten when it is applied again", () => {
  const edit = note("accept_edit", "a", "t2", { checksum: "2" });

  expect(listOf([edit])).toEqual([]);
  expect(appliedSet([edit, recorded("a", "t3", "up", { checksum: "1" })]).get("a")?.detail).toEqual({ checksum: "1" });
});

test("other transitions and notes are passed over", () => {
  const start: JournalRecord = {
    kind: "transition",
    ...base,
    migration: "a",
    direction: "up",
    from: "idle",
    event: "start",
    to: "preparing",
    step: null,
    at: "t1",
    detail: {},
  };

  expect(listOf([start, note("schema", "a", "t2"), note("baseline", null, "t3"), note("import", "a", "t4")])).toEqual(
    [],
  );
});

test("a set may be carried on, and the one before is left as it was", () => {
  const first = appliedSet([recorded("a", "t1"), recorded("b", "t2")]);

  const second = appliedSet([recorded("a", "t3", "down"), recorded("c", "t4")], first);

  expect([...first.keys()]).toEqual(["a", "b"]);
  expect([...second.keys()]).toEqual(["b", "c"]);
});
