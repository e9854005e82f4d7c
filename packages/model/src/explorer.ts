/** The explorer's public surface: prove the model, explore a variant of your own, tell a counterexample. */
export type { Action, ActionClass, ActionName, Actor, Commit } from "./explorer/action.ts";
export { actionKinds, actionNames, actionOf, classOf } from "./explorer/action.ts";
export type { Bounds, Configuration, Job, MainName, Profile, StepFacts } from "./explorer/configuration.ts";
export {
  arrangementsOf,
  atomicDdl,
  configurationsOf,
  defaultBounds,
  downJob,
  mainNames,
  opaque,
  smallBounds,
  transactional,
  upJob,
} from "./explorer/configuration.ts";
export type { Exploration, ExploreOptions, Space } from "./explorer/explore.ts";
export { explore } from "./explorer/explore.ts";
export type { SearchOptions, Subject } from "./explorer/explored.ts";
export { Explored, production, stateCountMax } from "./explorer/explored.ts";
export type { KnownMachine, KnownState, Move } from "./explorer/moves.ts";
export { Moves } from "./explorer/moves.ts";
export { Successors } from "./explorer/successors.ts";
export type { RunnerWorld, World } from "./explorer/world.ts";
export { cell, copyWorld, emptyWorld, hazards, phase, progress } from "./explorer/world.ts";
export type { Story, StoryStep } from "./explorer/story.ts";
export { storyDiagram, storyText, tellStory } from "./explorer/story.ts";
export { abstractTuples } from "./prove/abstraction.ts";
export type { PromelaOptions } from "./promela/promela.ts";
export { promela } from "./promela/promela.ts";
export { claimIds } from "./promela/claims.ts";
export type { ConfigurationResult, Proof, PropertyResult, Verdict } from "./prove/prove.ts";
export { assemble, proveConfiguration } from "./prove/prove.ts";
export type { MutantOutcome, MutantResult } from "./prove/try-mutant.ts";
export { allMutants, mutantConfigurations, tryMutant } from "./prove/try-mutant.ts";
export { coverageProperties, localProperties } from "./properties/properties.ts";
export type { Finding, Mutant, Property, PropertyKind } from "./properties/property.ts";
export type { Adjustment } from "./verdict/adjustments.ts";
export { adjustmentName, adjustments, documentedWith } from "./verdict/adjustments.ts";
export type { Ends } from "./verdict/ends.ts";
export type { Judgement, PlotOptions } from "./verdict/judge-plot.ts";
export { judgePlot } from "./verdict/judge-plot.ts";
export type { StoryVerdict, WorldJudgement } from "./verdict/judge-world.ts";
export { storyVerdicts } from "./verdict/judge-world.ts";
export type { Happening, Plot } from "./verdict/plot.ts";
export { plots } from "./verdict/plots.ts";
export type { Question, VariantCost, VerdictTable } from "./verdict/verdict-table.ts";
export { verdictTable } from "./verdict/verdict-table.ts";
export type { Variant, VariantName } from "./variant.ts";
export { variantNames, variants } from "./variant.ts";
