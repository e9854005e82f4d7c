import type { Moment, Observation } from "./play/observation.ts";
import type { Place, Then } from "./scenario.ts";

/** How a scenario was played in one place. */
export type Result = {
  readonly name: string;
  readonly story: string;
  readonly source: string;
  readonly on: Place;
  readonly milliseconds: number;
} & (
  | {
      readonly type: "played";
      readonly moments: readonly Moment[];
      readonly then: Then;
      readonly seen: Observation;
      /** What is not as it must be; none: it held. */
      readonly differences: readonly string[];
    }
  | { readonly type: "skipped"; readonly reason: string }
  /** It could not be played to its end. */
  | { readonly type: "broken"; readonly message: string }
);

export function hasHeld(result: Result): boolean {
  return result.type === "skipped" || (result.type === "played" && result.differences.length === 0);
}
