/** The verdict on one story in one world: where it can stop, and which of the model's properties it violates. */
import type { Explored } from "../explorer/explored.ts";
import type { Story } from "../explorer/story.ts";
import { nearestState, tellStory } from "../explorer/story.ts";
import { localProperties } from "../properties/properties.ts";
import type { Finding } from "../properties/property.ts";
import type { Ends } from "./ends.ts";
import { endsOf } from "./ends.ts";
import { refusedHere } from "./refused-here.ts";
import type { StopReason, Stops } from "./stops.ts";
import { stopReasons, stopsOf } from "./stops.ts";

/**
 * From the best to the worst. `fails`: it can stop while effects of the migration are in the database or can still
 * arrive. `unclear`: it can stop, but only with the database as before. `partial`: it never stops, but a property that
 * the story touches is violated.
 */
export const storyVerdicts = ["passes", "partial", "unclear", "fails"] as const;
export type StoryVerdict = (typeof storyVerdicts)[number];

export interface WorldJudgement {
  readonly configuration: string;
  readonly verdict: StoryVerdict;
  /** In sentences; empty where it passes. */
  readonly because: string;
  /** Of those that show it the story with the fewest faults, and then the fewest steps; null where it passes. */
  readonly counterexample: Story | null;
  /** The properties that the story puts to the test, and those of them that do not hold. */
  readonly touched: readonly string[];
  readonly violated: readonly string[];
  readonly states: number;
  readonly transitions: number;
  /** After the last fault a sink is reached in so many steps at most; null: perhaps never. */
  readonly bound: number | null;
  readonly ends: Ends;
}

type Shown = Pick<WorldJudgement, "verdict" | "because"> & { readonly counterexample: Story };
type Asked = { readonly id: string; readonly finding: Finding };

export function judgeWorld(explored: Explored): WorldJudgement {
  const { configuration, exploration } = explored;
  const asked = localProperties.map(({ id, check }): Asked => ({ id, finding: check(explored) }));
  const touched = asked.filter(({ finding }) => finding.type === "violated" || finding.witnesses > 0);
  const violated = touched.filter(({ finding }) => finding.type === "violated");
  const rest = asked.find(({ id }) => id === "comes_to_rest")?.finding;
  const { withEffects, asBefore } = stopsOf(explored);
  const shown =
    stopping(explored, withEffects, "fails") ?? stopping(explored, asBefore, "unclear") ?? breaking(explored, violated);
  return {
    configuration: configuration.name,
    ...(shown ?? { verdict: "passes", because: "", counterexample: null }),
    touched: touched.map(({ id }) => id),
    violated: violated.map(({ id }) => id),
    states: exploration.stateCount,
    transitions: exploration.transitionCount,
    bound: rest?.type === "holds" && rest.note !== "no fair cycle" ? rest.witnesses : null,
    ends: endsOf(explored),
  };
}

function stopping(explored: Explored, stops: Stops, verdict: "fails" | "unclear"): Shown | null {
  const shown = (Object.keys(stopReasons) as readonly StopReason[])
    .filter((reason) => stops[reason].includes(1))
    .map((reason): Shown => {
      const state = nearestState(explored, stops[reason]);
      const why = stopReasons[reason];
      const counterexample = tellStory(explored, { state, why: `It stops here: ${why}.` });
      const { at, events } = refusedHere(explored, state);
      const left = counterexample.end["database"] ?? "";
      const made = counterexample.end["by hand"] === "nothing" ? "" : ", made by hand";
      const found = left === "as before" ? "the database as before" : `${left}${made}`;
      const arrives = left === "as before" && verdict === "fails" ? ", and effects can still arrive" : "";
      const rows =
        events.length === 0 ? "" : ` \`${at}\` has no row for ${events.map((event) => `\`${event}\``).join(", ")}.`;
      return { verdict, because: `It can stop in \`${at}\` with ${found}${arrives}: ${why}.${rows}`, counterexample };
    });
  return simplest(shown);
}

function breaking(explored: Explored, violated: readonly Asked[]): Shown | null {
  const shown = violated.flatMap(({ id, finding }) => {
    if (finding.type !== "violated") return [];
    const others = violated.flatMap((one) => (one.id === id ? [] : [`\`${one.id}\``]));
    const also = others.length === 0 ? "" : ` Violated as well: ${others.join(", ")}.`;
    const counterexample = tellStory(explored, finding);
    const because = `It never stops, but \`${id}\` is violated: ${counterexample.why}${also}`;
    return [{ verdict: "partial", because, counterexample } as const];
  });
  return simplest(shown);
}

/** The fewest faults, then the fewest steps. */
export function simplest<T extends { readonly counterexample: Story | null }>(told: readonly T[]): T | null {
  const size = ({ counterexample }: T): readonly [number, number] => [
    counterexample?.faults ?? 0,
    counterexample?.steps.length ?? 0,
  ];
  const [first] = told.toSorted((one, other) => {
    const [[faults, steps], [otherFaults, otherSteps]] = [size(one), size(other)];
    return faults - otherFaults || steps - otherSteps;
  });
  return first ?? null;
}
