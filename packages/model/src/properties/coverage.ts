/** What must sometimes happen. A check that is never put to the test proves nothing. */
import type { ActionName, Commit } from "../explorer/action.ts";
import { actionNames, commits } from "../explorer/action.ts";
import type { Event } from "../event.ts";
import { eventTypes } from "../event.ts";
import { doubtTable } from "../recovery.ts";
import type { State } from "../state.ts";
import { isSink } from "../state.ts";
import { transition } from "../transition.ts";
import type { ShownType, Variant } from "../variant.ts";
import { shownTable } from "../variant.ts";
import { refused } from "./alter.ts";
import type { CoverageProperty } from "./property.ts";

/** Only a defect makes these possible; see the properties that they belong to. */
const onlyByDefect: readonly ActionName[] = ["late_reply"];
/** Where the fence holds, whoever was left behind ends before it could write. */
const onlyWithoutFence: readonly Commit[] = ["fenced"];

const asSignal = (state: State): Event | null => (isSink(state.type) ? null : { type: "interrupted", by: "signal" });

function statesOf(variant: Variant): readonly ShownType[] {
  return Object.keys(shownTable(variant)) as ShownType[];
}

export const statesReached: CoverageProperty = {
  id: "states_reached",
  kind: "reachability",
  sentence: "Every state is entered.",
  formula: "for each state s: EF s",
  counts: ({ edges, variant }) =>
    new Map(
      statesOf(variant).map((type) => {
        const into = [...edges].filter(([edge]) => edge.endsWith(` ${type}`));
        return [type, into.reduce((sum, [, times]) => sum + times, 0)];
      }),
    ),
  mutants: [
    {
      id: "postchecks-are-never-asked",
      place: "table",
      story: "`all_applied` has no row, so that no migration gets beyond its steps.",
      rules: refused("migrating", "all_applied"),
    },
  ],
  notAlone: "A state that is never entered is one whose edges are never taken, which `edges_taken` sees as well.",
};

export const edgesTaken: CoverageProperty = {
  id: "edges_taken",
  kind: "reachability",
  sentence: "Every move that the table lists is made.",
  formula: "for each t in table[s][event]: EF (s -event-> t)",
  counts({ edges, variant }) {
    const shown = shownTable(variant);
    const listed = statesOf(variant).flatMap((from) =>
      eventTypes.flatMap((event) => (shown[from]?.[event] ?? []).map((to) => `${from} ${event} ${to}`)),
    );
    return new Map(listed.map((edge) => [edge, edges.get(edge) ?? 0]));
  },
  mutants: [
    {
      id: "losses-count-as-signals",
      place: "recovery",
      story: "A lost connection is recorded as a signal, so that nobody learns that connections are lost.",
      rules: { afterLoss: (_, state) => asSignal(state), afterRefusal: (_, state) => asSignal(state) },
    },
  ],
  notAlone: null,
};

export const actionsTaken: CoverageProperty = {
  id: "actions_taken",
  kind: "reachability",
  sentence: "Every action of the world, and every way in which a commit can end, is taken.",
  formula: "for each action a: EF (-a->)",
  counts({ actions, commits: ends }) {
    const asked = actionNames.filter((name) => !onlyByDefect.includes(name));
    return new Map([
      ...asked.map((name) => [name, actions.get(name) ?? 0] as const),
      ...commits.flatMap((commit) =>
        commit === "" || onlyWithoutFence.includes(commit) ? [] : [[commit, ends.get(commit) ?? 0] as const],
      ),
    ]);
  },
  mutants: [],
  notAlone:
    "It asks about the world and not about the machine: what shows here is a configuration that has lost its point.",
};

export const recoveriesTaken: CoverageProperty = {
  id: "recoveries_taken",
  kind: "reachability",
  sentence: "Every row of the doubt table decides somewhere, and a crash loop is stopped.",
  formula: "for each row: EF (decided by it); EF failed(crash_loop)",
  counts: ({ decisions, crashLoops }) =>
    new Map([...doubtTable.map(({ name }) => [name, decisions.get(name) ?? 0] as const), ["crash_loop", crashLoops]]),
  mutants: [
    {
      id: "crashes-are-not-counted",
      place: "recovery",
      story: "A restart does not count the interruption, so that a crash loop is never noticed.",
      rules: {
        transition(config, machine, event, answers) {
          const counted =
            event.type === "interrupted" && event.by === "restart"
              ? ({ type: "interrupted", by: "signal" } as const)
              : event;
          return transition(config, machine, counted, answers);
        },
      },
    },
  ],
  notAlone: null,
};
