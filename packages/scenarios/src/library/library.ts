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
import { goneAwayBetweenSteps } from "./crash/gone-away-between-steps.ts";
import { journalHalfMade } from "./crash/journal-half-made.ts";
import { killedAgainAndAgain } from "./crash/killed-again-and-again.ts";
import { killedBeforeAnyRecord } from "./crash/killed-before-any-record.ts";
import { markerLeftBehind } from "./crash/marker-left-behind.ts";
import { orphanStillRunning } from "./crash/orphan-still-running.ts";
import { orphanWaitedFor } from "./crash/orphan-waited-for.ts";
import { serverFinishesAfterCrash } from "./crash/server-finishes-after-crash.ts";
import { serverKilled } from "./crash/server-killed.ts";
import { idleReaderBlocks } from "./lock/idle-reader-blocks.ts";
import { leaseLostAndTaken } from "./lock/lease-lost-and-taken.ts";
import { leaseOfTheDead } from "./lock/lease-of-the-dead.ts";
import { lockInTheBackup } from "./lock/lock-in-the-backup.ts";
import { pooledSessions } from "./lock/pooled-sessions.ts";
import { secondRunnerTurnedAway } from "./lock/second-runner-turned-away.ts";
import { secondRunnerWaits } from "./lock/second-runner-waits.ts";
import { childrenOfARebuiltTable } from "./rollback/children-of-a-rebuilt-table.ts";
import { downFails } from "./rollback/down-fails.ts";
import { halfAnUp } from "./rollback/half-an-up.ts";
import { keyThatIsNeeded } from "./rollback/key-that-is-needed.ts";
import { manyAlters } from "./rollback/many-alters.ts";
import { noUndoToldBefore } from "./rollback/no-undo-told-before.ts";
import { onlyTheFailedOne } from "./rollback/only-the-failed-one.ts";
import { statementTakesTooLong } from "./rollback/statement-takes-too-long.ts";
import { transactionThatIsNone } from "./rollback/transaction-that-is-none.ts";
import { undoOfWhatDidNotHappen } from "./rollback/undo-of-what-did-not-happen.ts";
import { damagedJournal } from "./history/damaged-journal.ts";
import { editedAfterItWasApplied } from "./history/edited-after-it-was-applied.ts";
import { mergedLate } from "./history/merged-late.ts";
import { otherLineEnds } from "./history/other-line-ends.ts";
import { rolledBackIsPending } from "./history/rolled-back-is-pending.ts";
import { sameNumberTwice } from "./history/same-number-twice.ts";
import { whichOfTheTwo } from "./history/which-of-the-two.ts";

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
  {
    id: "crash",
    title: "Killed, cut off, left running",
    scenarios: [
      serverFinishesAfterCrash,
      killedBeforeAnyRecord,
      killedAgainAndAgain,
      markerLeftBehind,
      orphanStillRunning,
      orphanWaitedFor,
      goneAwayBetweenSteps,
      serverKilled,
      journalHalfMade,
    ],
  },
  {
    id: "lock",
    title: "Two at once",
    scenarios: [
      leaseOfTheDead,
      secondRunnerTurnedAway,
      secondRunnerWaits,
      leaseLostAndTaken,
      pooledSessions,
      lockInTheBackup,
      idleReaderBlocks,
    ],
  },
  {
    id: "rollback",
    title: "The way back",
    scenarios: [
      manyAlters,
      halfAnUp,
      undoOfWhatDidNotHappen,
      onlyTheFailedOne,
      statementTakesTooLong,
      keyThatIsNeeded,
      downFails,
      noUndoToldBefore,
      transactionThatIsNone,
      childrenOfARebuiltTable,
    ],
  },
  {
    id: "history",
    title: "Files and history",
    scenarios: [
      whichOfTheTwo,
      rolledBackIsPending,
      editedAfterItWasApplied,
      otherLineEnds,
      mergedLate,
      sameNumberTwice,
      damagedJournal,
    ],
  },
];
