/** What a story is played on: a folder of migrations, a database, and what may strike there. */
import type { JournalRecord } from "@surefoot/model";
import type { Progress } from "surefoot/parts";
import type { Engine, Fault, HandWork } from "../scenario.ts";

/** A fault, and the migration that it is about. */
export interface Aimed {
  readonly fault: Fault;
  readonly migration: string;
}

export interface Call {
  readonly words: readonly string[];
  readonly faults: readonly Aimed[];
  readonly through: "pool" | null;
}

/** One that comes from outside of the database. */
export type Strike = Extract<Fault, { kill: unknown } | { lose: unknown } | { meanwhile: unknown }>;

export function isStrike(fault: Fault): fault is Strike {
  return !("answers" in fault);
}

/** Told while a command runs. */
export interface Hearer {
  readonly said: (text: string, stream: "out" | "err") => void;
  readonly watch: (event: Progress) => void;
  /** The fault that comes from outside strikes now. */
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
  /** Nobody prints anything there. */
  readonly silent: boolean;
  /** Null removes a file. */
  write(files: { readonly [id: string]: string | null }): void;
  /** At most one of the faults comes from outside. */
  command(call: Call, hearer: Hearer): Promise<number | "killed">;
  byHand(statements: readonly string[], leaves: HandWork["leaves"]): Promise<void>;
  /** Null ends what was opened. */
  opens(statements: readonly string[] | null): Promise<void>;
  copy(): Promise<void>;
  /** What must never be, and was; only a model notices by itself. */
  readonly violations: readonly string[];
  look(): Promise<Left>;
  journal(): Promise<readonly JournalRecord[]>;
  close(): Promise<void>;
}

/** What can't be played here after all, and why. */
export class CannotPlay extends Error {
  override readonly name = "CannotPlay";
}
