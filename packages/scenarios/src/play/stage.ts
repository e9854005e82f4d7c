/** What a story is played on: a folder of migrations, a database, and what may strike there. */
import type { JournalRecord } from "@surefoot/model";
import type { Progress } from "surefoot/parts";
import type { Engine, Fault } from "../scenario.ts";

/** A fault that comes from outside of the database, and the statement at which it strikes. */
export interface Strike {
  readonly fault: Extract<Fault, { kill: unknown } | { lose: unknown } | { meanwhile: unknown }>;
  readonly sql: string;
}

/** Told while a command runs. */
export interface Hearer {
  readonly said: (text: string, stream: "out" | "err") => void;
  readonly watch: (event: Progress) => void;
  /** The fault strikes now. */
  readonly struck: () => void;
  /** Plays what others do meanwhile. */
  readonly meanwhile: () => Promise<void>;
}

export interface Left {
  readonly tables: { readonly [table: string]: readonly string[] };
  readonly rows: { readonly [table: string]: number };
}

export interface Stage {
  readonly engine: Engine;
  /** The folder of migrations. */
  readonly migrations: string;
  command(words: readonly string[], strike: Strike | null, hearer: Hearer): Promise<number | "killed">;
  byHand(statements: readonly string[]): Promise<void>;
  look(): Promise<Left>;
  journal(): Promise<readonly JournalRecord[]>;
  close(): Promise<void>;
}

/** What can't be played here after all, and why. */
export class CannotPlay extends Error {
  override readonly name = "CannotPlay";
}
