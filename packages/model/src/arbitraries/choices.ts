import * as fc from "fast-check";

/** Choices are below this; what a choice means is worked out where it is made. */
export const choiceMax = 0xffff;

/**
 * A stream of choices for `walk`. Each picks one of the actions that are enabled when its turn comes, so every choice is
 * carried out; 0 is the dullest, so shrinking leads to the happy path.
 */
export function choices(limits: {
  readonly maxLength: number;
  readonly minLength?: number;
}): fc.Arbitrary<readonly number[]> {
  const { maxLength, minLength = 0 } = limits;
  return fc.array(fc.integer({ min: 0, max: choiceMax }), { minLength, maxLength, size: "max" });
}
