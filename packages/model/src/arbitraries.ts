/**
 * Generators for fast-check, which is a peer dependency of this entry point and of no other: migration sets, choices,
 * walks through the world, and a check of the model at random that tells what it has seen and what it has broken.
 */
export { choices, choiceMax } from "./arbitraries/choices.ts";
export type { RandomCheck, RandomOptions, RandomViolation } from "./arbitraries/check-at-random.ts";
export { checkAtRandom } from "./arbitraries/check-at-random.ts";
export type { FaultGroup } from "./arbitraries/fault-groups.ts";
export { faultGroupOf, faultGroups } from "./arbitraries/fault-groups.ts";
export type { SetLimits, StepKind } from "./arbitraries/migration-sets.ts";
export { migrationSets } from "./arbitraries/migration-sets.ts";
export type { NamedAction, Replay, Trace } from "./arbitraries/named-actions.ts";
export { actionLines, namedActions, replayActions } from "./arbitraries/named-actions.ts";
export type { Reach } from "./arbitraries/reach-at-random.ts";
export { reachAtRandom } from "./arbitraries/reach-at-random.ts";
export type { Swarm } from "./arbitraries/swarms.ts";
export { swarms } from "./arbitraries/swarms.ts";
export type { Floors } from "./arbitraries/tally.ts";
export { Tally } from "./arbitraries/tally.ts";
export type { Step, WalkOptions } from "./arbitraries/walker.ts";
export { Walker } from "./arbitraries/walker.ts";
