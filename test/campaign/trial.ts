/** What a campaign tries: a migration, and faults that strike while it is applied, recovered or rolled back. Plain data. */
import type { StepKind } from "../faults/step-kinds.ts";
import type { When } from "../support/wire-proxy.ts";

export const faultNames = ["runner_killed", "cut", "silence", "all_silent", "session_killed", "server_killed"] as const;
export type FaultName = (typeof faultNames)[number];

/**
 * Where it strikes: at the record before a statement, at the statement, at the record after it, at the COMMIT of both, or
 * at whatever passes as number `nth`, from 0.
 */
export type Spot =
  | { readonly at: "record" | "statement" | "done" | "commit"; readonly way: "up" | "undo"; readonly step: number }
  | { readonly at: "nth"; readonly nth: number };

export interface Strike {
  readonly fault: FaultName;
  readonly when: When;
  readonly spot: Spot;
}

export interface Story {
  readonly kinds: readonly StepKind[];
  /** Its last statement is refused by the engine, so that it is rolled back. */
  readonly fails: boolean;
  readonly transaction?: "none";
}

export interface Trial extends Story {
  /** Of the same words, the same trial: results are kept under it. */
  readonly key: string;
  /** In each round one `up` is struck, by one fault after the other; then there is one that nothing strikes. */
  readonly rounds: readonly (readonly Strike[])[];
}

export function trialOf(story: Story, rounds: Trial["rounds"]): Trial {
  const steps = story.kinds.map(({ name }) => name).join(">");
  const struck = rounds.map((round) => round.map(strikeText).join(" then ")).join(" and again ");
  return { ...story, rounds, key: `${steps}${story.fails ? ">fails" : ""}: ${struck}` };
}

function strikeText({ fault, when, spot }: Strike): string {
  const place = spot.at === "nth" ? `#${spot.nth}` : `${spot.at} ${spot.way} ${spot.step + 1}`;
  return `${fault} ${when} ${place}`;
}
