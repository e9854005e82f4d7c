/**
 * A handle of the application's, answering integers as numbers whatever its `defaultSafeIntegers` says. BigInts equal
 * none of the numbers that the adapter compares with: neither what the journal holds, nor `foreign_keys = 1`.
 */
import type { SqliteHandle, SqliteStatementHandle } from "./driver.ts";

export class PlainNumbers implements SqliteHandle {
  private readonly handle: SqliteHandle;

  constructor(handle: SqliteHandle) {
    this.handle = handle;
  }

  get name(): string {
    return this.handle.name;
  }

  get open(): boolean {
    return this.handle.open;
  }

  get memory(): boolean {
    return this.handle.memory;
  }

  get readonly(): boolean {
    return this.handle.readonly;
  }

  get inTransaction(): boolean {
    return this.handle.inTransaction;
  }

  prepare(sql: string): SqliteStatementHandle {
    return this.handle.prepare(sql).safeIntegers(false);
  }

  exec(sql: string): unknown {
    return this.handle.exec(sql);
  }

  pragma(sql: string, { simple = false }: { readonly simple?: boolean } = {}): unknown {
    const answer = this.handle.pragma(sql, { simple });
    return simple ? plain(answer) : (answer as object[]).map(plainRow);
  }

  close(): unknown {
    return this.handle.close();
  }
}

function plainRow(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plain(value)]));
}

function plain(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
