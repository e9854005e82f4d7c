import type { SourceStatement } from "../files/migration.ts";
import type { Dialect } from "../sql/dialect.ts";

export type Level = "error" | "warn" | "off";

/** Where a rule is violated, and what to do instead. Line and column are those of the file, counted from 1. */
export interface Finding {
  readonly rule: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A rule about migrations, told before anything runs. It sees one statement of `up` at a time. */
export interface Rule {
  readonly id: string;
  /** What it forbids, in one sentence. */
  readonly statement: string;
  /** Why, for somebody who disagrees. */
  readonly reason: string;
  readonly level: Level;
  check(statement: SourceStatement, dialect: Dialect): readonly Omit<Finding, "rule">[];
}
