import type { LocalProperty } from "./property.ts";
import { afterwards } from "./alter.ts";
import { firstWith } from "./edges-of-the-table.ts";

export const commitPoint: LocalProperty = {
  id: "commit_point",
  kind: "safety",
  sentence: "After the commit point (`completing`) a migration only goes forward.",
  formula: "AG (completing => A (completing U idle))",
  hazards: [],
  check(explored) {
    let witnesses = 0;
    for (const [edge, machine] of explored.moves.edges) {
      const [from, event, to] = edge.split(" ");
      if (from !== "completing" || !explored.edgeCounts.has(edge)) continue;
      witnesses++;
      if (to !== "completing" && to !== "idle")
        return {
          type: "violated",
          state: firstWith(explored, machine),
          why: `${event} leads from completing to ${to}.`,
        };
    }
    return { type: "holds", witnesses };
  },
  mutants: [
    {
      id: "completing-can-be-rolled-back",
      place: "recovery",
      story: "A migration that is interrupted while it is recorded is rolled back.",
      rules: afterwards("completing", ["interrupted", "connection_lost"], ({ type, ...state }) => {
        if (type !== "completing" || !("how" in state)) return null;
        const { migration, direction, interruptionCount } = state;
        return {
          state: {
            type: "rolling_back",
            migration,
            direction,
            interruptionCount,
            reached: 0,
            unchanged: [],
            route: "steps",
            left: 0,
            part: 0,
            done: 0,
            doubt: null,
            cause: "interrupted",
          },
          effect: { type: "verify", compare: true },
        };
      }),
    },
  ],
  notAlone:
    "A way out of `completing` that is not forward is not in the table either, so `edges_of_the_table` sees it too; " +
    "this one would also see it in a table that allowed it.",
};
