/** Reasons that properties give for having no mutant to themselves, held against their own mutants. */
import { expect, test } from "vitest";
import type { Subject } from "../explorer/explored.ts";
import { Explored, production } from "../explorer/explored.ts";
import { mutantConfigurations } from "../prove/try-mutant.ts";
import { variants } from "../variant.ts";
import { localProperties } from "./properties.ts";
import type { LocalProperty, Mutant } from "./property.ts";

const saidToBe = localProperties.filter(({ notAlone }) => notAlone?.includes("violated no later"));

/** Steps to the first state in which a hazard of each property shows; only of those that are violated. */
function firstSteps(explored: Explored): ReadonlyMap<string, number> {
  const { parent } = explored.exploration;
  const stepsTo = (state: number): number => {
    let steps = 0;
    for (let at = state; parent[at]! >= 0; at = parent[at]!) steps++;
    return steps;
  };
  const found = localProperties.flatMap(({ id, hazards }) => {
    const first = explored.firstOf(hazards);
    return first === null ? [] : ([[id, stepsTo(first.state)]] as const);
  });
  return new Map(found);
}

function mutated({ rules, protocol, variant }: Mutant): Subject {
  return {
    rules: { ...production.rules, ...rules },
    protocol: { ...production.protocol, ...protocol },
    variant: { ...variants.adjusted, ...variant },
  };
}

/** In the smallest configuration in which the property sees the mutant. */
function seen(property: LocalProperty, mutant: Mutant): ReadonlyMap<string, number> {
  for (const configuration of mutantConfigurations()) {
    const steps = firstSteps(new Explored(configuration, mutated(mutant), { countMax: 200_000 }));
    if (steps.has(property.id)) return steps;
  }
  throw new Error(`${property.id} does not see ${mutant.id}.`);
}

const pairs = saidToBe.flatMap((property) =>
  property.mutants.map((mutant) => [property.id, mutant.id, property, mutant] as const),
);

test("some say so", () => {
  expect(saidToBe.map(({ id }) => id)).toEqual(["clean_is_true", "write_ahead", "journal_tells_the_truth"]);
});

test.each(pairs)("%s is violated by %s no later than any other property", (id, _, property, mutant) => {
  const steps = seen(property, mutant);

  expect(steps.get(id)).toBe(Math.min(...steps.values()));
});
