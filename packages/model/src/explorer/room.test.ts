import { expect, test } from "vitest";
import type { Configuration } from "./configuration.ts";
import { configurationsOf, downJob, smallBounds, upJob } from "./configuration.ts";
import { Moves } from "./moves.ts";
import { variants } from "../variant.ts";

const [plain] = configurationsOf("adjusted", smallBounds) as readonly [Configuration];
const step = { class: "atomic", undo: [{ class: "atomic" }] } as const;
const many = (count: number) => Array.from({ length: count }, () => step);
const named = (migration: string, cell: number) => upJob([step], "step", "rollback", { migration, cell });
const longUndo = { ...step, undo: Array.from({ length: 7 }, () => step.undo[0]) };

test.each<readonly [string, Partial<Configuration>, RegExp]>([
  ["four runners", { runners: 4 }, /4 runners/],
  ["no runner", { runners: 0 }, /0 runners/],
  ["three migrations", { jobs: [named("a", 0), named("b", 1), named("c", 2)] }, /3 migrations/],
  ["a third that arrives", { jobs: [named("a", 0), named("b", 1)], arrives: "c" }, /3 migrations/],
  ["six steps", { jobs: [upJob(many(6), "step")] }, /cell 5/],
  ["five jobs", { jobs: [0, 1, 2, 3, 4].map((cell) => named("a", cell)) }, /5 jobs/],
  ["forty statements", { jobs: [upJob([longUndo, longUndo, longUndo, longUndo, longUndo], "step")] }, /40 statements/],
])("a configuration with %s is refused: packed it would be another one", (_, change, message) => {
  expect(() => new Moves({ ...plain, ...change }, variants.adjusted)).toThrow(message);
});

test("what just fits is taken", () => {
  const up = upJob(many(5), "step");
  const full: Configuration = { ...plain, runners: 3, jobs: [up, downJob(up)], arrives: "0001_base" };

  expect(new Moves(full, variants.adjusted).statements).toHaveLength(20);
});
