import { expect, test } from "vitest";
import { code } from "../explorer/codes.ts";
import { configurationsOf, smallBounds } from "../explorer/configuration.ts";
import { Explored } from "../explorer/explored.ts";
import { sightsOf } from "./evidence.ts";

test.each(configurationsOf("adjusted", smallBounds))("all evidence of $name can be seen there", (configuration) => {
  const explored = new Explored(configuration);
  const deciding = explored.moves.machines.filter(({ effect }) => effect?.type === "decide");
  const { rows } = sightsOf(explored);
  const seen = new Set(rows.flatMap(({ first, drifted, otherMark }) => [first, drifted, otherMark]));

  for (const { moves } of deciding)
    for (const asked of moves.keys()) if (asked >= code.evidence) expect(seen).toContain(asked);
});
