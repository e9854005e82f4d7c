/** What an engine is to agreement: how a generated migration looks on it, how it is looked at, and how each fault is brought about. */
import type { StoredRow } from "@surefoot/model";
import type { SetLimits, Step } from "@surefoot/model/arbitraries";
import type { ActionName, Commit, Configuration } from "@surefoot/model/explorer";
import type { Database } from "../../../packages/runner/src/port.ts";
import type { Directive, Stage } from "./stage.ts";

/** Values of a cell, as the world has them. */
export const cell = { before: 0, after: 1, partial: 2, half_undone: 3 } as const;

/** What a step does, as texts. */
export interface Effect {
  readonly up: string;
  /** Its undo, in one statement and in two. */
  readonly undo: readonly [one: readonly string[], two: readonly string[]];
  /** A query that tells whether it took effect. */
  readonly probe: string | null;
  /** What there is before any migration. */
  readonly setUp: readonly string[];
  /** Does a part of `up`, where the engine can leave one. */
  readonly part: string | null;
  /** Makes a stage true by hand. `now`: the cell as it is. */
  readonly make: (stage: 0 | 1, now: number) => readonly string[];
  /** A table that the step names, and that can be changed without getting in its way; null: none. */
  readonly stands: string | null;
}

/** `S`: the schema and the rows, as the engine shows them. */
export interface ReadEffect<S> extends Effect {
  /** The cell's value. */
  readonly read: (seen: S) => number;
}

interface Driven {
  readonly driven: string;
}
interface Impossible {
  readonly impossible: string;
}
type Way = Driven | Impossible;

/** How everything that the world can do is brought about on an engine, or why it can't happen there. */
export interface Ways {
  readonly actions: { readonly [N in ActionName]: Way };
  /** How each end of a commit is brought about. */
  readonly commits: { readonly [C in Exclude<Commit, "">]: Way };
  /** Moves of the table, rows of the doubt table and others that no stream has there, and why. */
  readonly never: { readonly [name: string]: string };
  /** What the streams keep away from. */
  readonly limits: readonly string[];
}

/** One database for one stream. */
export interface Grounds {
  readonly effects: readonly Effect[];
  database(): Database;
  /** What there is of each step, as somebody else sees it. */
  cells(): Promise<readonly number[]>;
  exec(statements: readonly string[]): Promise<void>;
  has(table: string): Promise<boolean>;
  isEmpty(table: string): Promise<boolean>;
  /** Rows of the journal from the record after this one on. */
  journalAfter(seq: number): Promise<readonly StoredRow[]>;
  insertRecord(row: StoredRow): Promise<void>;
  /** Waits until nothing of a process that has ended is left. */
  settled(): Promise<void>;
  readonly faults: Faults;
  dispose(): Promise<void>;
}

/** Where a fault strikes: the step of the walk, and all that comes after it. */
export interface Strike {
  readonly stage: Stage;
  readonly step: Step;
  readonly later: readonly Step[];
  /** The statement of the step that the runner stands at, done in part. */
  readonly part: string | null;
  /** What still runs of this migration is waited for, not ended. */
  readonly resumes: boolean;
}

export interface Faults {
  /** The process dies where it stands. */
  crash(strike: Strike): Promise<void>;
  /** A process has got the lease. */
  leaseTaken(): Promise<void>;
  /** What else can happen to a session, or to a statement that was left behind. */
  strike(strike: Strike): Promise<void>;
  /** In place of a statement that is to fail. */
  failing(sql: string, name: ActionName, part: string | null): Directive;
  /** The answer to the COMMIT is lost, after it took effect or before. */
  unheard(stage: Stage, written: boolean): Directive;
  /** The COMMIT is refused, and the transaction stays open. */
  commitRefused(stage: Stage): Directive;
}

export interface Ground {
  readonly name: string;
  readonly sets: Omit<SetLimits, "without" | "stepCountMax">;
  /** How many choices a stream has at most. */
  readonly choiceCountMax: number;
  readonly ways: Ways;
  /** A table that drift can change without getting in the way of a step; null: there is none. */
  readonly standing: (configuration: Configuration) => string | null;
  open(configuration: Configuration): Promise<Grounds>;
}
