/** All of them, in the order in which they are told. */
import { appliedIsTrue } from "./applied-is-true.ts";
import { cleanIsTrue } from "./clean-is-true.ts";
import { comesToRest } from "./comes-to-rest.ts";
import { commitPoint } from "./commit-point.ts";
import { actionsTaken, edgesTaken, recoveriesTaken, statesReached } from "./coverage.ts";
import { dependenciesAreClosed } from "./dependencies-are-closed.ts";
import { edgesOfTheTable } from "./edges-of-the-table.ts";
import { failedLeadsOn } from "./failed-leads-on.ts";
import { fencing } from "./fencing.ts";
import { handsOff } from "./hands-off.ts";
import { journalTellsTheTruth } from "./journal-tells-the-truth.ts";
import { keepsWhatWasThere } from "./keeps-what-was-there.ts";
import { manualOverride } from "./manual-override.ts";
import { noFaultNoFailure } from "./no-fault-no-failure.ts";
import { noNeedlessHuman } from "./no-needless-human.ts";
import { nothingTooEarly } from "./nothing-too-early.ts";
import { onceAndInReverse } from "./once-and-in-reverse.ts";
import { oneInFlight } from "./one-in-flight.ts";
import type { CoverageProperty, LocalProperty } from "./property.ts";
import { rolledBackIsTrue } from "./rolled-back-is-true.ts";
import { sinkIsReachable } from "./sink-is-reachable.ts";
import { writeAhead } from "./write-ahead.ts";

/** Asked of each configuration. */
export const localProperties: readonly LocalProperty[] = [
  appliedIsTrue,
  rolledBackIsTrue,
  cleanIsTrue,
  nothingTooEarly,
  writeAhead,
  oneInFlight,
  onceAndInReverse,
  keepsWhatWasThere,
  journalTellsTheTruth,
  fencing,
  commitPoint,
  dependenciesAreClosed,
  edgesOfTheTable,
  noNeedlessHuman,
  handsOff,
  noFaultNoFailure,
  sinkIsReachable,
  comesToRest,
  failedLeadsOn,
  manualOverride,
];

/** Asked of all configurations together. */
export const coverageProperties: readonly CoverageProperty[] = [
  statesReached,
  edgesTaken,
  actionsTaken,
  recoveriesTaken,
];
