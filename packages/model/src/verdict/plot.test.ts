/** A plot restricts the world, and everything that it names does happen. */
import { expect, test } from "vitest";
import type { Action } from "../explorer/action.ts";
import { actionKinds, actionNames, actionOf, classOf } from "../explorer/action.ts";
import type { Explored } from "../explorer/explored.ts";
import type { StateType } from "../state.ts";
import { explorePlot } from "./judge-plot.ts";
import type { Plot } from "./plot.ts";
import { plots } from "./plots.ts";

interface Taken {
  readonly action: Action;
  /** Where the journal stood. */
  readonly at: StateType;
}

function* takenIn(explored: Explored): Generator<Taken> {
  const { graph } = explored;
  for (let state = 0; state < graph.stateCount; state++)
    for (let edge = graph.edgeStart[state]!; edge < graph.edgeStart[state + 1]!; edge++) {
      const { journal } = explored.world(state);
      yield { action: actionOf(graph.edgeAction[edge]!), at: explored.moves.states[journal]!.state.type };
    }
}

function happeningsOf(plot: Plot): readonly Taken[] {
  return explorePlot(plot, "adjusted").flatMap((explored) =>
    [...takenIn(explored)].filter(({ action }) => classOf(action) !== "progress"),
  );
}

function goesOn(name: string): boolean {
  return actionNames.some((one) => one === name && actionKinds[one].class === "progress");
}

const commands = /^(invoke|start|retry.*|resolve.*|orphan_.*)$/;

test.each(plots)("in story $scenario nothing strikes but what it names, and all of that does", (plot) => {
  const named = plot.happens.flatMap(({ what }) => what);

  const seen = new Set(
    happeningsOf(plot).flatMap(({ action: { name, commit } }) => (commit === "" ? [name] : [name, commit])),
  );

  const isFree = (one: string) => commands.test(one) || goesOn(one);
  expect(named.filter((one) => !seen.has(one))).toEqual([]);
  expect([...seen].filter((one) => !named.some((name) => name === one) && !isFree(one))).toEqual([]);
});

test("what a story has in one state only happens nowhere else", () => {
  const placesOf = (scenario: string, name: string) => {
    const plot = plots.find((one) => one.scenario === scenario)!;
    return new Set(happeningsOf(plot).flatMap(({ action, at }) => (action.name === name ? [at] : [])));
  };

  // Fixed by hand once it had failed; in the third story before anybody had started the tool again.
  expect([...placesOf("1", "finish_by_hand")]).toEqual(["failed"]);
  expect([...placesOf("4", "restore_by_hand")]).toEqual(["failed"]);
  expect([...placesOf("3", "finish_by_hand")]).toEqual(expect.arrayContaining(["migrating", "rolling_back", "failed"]));
  expect([...placesOf("4", "statement_fails")]).toEqual(["rolling_back"]);
  expect([...placesOf("1", "statement_fails")]).toEqual(expect.arrayContaining(["migrating", "rolling_back"]));
});
