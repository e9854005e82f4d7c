/** What `comes_to_rest` assumes, each assumption withdrawn alone: of those that are listed none could be left out. */
import { expect, test } from "vitest";
import type { ActionName } from "../explorer/action.ts";
import { actionNames, classOf } from "../explorer/action.ts";
import { configurationsOf, smallBounds } from "../explorer/configuration.ts";
import { actionsWhere, Explored } from "../explorer/explored.ts";
import { deadEnds, longestPath } from "../explorer/longest-path.ts";

/** The assumption, and what never happens without it. */
const assumptions: { readonly [sentence: string]: readonly ActionName[] } = {
  "a runner that lives does what is next: it goes on": ["raise"],
  "it reads the journal": ["read_journal"],
  "it reads files and history, and has an answer": [
    "prepared",
    "dependency_missing",
    "dependents_applied",
    "newer_applied",
  ],
  "it asks the pre-checks, and has an answer": [
    "prechecks_pass",
    "precheck_false",
    "precheck_error",
    "doctrine_violated",
    "statement_refused",
  ],
  "it looks": ["observe", "undo_would_destroy"],
  "it sends": ["send"],
  "it hears the reply": ["receive"],
  "it asks the post-checks, and has an answer": ["postchecks_pass", "postcheck_false", "postcheck_error"],
  "it gathers evidence": ["decide"],
  "it has the engine take back": ["engine_takes_back"],
  "it verifies": ["verify"],
  "it ends when it rests": ["close"],
  "it ends when it was left behind": ["fenced"],
  "cut off, it comes back or gives up": ["reconnect", "give_up"],
  "the server does what it was sent, or refuses": [
    "executes",
    "statement_fails",
    "fails_after_a_part",
    "fails_after_all",
    "engine_ends_transaction",
  ],
  "an orphan ends, with effect or without": ["orphan_applies", "orphan_fails", "orphan_does_a_part"],
  "the server notices that a client is gone": ["session_ends"],
  "somebody starts the tool again": ["restart"],
};

const explored = configurationsOf("adjusted", smallBounds).map((configuration) => new Explored(configuration));

/** The configurations that need not come to rest although faults have ceased, if these actions never happen. */
function stuckWithout(withheld: readonly ActionName[]): readonly string[] {
  const keep = actionsWhere((action) => {
    const kind = classOf(action);
    return (kind === "progress" || kind === "answer") && !withheld.includes(action.name);
  });
  return explored.flatMap(({ graph, rests, configuration }) => {
    const inside = rests.map((rest) => 1 - rest);
    const isStuck = deadEnds(graph, inside, keep) !== null || longestPath(graph, inside, keep).type === "cycle";
    return isStuck ? [configuration.name] : [];
  });
}

test.each(Object.entries(assumptions))("without the assumption that %s, something may stay for ever", (_, withheld) => {
  expect(stuckWithout(withheld).length).toBeGreaterThan(0);
});

test("with all of them everything comes to rest, and what is left needs no assumption", () => {
  const assumed = new Set<string>(Object.values(assumptions).flat());
  const rest = actionNames.filter((name) => !assumed.has(name));

  expect(stuckWithout([])).toEqual([]);
  expect(stuckWithout(rest)).toEqual([]);
  expect(rest.filter((name) => classOf({ name, commit: "", runner: 0, job: 0 }) === "progress")).toEqual([
    "flush_early",
  ]);
});

test("where everything shares one transaction nobody needs to start the tool again", () => {
  expect(stuckWithout(["restart"])).toEqual(
    explored
      .map(({ configuration }) => configuration.name)
      .filter((name) => !["sqlite-one-transaction", "dependency-arrives"].includes(name)),
  );
});
