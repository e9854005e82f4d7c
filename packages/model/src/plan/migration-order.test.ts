import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { MigrationOrder, Node } from "./migration-order.ts";
import { dependentsOf, migrationOrder } from "./migration-order.ts";

const none: ReadonlySet<string> = new Set();

function node(id: string, ...depends: readonly string[]): Node {
  return {
    id,
    depends: depends.map((need) => ({ id: need.replace(/\?$/, ""), optional: need.endsWith("?") })),
  };
}

function idsOf(order: MigrationOrder): readonly string[] {
  if (order.type === "cycle") throw new Error(`a cycle: ${order.ids.join(", ")}`);
  return order.ids;
}

/** What "wherever it can" means: of those whose dependencies are placed, always the first in the given order. */
function leastOrder(nodes: readonly Node[]): readonly string[] {
  const known = new Set(nodes.map(({ id }) => id));
  const placed: string[] = [];
  while (placed.length < nodes.length) {
    const next = nodes.find(
      ({ id, depends }) =>
        !placed.includes(id) && depends.every((need) => !known.has(need.id) || placed.includes(need.id)),
    );
    if (next === undefined) throw new Error("a cycle");
    placed.push(next.id);
  }
  return placed;
}

/** Graphs without cycles, in an order that has nothing to do with their dependencies. */
const graphs: fc.Arbitrary<readonly Node[]> = fc
  .array(fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  .chain((needs) => {
    const nodes = needs.map((found, index): Node => ({
      id: `m${index}`,
      depends: index === 0 ? [] : found.map(([at, optional]) => ({ id: `m${at % index}`, optional })),
    }));
    return fc.shuffledSubarray(nodes, { minLength: nodes.length, maxLength: nodes.length });
  });

test("without dependencies the given order stays", () => {
  const order = migrationOrder([node("b"), node("a"), node("c")], none);

  expect(order).toEqual({ type: "ordered", ids: ["b", "a", "c"], missing: new Map() });
});

test("a dependency moves a migration later, to directly behind what it needs, and nothing else moves", () => {
  const order = migrationOrder([node("a", "c"), node("b"), node("c"), node("d")], none);

  expect(idsOf(order)).toEqual(["b", "c", "a", "d"]);
});

test("a dependency that is satisfied already moves nothing", () => {
  const order = migrationOrder([node("a"), node("b", "a"), node("c", "b", "a")], none);

  expect(idsOf(order)).toEqual(["a", "b", "c"]);
});

test("two that wait for the same one keep their order", () => {
  const order = migrationOrder([node("a", "c"), node("b", "c"), node("c")], none);

  expect(idsOf(order)).toEqual(["c", "a", "b"]);
});

test("an optional dependency counts where it exists, and is not missed where it does not", () => {
  const there = migrationOrder([node("a", "b?"), node("b")], none);
  const absent = migrationOrder([node("a", "b?")], none);

  expect(idsOf(there)).toEqual(["b", "a"]);
  expect(absent).toEqual({ type: "ordered", ids: ["a"], missing: new Map() });
});

test("a dependency that is neither given nor applied is missing, by the name of who needs it", () => {
  const order = migrationOrder([node("a", "x", "y"), node("b", "x", "z?")], new Set(["y"]));

  expect(order).toEqual({
    type: "ordered",
    ids: ["a", "b"],
    missing: new Map([
      ["a", ["x"]],
      ["b", ["x"]],
    ]),
  });
});

const cycleOf = (...nodes: readonly Node[]) => migrationOrder(nodes, none);

test("a cycle is named in the order of its dependencies, and innocent bystanders are not", () => {
  expect(cycleOf(node("a", "a"))).toEqual({ type: "cycle", ids: ["a"] });
  expect(cycleOf(node("a", "b"), node("b", "a"))).toEqual({ type: "cycle", ids: ["a", "b"] });
  expect(
    cycleOf(
      node("before", "a"),
      node("free"),
      node("a", "free", "b"),
      node("b", "c"),
      node("c", "a"),
      node("after", "c"),
    ),
  ).toEqual({ type: "cycle", ids: ["a", "b", "c"] });
  expect(cycleOf(node("a", "b?"), node("b", "a?"))).toEqual({ type: "cycle", ids: ["a", "b"] });
});

test("a chain of 5,000 in the wrong order comes out reversed, and the stack holds", () => {
  const count = 5_000;
  const chain = Array.from({ length: count }, (_, index) =>
    index + 1 < count ? node(`m${index}`, `m${index + 1}`) : node(`m${index}`),
  );

  const order = migrationOrder(chain, none);

  expect(idsOf(order)).toEqual(chain.map(({ id }) => id).toReversed());
});

test("a cycle of 5,000 is named whole", () => {
  const count = 5_000;
  const ring = Array.from({ length: count }, (_, index) => node(`m${index}`, `m${(index + 1) % count}`));

  const order = migrationOrder(ring, none);

  expect(order).toEqual({ type: "cycle", ids: ring.map(({ id }) => id) });
});

test("the result is a permutation that respects every dependency, and equal input gives equal output", () => {
  fc.assert(
    fc.property(graphs, (nodes) => {
      const ids = idsOf(migrationOrder(nodes, none));

      expect(ids.toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
      for (const { id, depends } of nodes)
        for (const need of depends) expect(ids.indexOf(need.id)).toBeLessThan(ids.indexOf(id));
      expect(migrationOrder(structuredClone(nodes), none)).toEqual(migrationOrder(nodes, none));
    }),
    { seed: 20260726, numRuns: 1000 },
  );
});

test("a migration that comes out before an earlier one does so because that one waits for something later", () => {
  fc.assert(
    fc.property(graphs, (nodes) => {
      const given = nodes.map(({ id }) => id);
      const ids = idsOf(migrationOrder(nodes, none));
      const needs = (id: string): readonly string[] =>
        given.filter((other) => other !== id && dependentsOf(other, nodes).includes(id));

      for (const [index, earlier] of given.entries())
        for (const later of given.slice(index + 1))
          if (ids.indexOf(later) < ids.indexOf(earlier))
            expect(needs(earlier).some((need) => given.indexOf(need) >= given.indexOf(later))).toBe(true);
    }),
    { seed: 20260726, numRuns: 500 },
  );
});

test("two that are freed together keep their order, whichever of their dependencies came first", () => {
  const order = migrationOrder([node("a", "x", "y"), node("b", "y"), node("x"), node("y")], none);

  expect(idsOf(order)).toEqual(["x", "y", "a", "b"]);
});

test("what is freed on the way does not overtake what was given before it", () => {
  const order = migrationOrder([node("a", "d"), node("b", "d"), node("c", "a"), node("d")], none);

  expect(idsOf(order)).toEqual(["d", "a", "b", "c"]);
});

test("of those that can go next, the first in the given order goes", () => {
  fc.assert(
    fc.property(graphs, (nodes) => {
      expect(idsOf(migrationOrder(nodes, none))).toEqual(leastOrder(nodes));
    }),
    { seed: 20260726, numRuns: 1000 },
  );
});

test("folders of 50,000 are ordered in a moment", () => {
  const count = 50_000;
  const wide = Array.from({ length: count }, (_, index) =>
    index < count / 2 ? node(`m${index}`, `m${count - 1 - index}`, `m${count - 1}`) : node(`m${index}`),
  );

  const ids = idsOf(migrationOrder(wide, none));

  expect(ids).toHaveLength(count);
  expect([ids[0], ids[count / 2 - 1], ids[count / 2], ids.at(-1)]).toEqual(["m25000", "m49999", "m0", "m24999"]);
});

test("dependents are found directly and through others, in the order given, without the one asked for", () => {
  const nodes = [node("d", "c"), node("a"), node("b", "a"), node("c", "b?"), node("other")];

  expect(dependentsOf("a", nodes)).toEqual(["d", "b", "c"]);
  expect(dependentsOf("c", nodes)).toEqual(["d"]);
  expect(dependentsOf("d", nodes)).toEqual([]);
  expect(dependentsOf("unknown", nodes)).toEqual([]);
});
