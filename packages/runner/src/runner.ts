import type { AcceptEditOptions, BaselineOptions } from "./adopt.ts";
import { acceptEdit, baseline } from "./adopt.ts";
import type { Config } from "./config.ts";
import type { DownOptions } from "./down.ts";
import { down } from "./down.ts";
import { explainNow, history, plan, status } from "./look.ts";
import type { StatusOptions } from "./look.ts";
import type { ResolveOptions, RetryRollbackOptions } from "./operator.ts";
import { bringToRest, resolve, retryRollback } from "./operator.ts";
import type { Database } from "./port.ts";
import type { Progress } from "./progress.ts";
import type {
  BaselineResult,
  DownResult,
  ExplainResult,
  HistoryResult,
  PlanResult,
  RestResult,
  StatusResult,
  UpResult,
  VerifyResult,
} from "./results.ts";
import { MysqlDatabase } from "./mysql/database.ts";
import type { MysqlPool } from "./mysql/pool.ts";
import { isPool } from "./mysql/pool.ts";
import type { SqliteHandle } from "./sqlite/driver.ts";
import type { UpOptions } from "./up.ts";
import { up } from "./up.ts";
import { databaseOf } from "./url.ts";
import type { VerifyOptions } from "./verify/verify.ts";
import type { Workshop, WriteOptions } from "./workshop.ts";

export interface RunnerOptions {
  /**
   * A URL such as `sqlite:app.db`; an open better-sqlite3 handle or a mysql2 pool, which stay open; or an adapter.
   */
  readonly database: string | SqliteHandle | MysqlPool | Database;
  /** The folder of migrations. Default: the config's `dir`, else `migrations`. */
  readonly migrations?: string;
  readonly config?: Config;
  /** Aborting brings the migration under way to rest; the call then answers with exit 130. */
  readonly signal?: AbortSignal;
  /** Told what happens, as it happens. An error that it throws is not caught: throw none. */
  readonly onEvent?: (event: Progress) => void;
}

/** Each method answers with a result object, also for failures; none throws for what a user can cause. */
export interface Runner {
  up(options?: UpOptions): Promise<UpResult>;
  down(options?: DownOptions): Promise<DownResult>;
  plan(): Promise<PlanResult>;
  verify(options?: VerifyOptions): Promise<VerifyResult>;
  status(options?: StatusOptions): Promise<StatusResult>;
  history(): Promise<HistoryResult>;
  explain(): Promise<ExplainResult>;
  recover(options?: WriteOptions): Promise<RestResult>;
  retry(options?: UpOptions): Promise<UpResult>;
  retryRollback(options?: RetryRollbackOptions): Promise<RestResult>;
  resolve(options: ResolveOptions): Promise<RestResult>;
  baseline(options?: BaselineOptions): Promise<BaselineResult>;
  acceptEdit(options: AcceptEditOptions): Promise<BaselineResult>;
  /** Nothing is kept open between two calls; afterwards the runner refuses further ones. */
  close(): Promise<void>;
}

/**
 * Makes a runner. Opens nothing yet.
 * @throws SurefootError USAGE or ENGINE_UNSUPPORTED for a database that can't be driven
 */
export function createRunner(options: RunnerOptions): Runner {
  const config = options.config ?? {};
  const { database: target } = options;
  const known = isAdapter(target) ? target : typeof target === "object" && isPool(target) ? null : databaseOf(target);
  const rest: Omit<Workshop, "database"> = {
    dir: options.migrations ?? config.dir ?? "migrations",
    config,
    signal: options.signal,
    onEvent: options.onEvent,
  };
  let closed = false;
  const open = async (): Promise<Workshop> => {
    if (closed) throw new Error("This runner was closed.");
    return { ...rest, database: known ?? (await MysqlDatabase.ofPool(target as MysqlPool)) };
  };
  return {
    up: async (given = {}) => up(await open(), given),
    down: async (given = {}) => down(await open(), given),
    plan: async () => plan(await open()),
    // Loaded when it is called: `up` shall not pay for it.
    verify: async (given = {}) => (await import("./verify/verify.ts")).verify(await open(), given),
    status: async (given = {}) => status(await open(), given),
    history: async () => history(await open()),
    explain: async () => explainNow(await open()),
    recover: async (given = {}) => bringToRest(await open(), given),
    retry: async (given = {}) => up(await open(), given, "retry"),
    retryRollback: async (given = {}) => retryRollback(await open(), given),
    resolve: async (given) => resolve(await open(), given),
    baseline: async (given = {}) => baseline(await open(), given),
    acceptEdit: async (given) => acceptEdit(await open(), given),
    close: async () => {
      closed = true;
    },
  };
}

function isAdapter(database: RunnerOptions["database"]): database is Database {
  return typeof database === "object" && "acquire" in database;
}
