import { dependencyMissing } from "./dependency-missing.ts";
import { doctrineViolation } from "./doctrine-violation.ts";
import { fixedByHand } from "./fixed-by-hand.ts";
import { midMigrationFailure } from "./mid-migration-failure.ts";
import { rollbackNotClean } from "./rollback-not-clean.ts";
import type { Scenario } from "./scenario.ts";

export type { Files, Scenario } from "./scenario.ts";

/** The five documented failures that the project began with, in their order. */
export const scenarios: readonly Scenario[] = [
  midMigrationFailure,
  dependencyMissing,
  fixedByHand,
  rollbackNotClean,
  doctrineViolation,
];
