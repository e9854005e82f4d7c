/** What generated sets have shown and no configuration of the proof had: each is searched whole, so that it stays found. */
import { expect, test } from "vitest";
import type { Configuration } from "../explorer/configuration.ts";
import { atomicDdl, opaque, transactional, upJob } from "../explorer/configuration.ts";
import { Explored } from "../explorer/explored.ts";
import { hazards } from "../explorer/world.ts";
import { proveConfiguration } from "../prove/prove.ts";

const common = {
  variant: "adjusted",
  runners: 1,
  appliedFirst: [],
  arrives: null,
  operator: false,
  drift: false,
  eager: false,
} as const;
const a = { class: "atomic" } as const;

function search(configuration: Configuration) {
  const explored = new Explored(configuration);
  expect(explored.exploration.complete).toBe(true);
  return { explored, hazard: explored.firstOf(hazards)?.hazard ?? null };
}

// The world held it against the order that step 3 was still there when step 2 was undone. It goes with step 1.
test("a step that an earlier one covers is taken back with that one, whatever lies between the two", () => {
  const steps = [
    { ...a, undo: [a] },
    { ...a, undo: [a] },
    { ...a, undo: [], coveredBy: 0 },
  ];

  const { explored, hazard } = search({
    ...common,
    name: "covered from afar",
    profile: atomicDdl,
    jobs: [upJob(steps, "step")],
  });

  expect(hazard).toBeNull();
  expect(explored.count("engine_takes_back")).toBe(0);
  expect(explored.exploration.stateCount).toBeGreaterThan(200);
});

// With its mark set and its object changed by others, IF NOT EXISTS was taken for the one that had made the object.
test("IF NOT EXISTS on what is there is not undone, also when its mark is set and others have changed the object", () => {
  const steps = [{ ...a, undo: [a], preexisting: true, mark: true }];

  const { explored, hazard } = search({
    ...common,
    name: "changed by others",
    profile: opaque,
    drift: true,
    jobs: [upJob(steps, "step")],
  });

  expect(hazard).toBeNull();
  expect(explored.count("object_changed")).toBeGreaterThan(0);
  expect([...explored.decisionCounts.keys()]).toContain("somebody else has changed the database meanwhile");
});

// Its statements are those of the other engines' profiles, without a server that they could outlive.
test.each(["rollback", "resume", "stop"] as const)(
  "on SQLite transaction=none has every property with one runner, whatever people do: %s",
  (policy) => {
    const o = { class: "opaque" } as const;
    const steps = [
      [
        { ...a, undo: [a] },
        { ...o, undo: [o], rows: true, probe: true },
        { ...a, undo: null },
      ],
      [
        { ...o, undo: [o], rows: true },
        { ...a, undo: [a, a] },
        { ...a, undo: [a], lossy: true },
      ],
    ] as const;

    const results = steps.map((three) =>
      proveConfiguration({
        ...common,
        name: "none",
        profile: transactional,
        operator: true,
        drift: true,
        jobs: [upJob(three, "none", policy)],
      }),
    );

    for (const { complete, properties, states } of results) {
      expect([complete, properties.filter(({ verdict }) => verdict !== "holds")]).toEqual([true, []]);
      expect(states).toBeGreaterThan(10_000);
    }
  },
);

// A known limit: nothing fences a statement that commits by itself, once the file that is the lease has been removed.
test("on SQLite transaction=none is safe with one runner, and not when a second one takes a lease that was lost", () => {
  const of = (runners: number): Configuration => ({
    ...common,
    name: "none",
    profile: transactional,
    runners,
    jobs: [upJob([{ ...a, undo: [a] }], "none")],
  });

  expect(search(of(1)).hazard).toBeNull();
  expect(search(of(2)).hazard).not.toBeNull();
});
