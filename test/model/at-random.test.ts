/** The model at random, through the entry points that are published: that it holds, and that what is seeded is found. */
import {
  checkAtRandom,
  faultGroupOf,
  faultGroups,
  migrationSets,
  reachAtRandom,
  replayActions,
  swarms,
  Tally,
} from "@surefoot/model/arbitraries";
import {
  actionKinds,
  actionNames,
  allMutants,
  atomicDdl,
  configurationsOf,
  Explored,
  opaque,
  production,
  smallBounds,
  transactional,
} from "@surefoot/model/explorer";
import { expect, test } from "vitest";

const floors = { edges: 10, faults: 500, states: 500, decisions: 5 } as const;

function mutantNamed(id: string) {
  const found = allMutants().find((mutant) => mutant.id === id);
  if (found === undefined) throw new Error(`There is no mutant ${id}.`);
  return found;
}

const small = { stepCountMax: 1, runnerCountMax: 1 };
/** Of the states that a runner mostly passes through in one commit, only records written one by one leave any in the journal. */
const recordsAtOnce = migrationSets({ ...small, profiles: [atomicDdl, opaque], eager: true }).map((configuration) => ({
  ...configuration,
  eager: true,
  operator: false,
  drift: false,
}));
/** What only an operator can decide. */
const undecidable = migrationSets({ ...small, profiles: [opaque], without: ["preexisting", "lossy"] }).map(
  (configuration) => ({ ...configuration, operator: true, drift: false }),
);

test("on generated sets no walk shows a hazard, each comes to rest, and every edge, fault, state and answer was met often enough", () => {
  const tally = new Tally();
  const seed = 1;
  const all = checkAtRandom({ seed, runs: 4_000, tally });
  const eager = checkAtRandom({ seed, runs: 5_000, tally, sets: recordsAtOnce });
  const asked = checkAtRandom({ seed, runs: 2_000, tally, sets: undecidable });

  console.log(tally.summary());
  for (const { violation } of [all, eager, asked]) expect(violation?.message ?? "").toBe("");
  expect(tally.runCount).toBe(11_000);
  expect(tally.below(floors)).toEqual([]);
});

test("a floor that is not reached fails: without crashes, and without what only an operator brings", () => {
  const onSqlite = migrationSets({ profiles: [transactional] });
  const nobody = migrationSets().map((configuration) => ({ ...configuration, operator: false }));

  const uncrashed = checkAtRandom({ seed: 1, runs: 300, swarms: swarms(["crash"]), sets: onSqlite }).tally.below(
    floors,
  );
  const unattended = checkAtRandom({ seed: 1, runs: 300, sets: nobody }).tally.below(floors);

  expect(uncrashed).toContain("fault crash: 0 of 500");
  expect(unattended).toContain("edge failed retry idle: 0 of 10");
});

test("every fault belongs to a group, and what belongs to none can't happen to the model as it is", () => {
  const grouped = new Set<string>(Object.values(faultGroups).flat());
  const faults = actionNames.filter((name) => actionKinds[name].class === "fault");

  expect(faults.filter((name) => !grouped.has(name))).toEqual(["late_reply"]);
  expect(new Explored(configurationsOf("adjusted", smallBounds)[0]!, production).count("late_reply")).toBe(0);
  expect(faultGroupOf({ name: "receive", commit: "", runner: 0, job: 0 })).toBeNull();
});

test("a violation tells seed, shrunk path and shortest path, and its named actions replay to the same end", () => {
  const mutant = mutantNamed("nothing-is-compared");
  const smallSets = migrationSets({ stepCountMax: 2, runnerCountMax: 1 });

  const { violation } = checkAtRandom({ seed: 4, runs: 20_000, mutant, sets: smallSets, lengthMax: 60 });

  if (violation === null) throw new Error("The mutant was not found.");
  expect(violation.property).toBe("hands_off");
  expect(violation.message).toMatch(/^hands_off is violated in run \d+: An operator's work/);
  expect(violation.message).toMatch(/^seed 4, path [\d:]+, shrunk \d+ times$/m);
  expect(violation.message).toMatch(/^ {3}1 {2}operator {2}invoke .* takes the lease$/m);
  expect(violation.message).toMatch(/^ +\d+ {2}operator {2}(finish|restore)_by_hand /m);
  expect(violation.shortest).toBeGreaterThan(5);
  expect(violation.trace.actions.length).toBeGreaterThanOrEqual(violation.shortest ?? Infinity);
  expect(violation.message).toContain(`shrunk ${violation.trace.actions.length}, shortest ${violation.shortest}:`);
  const stored: unknown = JSON.parse(violation.message.split("\n").at(-1) ?? "");
  expect(stored).toEqual(violation.trace);
  const subject = { ...production, protocol: { ...production.protocol, ...mutant.protocol } };
  const again = replayActions(violation.trace, subject);
  expect(again.type === "replayed" && again.end.hazards).not.toBe(0);
});

test("a model that waits for ever is found as well: nothing goes on, or it goes round", () => {
  const waiting = checkAtRandom({ seed: 1, runs: 2_000, mutant: mutantNamed("dependency-is-waited-for") });

  expect(waiting.violation).toMatchObject({
    property: "comes_to_rest",
    why: expect.stringMatching(/goes round/) as string,
  });
  expect(waiting.violation?.shortest).toBeGreaterThan(0);
});

test.each([
  "resumes-without-deciding",
  "record-commits-after-its-step",
  "nobody-is-fenced",
  "lost-rows-are-not-told",
  "claims-are-not-judged",
  "doctrine-is-advice",
  "undo-is-retried-for-ever",
])("five seeds each find the mutant %s", (id) => {
  const mutant = mutantNamed(id);

  const found = [1, 2, 3, 4, 5].map((seed) => checkAtRandom({ seed, runs: 20_000, mutant, quick: true }).violation);

  console.log(`${id}: found after ${found.map((violation) => violation?.run ?? "never").join(", ")} runs`);
  for (const violation of found) expect(violation?.run ?? Infinity).toBeLessThanOrEqual(20_000);
});

test("how much of a world the walks have been in is told, and it is not all of it", () => {
  const configuration = configurationsOf("adjusted", smallBounds).find(({ name }) => name === "policy-stop")!;

  const reach = reachAtRandom(configuration, { seed: 1, runs: 1_000 });

  const share = ((100 * reach.reached) / reach.total).toFixed(1);
  console.log(
    `${reach.configuration}: ${reach.reached} of ${reach.total} worlds (${share} %) in ${reach.stepCount} steps`,
  );
  expect(reach.reached).toBeGreaterThan(0);
  expect(reach.reached).toBeLessThanOrEqual(reach.total);
});
