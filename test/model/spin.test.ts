/** A second engine, SPIN, is asked the same questions about the same configurations, exported as `surefoot graph` does. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Bounds, Subject, VariantName } from "@surefoot/model/explorer";
import {
  allMutants,
  claimIds,
  configurationsOf,
  defaultBounds,
  Explored,
  localProperties,
  production,
  promela,
  smallBounds,
  variants,
} from "@surefoot/model/explorer";
import { findSpin } from "../../scripts/spin.ts";
import { withVerifier } from "../support/spin.ts";

const spin = findSpin();
const problem = spin.type === "missing" ? spin.why : null;
if (problem !== null) process.stderr.write(`SPIN is not asked: ${problem}\n`);

beforeAll(() => {
  if (process.env["CI"] !== undefined) expect(problem).toBeNull();
});

type Verdicts = { readonly [property: string]: "holds" | "violated" };

function configuration(name: string, bounds: Bounds, variant: VariantName = "adjusted") {
  const found = configurationsOf(variant, bounds).find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no configuration ${name}.`);
  return found;
}

/** What `adjusted` becomes with one of the seeded defects. */
function mutated(id: string): Subject {
  const mutant = allMutants().find((one) => one.id === id);
  if (mutant === undefined) throw new Error(`There is no mutant ${id}.`);
  return {
    rules: { ...production.rules, ...mutant.rules },
    protocol: { ...production.protocol, ...mutant.protocol },
    variant: { ...variants.adjusted, ...mutant.variant },
  };
}

/** SPIN's "transitions" count the first state as well. */
async function countsBySpin(explored: Explored): Promise<readonly [states: number, edges: number]> {
  return withVerifier(promela(explored, { calm: false }), ["-DSAFETY", "-DNOCLAIM"], async ({ search }) => {
    const { stored, transitions, errors, complete, report } = await search();
    expect([errors, complete], report).toEqual([0, true]);
    return [stored, transitions - 1];
  });
}

/**
 * Every claim is a search of its own. One that holds has seen everything, and nothing else: as long as nothing is violated
 * its automaton stays in its first state, so that SPIN's counts are those of the model.
 */
async function verdictsBySpin(explored: Explored): Promise<Verdicts> {
  const { stateCount, transitionCount } = explored.exploration;
  const safe = withVerifier(promela(explored, { calm: false }), ["-DSAFETY"], async ({ search }) => {
    const verdicts: [string, "holds" | "violated"][] = [];
    for (const id of claimIds(false)) {
      const { errors, complete, stored, transitions, report } = await search("-N", id);
      if (errors === 0)
        expect([complete, stored, transitions - 1], report).toEqual([true, stateCount, transitionCount]);
      else expect(report).toContain("assertion violated");
      verdicts.push([id, errors === 0 ? "holds" : "violated"]);
    }
    return verdicts;
  });
  const live = withVerifier(promela(explored, { calm: true }), [], async ({ search }) => {
    const verdicts: [string, "holds" | "violated"][] = [];
    for (const id of claimIds(true)) {
      const { errors, complete, report } = await search("-a", "-N", id);
      if (errors === 0) expect(complete, report).toBe(true);
      else expect(report).toContain("acceptance cycle");
      verdicts.push([id, errors === 0 ? "holds" : "violated"]);
    }
    return verdicts;
  });
  return Object.fromEntries((await Promise.all([safe, live])).flat());
}

function verdictsByExplorer(explored: Explored): Verdicts {
  const asked = [...claimIds(false), ...claimIds(true)];
  return Object.fromEntries(
    localProperties.flatMap(({ id, check }) => (asked.includes(id) ? [[id, check(explored).type] as const] : [])),
  );
}

/** Most of a count is the C compiler's time, so two go on at once. */
async function countsOf(all: readonly Explored[]): Promise<{ readonly [configuration: string]: readonly number[] }> {
  const counts = new Map<string, readonly number[]>();
  const waiting = all.values();
  const work = async (): Promise<void> => {
    for (const explored of waiting) counts.set(explored.configuration.name, await countsBySpin(explored));
  };
  await Promise.all([work(), work()]);
  return Object.fromEntries(counts);
}

/** One for each kind of engine. They are counted while they are asked. */
const large = ["sqlite-one-transaction", "atomic-ddl", "opaque"] as const;

describe.skipIf(problem !== null)("SPIN", { timeout: 300_000 }, () => {
  test("counts as many states and edges as the explorer, in every configuration", async () => {
    const all = configurationsOf("adjusted", smallBounds)
      .filter(({ name }) => !large.some((one) => one === name))
      .map((one) => new Explored(one));

    const counts = await countsOf(all);

    expect(counts).toEqual(
      Object.fromEntries(
        all.map(({ configuration: { name }, exploration }) => [
          name,
          [exploration.stateCount, exploration.transitionCount],
        ]),
      ),
    );
  });

  test.each(large)(
    "counts as many states and edges in three steps, and finds that every property holds: %s",
    async (name) => {
      const explored = new Explored(configuration(name, defaultBounds));

      const verdicts = await verdictsBySpin(explored);

      expect(verdicts).toEqual(verdictsByExplorer(explored));
      expect(new Set(Object.values(verdicts))).toEqual(new Set(["holds"]));
    },
  );

  test.each([
    ["the variant `documented`", "opaque", "documented", production, "rolled_back_is_true"],
    ["nobody is fenced", "sqlite-one-transaction", "adjusted", mutated("nobody-is-fenced"), "fencing"],
    ["a restart has no way on", "opaque", "adjusted", mutated("interrupted-rollback-has-no-row"), "comes_to_rest"],
    [
      "the last records are not written",
      "rows-destroyed",
      "adjusted",
      mutated("rest-is-not-recorded"),
      "comes_to_rest",
    ],
  ] as const)("finds the same violations: %s", async (_, name, variant, subject, property) => {
    const explored = new Explored(configuration(name, smallBounds, variant), subject);

    const [counts, verdicts] = await Promise.all([countsBySpin(explored), verdictsBySpin(explored)]);

    expect(counts).toEqual([explored.exploration.stateCount, explored.exploration.transitionCount]);
    expect(verdicts).toEqual(verdictsByExplorer(explored));
    expect(verdicts[property]).toBe("violated");
  });
});
