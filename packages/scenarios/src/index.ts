import { dependencyMissing } from "./dependency-missing.ts";
import { doctrineViolation } from "./doctrine-violation.ts";
import { fixedByHand } from "./fixed-by-hand.ts";
import { midMigrationFailure } from "./mid-migration-failure.ts";
import { rollbackNotClean } from "./rollback-not-clean.ts";
import type { Scenario } from "./scenario.ts";
import type { EngineName } from "./words.ts";
import { wordsOf } from "./words.ts";

export type { Files, Scenario } from "./scenario.ts";

/** The five documented failures that the project began with, in their order, in the words of an engine. */
export function scenariosFor(engine: EngineName): readonly Scenario[] {
  const words = wordsOf[engine];
  return [midMigrationFailure, dependencyMissing, fixedByHand(words), rollbackNotClean(words), doctrineViolation];
}
