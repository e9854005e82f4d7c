/** Every scenario that comes with Surefoot, in the order in which they are listed. */
import type { Scenario } from "../scenario.ts";
import { connectionLostStatementEnds } from "./1-mid-migration-failure/connection-lost-statement-ends.ts";
import { connectionLostStatementFinishes } from "./1-mid-migration-failure/connection-lost-statement-finishes.ts";
import { noRollbackSql } from "./1-mid-migration-failure/no-rollback-sql.ts";
import { rollbackFailsToo } from "./1-mid-migration-failure/rollback-fails-too.ts";
import { sqlErrorHalfway } from "./1-mid-migration-failure/sql-error-halfway.ts";
import { dependencyCycle } from "./2-dependency-missing/dependency-cycle.ts";
import { dependencyMissing } from "./2-dependency-missing/dependency-missing.ts";
import { dependencyMisspelt } from "./2-dependency-missing/dependency-misspelt.ts";
import { dependencyOptionalAbsent } from "./2-dependency-missing/dependency-optional-absent.ts";
import { dependencyOptionalPresent } from "./2-dependency-missing/dependency-optional-present.ts";
import { dependencyOrdered } from "./2-dependency-missing/dependency-ordered.ts";
import { crashClaimRefused } from "./3-fixed-by-hand/crash-claim-refused.ts";
import { crashFixedByHand } from "./3-fixed-by-hand/crash-fixed-by-hand.ts";
import { crashHalfway } from "./3-fixed-by-hand/crash-halfway.ts";
import { crashNoWayBack } from "./3-fixed-by-hand/crash-no-way-back.ts";
import { crashResumed } from "./3-fixed-by-hand/crash-resumed.ts";
import { undoDoesNothing } from "./4-rollback-not-clean/undo-does-nothing.ts";
import { undoHasAnError } from "./4-rollback-not-clean/undo-has-an-error.ts";
import { undoStopsHalfway } from "./4-rollback-not-clean/undo-stops-halfway.ts";
import { foreignKeyAllowed } from "./5-doctrine-violation/foreign-key-allowed.ts";
import { foreignKeyFound } from "./5-doctrine-violation/foreign-key-found.ts";
import { foreignKeyHidden } from "./5-doctrine-violation/foreign-key-hidden.ts";

export interface Group {
  /** What `replay` calls it, `1` to `5` for those that the project began with. */
  readonly id: string;
  readonly title: string;
  readonly scenarios: readonly Scenario[];
}

export const library: readonly Group[] = [
  {
    id: "1",
    title: "Mid-migration failure",
    scenarios: [
      sqlErrorHalfway,
      connectionLostStatementFinishes,
      connectionLostStatementEnds,
      noRollbackSql,
      rollbackFailsToo,
    ],
  },
  {
    id: "2",
    title: "Dependency missing",
    scenarios: [
      dependencyMissing,
      dependencyOptionalAbsent,
      dependencyOptionalPresent,
      dependencyCycle,
      dependencyMisspelt,
      dependencyOrdered,
    ],
  },
  {
    id: "3",
    title: "Partial execution, fixed by hand",
    scenarios: [crashHalfway, crashFixedByHand, crashClaimRefused, crashNoWayBack, crashResumed],
  },
  { id: "4", title: "Rollback that was not clean", scenarios: [undoHasAnError, undoStopsHalfway, undoDoesNothing] },
  { id: "5", title: "Doctrine violation", scenarios: [foreignKeyFound, foreignKeyHidden, foreignKeyAllowed] },
];
