import { expect, test } from "vitest";
import { proveConfiguration } from "../prove/prove.ts";
import { localProperties } from "../properties/properties.ts";
import { soundProtocol } from "./successors.ts";
import { configurationsOf, smallBounds } from "./configuration.ts";
import { Explored } from "./explored.ts";
import { productionRules } from "./moves.ts";
import { tellStory } from "./story.ts";
import { emptyWorld, pack, sortRunners, unpack, wordCount } from "./world.ts";

const configurations = configurationsOf("adjusted", smallBounds).filter(
  ({ name }) => name === "sqlite-one-transaction" || name === "opaque" || name === "records-at-once",
);

test.each(configurations.map((configuration) => [configuration.name, configuration] as const))(
  "of all worlds of %s that differ only in which runner is which, exactly one is searched",
  (_, configuration) => {
    const whole = new Explored(configuration);
    const width = wordCount(configuration.runners);
    const classes = new Set<string>();
    for (let state = 0; state < whole.exploration.stateCount; state++) {
      const words = whole.exploration.words.slice(state * width, (state + 1) * width);
      sortRunners(words, 0, configuration.runners);
      classes.add(words.join());
    }

    const { exploration } = new Explored(configuration, undefined, { symmetry: true });

    expect(exploration.stateCount).toBeLessThan(whole.exploration.stateCount);
    expect(exploration.stateCount).toBe(classes.size);
  },
);

test("sorting takes along whose transaction is open, and sorts any order of three to the same words", () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ] as const;
  // Two of them are alike but for the transaction.
  const machines = [7, 7, 3];

  const sorted = orders.map((order) => {
    const world = emptyWorld(3);
    for (const [at, one] of order.entries()) {
      world.runners[at]!.machine = machines[one]!;
      if (one === 1) world.transaction = at + 1;
    }
    const words = new Uint32Array(wordCount(3));
    pack(world, words, 0);
    sortRunners(words, 0, 3);
    unpack(words, 0, world);
    return JSON.stringify(world);
  });

  expect(new Set(sorted).size).toBe(1);
  expect(sorted[0]).toContain('"transaction":1');
});

test("with symmetry safety is answered, and liveness is not", () => {
  const [configuration] = configurations;

  const { properties } = proveConfiguration(configuration!, { symmetry: true });

  for (const { id, verdict, note } of properties) {
    const { kind } = localProperties.find((property) => property.id === id)!;
    expect([id, verdict]).toEqual([id, kind === "safety" ? "holds" : "unknown"]);
    if (kind === "liveness") expect(note).toBe("symmetry is for safety only");
  }
});

test("with symmetry a defect is found as without, and its story can be taken step by step", () => {
  const subject = { rules: productionRules, protocol: { ...soundProtocol, lease: "client" } } as const;
  const configuration = configurations.find(({ name }) => name === "opaque")!;
  const { check } = localProperties.find(({ id }) => id === "one_in_flight")!;

  const steps = [false, true].map((symmetry) => {
    const explored = new Explored(configuration, subject, { symmetry });
    const finding = check(explored);
    if (finding.type !== "violated") throw new Error("A lease of the client's lets two statements be in flight.");
    return tellStory(explored, finding).steps.length;
  });

  expect(steps[0]).toBeGreaterThan(0);
  expect(steps[1]).toBe(steps[0]);
});
