import { createRequire } from "node:module";

/**
 * The few methods of better-sqlite3 that the adapter uses. The package is loaded when the first database is opened,
 * so that help, graphs and errors in files don't pay for it.
 */
export interface SqliteStatementHandle {
  readonly reader: boolean;
  readonly readonly: boolean;
  run(...values: readonly unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  get(...values: readonly unknown[]): unknown;
  all(...values: readonly unknown[]): unknown[];
  iterate(...values: readonly unknown[]): IterableIterator<unknown>;
  columns(): readonly { readonly name: string; readonly type: string | null }[];
  raw(on?: boolean): this;
  safeIntegers(on?: boolean): this;
}

export interface SqliteHandle {
  readonly name: string;
  readonly open: boolean;
  readonly memory: boolean;
  readonly readonly: boolean;
  readonly inTransaction: boolean;
  prepare(sql: string): SqliteStatementHandle;
  exec(sql: string): unknown;
  pragma(sql: string, options?: { readonly simple?: boolean }): unknown;
  close(): unknown;
}

interface SqliteOpenOptions {
  readonly readonly?: boolean;
  readonly fileMustExist?: boolean;
  readonly timeout?: number;
}

type Driver = new (path: string, options?: SqliteOpenOptions) => SqliteHandle;

const require = createRequire(import.meta.url);

/** @throws Error when the package is not installed or has no binary for this platform. */
export function loadDriver(): Driver {
  return require("better-sqlite3") as Driver;
}
