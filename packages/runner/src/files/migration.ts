/** The shape of a migration file after reading: plain data, no database needed. */
import type { RecoveryPolicy, TransactionMode } from "@surefoot/model";
import { firstOfRun } from "../sql/rows-run.ts";

/** A statement as it stands in the file: `sql` is byte for byte what is sent, without its delimiter. */
export interface SourceStatement {
  readonly sql: string;
  /** Offset of its first character in the file's text (after a byte order mark), in UTF-16 code units. */
  readonly offset: number;
  /** Line and column of its first character, counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** What the author says about the way back of one statement. */
export type AuthoredUndo =
  | { readonly type: "given"; readonly statements: readonly SourceStatement[] }
  | { readonly type: "none"; readonly reason: string; readonly line: number };

/** Durations in milliseconds. */
export interface Timeouts {
  readonly timeoutMs?: number;
  readonly lockTimeoutMs?: number;
}

export interface SourceStep extends SourceStatement {
  /** More than one for a run of INSERTs of literal rows, which is one step. */
  readonly count: number;
  readonly undo: AuthoredUndo | null;
  readonly probe: SourceStatement | null;
  readonly timeouts: Timeouts;
}

/** The statement that tells what a step does: of a run the first, since they are alike up to their values. */
export function toRead({ sql, count }: SourceStep): string {
  return count === 1 ? sql : (firstOfRun(sql) ?? sql);
}

/** A question to the database with the answer that is wanted. */
export interface Check {
  readonly name: string;
  readonly expect: "true" | "empty";
  readonly statement: SourceStatement;
}

export interface Dependency {
  readonly id: string;
  readonly optional: boolean;
  readonly line: number;
}

export interface Allowance {
  readonly rule: string;
  readonly reason: string;
  readonly line: number;
}

export interface FileOptions extends Timeouts {
  readonly transaction?: TransactionMode;
  readonly recovery?: RecoveryPolicy;
  /** Tables whose rows are compared as well when a rollback is verified. */
  readonly data?: readonly string[];
}

interface DownSection {
  readonly statements: readonly SourceStatement[];
  /** dbmate's `transaction:false` after `down`. */
  readonly transaction?: TransactionMode;
}

/** Each a digest of the tokens of its part, empty when there are none: comments, white space and line ends don't count. */
export interface Checksums {
  readonly up: string;
  readonly undo: string;
  readonly down: string;
  readonly checks: string;
  readonly header: string;
}

export interface MigrationFile {
  /** The file name without `.sql`. */
  readonly id: string;
  /** The path as it is shown in messages. */
  readonly path: string;
  readonly number: bigint;
  readonly depends: readonly Dependency[];
  readonly options: FileOptions;
  readonly allow: readonly Allowance[];
  readonly pre: readonly Check[];
  readonly up: readonly SourceStep[];
  readonly post: readonly Check[];
  readonly down: DownSection | null;
  readonly checksums: Checksums;
}
