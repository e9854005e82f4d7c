import { expect, test } from "vitest";
import { epoch, fingerprint, seq } from "../brand.ts";
import type { EventType } from "../event.ts";
import { differences, impliedPicture, pictureDetail, snapshotOf } from "./picture.ts";
import type { Picture } from "./picture.ts";
import type { Detail, TransitionRecord } from "./record.ts";

function record(event: EventType, detail: Detail): TransitionRecord {
  const subject = { migration: "0001_note", direction: "up", run: "run-1", at: "" } as const;
  const place = { kind: "transition", seq: seq(1), epoch: epoch(1), from: "migrating", to: "migrating" } as const;
  return { ...subject, ...place, event, step: null, detail };
}

function picture(objects: { readonly [name: string]: string | null }): Picture {
  return new Map(Object.entries(objects).map(([name, print]) => [name, print === null ? null : fingerprint(print)]));
}

const prepared = record("prepared", { snapshot: { "table:orders": "a1", "table:notes": null } });

test("the snapshot is what prepared took, and null is known to be absent", () => {
  expect(snapshotOf([prepared])).toEqual(picture({ "table:orders": "a1", "table:notes": null }));
});

test("without prepared, or when it has none, the snapshot is empty", () => {
  expect(snapshotOf([])).toEqual(new Map());
  expect(snapshotOf([record("prepared", {})])).toEqual(new Map());
  expect(snapshotOf([record("prepared", { snapshot: ["a1"] })])).toEqual(new Map());
});

test("each step and each undo that took effect overlays the snapshot, the last one on top", () => {
  const records = [
    prepared,
    record("step_applied", { objects: { "table:orders": "a2", "table:notes": "b1" } }),
    record("step_applied", { objects: { "table:orders": "a3" } }),
    record("step_undone", { objects: { "table:notes": null } }),
  ];

  expect(impliedPicture(records)).toEqual(picture({ "table:orders": "a3", "table:notes": null }));
});

test("a record without objects, such as a step that is sent, leaves the picture as it was", () => {
  const records = [prepared, record("step_sent", { fingerprint: "x" }), record("step_failed", {})];

  expect(impliedPicture(records)).toEqual(snapshotOf(records));
});

test("what was seen of a statement in doubt counts once it is decided to have taken effect, and not before", () => {
  const seen = { objects: { "table:notes": "b1" } };
  const undecided = [prepared, record("step_failed", seen), record("undecidable", seen)];
  const decided = (applied: boolean) => [...undecided, record("step_decided", { ...seen, applied })];

  expect(impliedPicture(undecided)).toEqual(snapshotOf(undecided));
  expect(impliedPicture(decided(false))).toEqual(snapshotOf(undecided));
  expect(impliedPicture(decided(true))).toEqual(picture({ "table:orders": "a1", "table:notes": "b1" }));
});

test("what came before prepared is not in the picture", () => {
  const records = [record("start", { objects: { "table:orders": "old" } }), prepared];

  expect(impliedPicture(records)).toEqual(snapshotOf(records));
});

test("pictures differ in the objects that both know, by name", () => {
  const expected = picture({ b: "1", a: "1", same: "1", gone: "1", made: null, absent: null, unknown: "1" });
  const found = picture({ a: "2", b: "2", same: "1", gone: null, made: "1", absent: null, other: "1" });

  expect(differences(expected, found)).toEqual(["a", "b", "gone", "made"]);
  expect(differences(expected, expected)).toEqual([]);
  expect(differences(expected, new Map())).toEqual([]);
});

test("a picture comes back from a detail, through JSON, whatever its objects are called", () => {
  const made = picture({ "table:orders": "a1", "view:v": null, "table:constructor": "c1" });

  const back = snapshotOf([record("prepared", JSON.parse(JSON.stringify({ snapshot: pictureDetail(made) })))]);

  expect(back).toEqual(made);
});

// A damaged value would be "known to be absent", and a comparison would say that the object was dropped or made.
test("what is neither a fingerprint nor null is not in a picture", () => {
  const damaged = record("prepared", { snapshot: { "table:orders": 5, "table:notes": null } });
  const overlaid = [damaged, record("step_applied", { objects: { "table:notes": ["b1"] } })];

  expect(snapshotOf([damaged])).toEqual(picture({ "table:notes": null }));
  expect(impliedPicture(overlaid)).toEqual(picture({ "table:notes": null }));
});
