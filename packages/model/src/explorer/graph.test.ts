import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkMarks, incoming } from "./graph.ts";
import { edgesOf, graphOf, questionOf } from "./oracle.test-support.ts";

const graphs = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.array(fc.tuple(fc.nat(6), fc.nat(2), fc.nat(6)), { maxLength: 20 }))
  .map(([stateCount, edges]) => graphOf(stateCount, questionOf(stateCount, edges, [], [], []).edges));

test("every edge is found once from its target, and no other is", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { edgeStart, edgeSource } = incoming(graph);

      const back = Array.from({ length: graph.stateCount }, (_, state) =>
        Array.from(edgeSource.slice(edgeStart[state], edgeStart[state + 1]), (source) => `${source} ${state}`),
      ).flat();

      expect(back.toSorted()).toEqual(
        edgesOf(graph)
          .map(([source, , state]) => `${source} ${state}`)
          .toSorted(),
      );
    }),
    { seed: 20260728, numRuns: 500 },
  );
});

test("marks that do not answer for every state are refused", () => {
  const graph = graphOf(2, [[0, 1, 1]]);

  expect(() => checkMarks(graph, [new Uint8Array(2)])).not.toThrow();
  expect(() => checkMarks(graph, [new Uint8Array(2), new Uint8Array(1)])).toThrow("1 marks for 2 states.");
  expect(() => checkMarks(graph, [new Uint8Array(3)])).toThrow(RangeError);
});

test("marks that do not answer for every action in the graph are refused; more of them do no harm", () => {
  const graph = graphOf(2, [[0, 1, 1]]);

  expect(() => checkMarks(graph, [], [new Uint8Array(2), new Uint8Array(9)])).not.toThrow();
  expect(() => checkMarks(graph, [], [new Uint8Array(2), new Uint8Array(1)])).toThrow("1 marks for actions up to 1.");
});
