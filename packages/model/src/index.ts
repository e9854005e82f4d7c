export { assertNever } from "./assert-never.ts";
export { isBarrier } from "./barrier.ts";
export type { Epoch, Fingerprint, Seq } from "./brand.ts";
export { epoch, fingerprint, seq } from "./brand.ts";
export type { Cause } from "./cause.ts";
export { causes } from "./cause.ts";
export type { Effect, EffectType, Way } from "./effect.ts";
export type { Event, EventType, UndoPlace } from "./event.ts";
export { eventTypes } from "./event.ts";
export { dot } from "./graph/dot.ts";
export { graphJson } from "./graph/json.ts";
export { mermaid } from "./graph/mermaid.ts";
export { svg } from "./graph/svg.ts";
export type { Applied } from "./journal/applied.ts";
export { appliedSet } from "./journal/applied.ts";
export type { Folded, FoldResult } from "./journal/fold.ts";
export { emptyFold, fold, planDetail, planOf, withFoundUndo } from "./journal/fold.ts";
export type { StoredRow } from "./journal/pack.ts";
export { packRecords, unpackRow } from "./journal/pack.ts";
export type { Picture } from "./journal/picture.ts";
export { differences, impliedPicture, pictureDetail, snapshotOf } from "./journal/picture.ts";
export type { Detail, JournalRecord, Json, NoteRecord, NoteType, Row, TransitionRecord } from "./journal/record.ts";
export { decodeRow, encodeRow, eventOf, journalFormat, noteTypes, recordOf } from "./journal/record.ts";
export type { CheckResult, Reply } from "./judge.ts";
export { judge } from "./judge.ts";
export type { MigrationOrder, Node } from "./plan/migration-order.ts";
export { dependentsOf, migrationOrder } from "./plan/migration-order.ts";
export type {
  Plan,
  PlannedStatement,
  PlannedStep,
  RecoveryPolicy,
  StepClass,
  TransactionMode,
} from "./plan/step-plan.ts";
export { emptyPlan } from "./plan/step-plan.ts";
export type { NextUndo } from "./plan/way-back.ts";
export { nextUndo, remaining, rowsLost } from "./plan/way-back.ts";
export type { Basis, Decision, Evidence } from "./recovery.ts";
export { afterInterruption, afterRefusal, decideDoubt, doubtTable, interruptionCountMax } from "./recovery.ts";
export type {
  Completing,
  Direction,
  Failed,
  Idle,
  Migrating,
  Preparing,
  RollingBack,
  State,
  StateType,
  ValidatingPost,
  ValidatingPre,
  WayBack,
} from "./state.ts";
export { atStart, isSink, stateTypes } from "./state.ts";
export type { Table } from "./table.ts";
export { table, targets } from "./table.ts";
export type { Config, EffectId, Machine, Outcome, Process, Record, Refusal } from "./transition.ts";
export { transition } from "./transition.ts";
export type { Variant, VariantName } from "./variant.ts";
export { afterLoss, afterRestart, variantNames, variants } from "./variant.ts";
export { runnerCountMax, stepCountMax } from "./world-limits.ts";
