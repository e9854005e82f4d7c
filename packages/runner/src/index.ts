export type { Config } from "./config.ts";
export { defineConfig } from "./config.ts";
export type { ErrorCode, Place } from "./error.ts";
export { exitCodeOf, SurefootError } from "./error.ts";
export type { MysqlPool } from "./mysql/pool.ts";
export type { Progress } from "./progress.ts";
export type {
  BaselineResult,
  DownResult,
  ExplainResult,
  FailedMigration,
  HistoryResult,
  PlannedStepResult,
  PlanResult,
  RemainingStep,
  RestResult,
  ResultBase,
  ResultError,
  StatusResult,
  TriedMigration,
  TriedRollback,
  UpResult,
  VerifyResult,
} from "./results.ts";
export type { Runner, RunnerOptions } from "./runner.ts";
export { createRunner } from "./runner.ts";
export type { SqliteHandle, SqliteStatementHandle } from "./sqlite/driver.ts";
export type { Verified } from "./verified.ts";
