/** better-sqlite3, which brings no types: the few methods that are used here. */
import { createRequire } from "node:module";

export interface Handle {
  exec(sql: string): unknown;
  pragma(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

interface Statement {
  run(...values: readonly unknown[]): unknown;
  get(...values: readonly unknown[]): unknown;
  pluck(): Statement;
}

export const Driver = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => Handle;
