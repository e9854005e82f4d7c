export type { Scenarios } from "surefoot/parts";
export type { Incident } from "./library/incidents.ts";
export { incidents } from "./library/incidents.ts";
export { library } from "./library/library.ts";
export type { Group } from "./library/library.ts";
export { loadFolder } from "./load-folder.ts";
export { differences } from "./play/compare.ts";
export type { Moment, Observation } from "./play/observation.ts";
export type { Playhouse } from "./playhouse.ts";
export { openPlayhouse } from "./playhouse.ts";
export { Problem } from "./problem.ts";
export { replay } from "./replay.ts";
export type { Result } from "./result.ts";
export type {
  Act,
  Answer,
  Command,
  Copy,
  Engine,
  Fault,
  Files,
  HandWork,
  Left,
  Otherwise,
  Outcome,
  Place,
  Scenario,
  Then,
  Transaction,
  Written,
} from "./scenario.ts";
export { defineScenario, outcomes, places } from "./scenario.ts";
export type { Parsed } from "./schema.ts";
export { parseScenario } from "./schema.ts";
