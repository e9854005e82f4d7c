/** What a runner tells while it works: the same objects that `--json` prints as lines. */
import type { TransitionRecord } from "@surefoot/model";

export type Progress =
  /** A move of the machine that is durable now. */
  | ({ readonly type: "transition" } & TransitionLine)
  | {
      readonly type: "step";
      readonly migration: string;
      /** Number of the step, from 0; on the way back by a `down` section, number of its statement. */
      readonly step: number;
      readonly of: number;
      readonly way: "up" | "undo";
      readonly status: "sent" | "done" | "taken_back" | "failed";
      readonly line: number;
      readonly sql: string;
      readonly message: string | null;
    }
  | {
      readonly type: "waiting";
      readonly for: "lease" | "database" | "orphan" | "statement";
      readonly holder: string;
      readonly message: string;
    }
  | { readonly type: "note"; readonly code: string; readonly message: string };

export interface TransitionLine {
  readonly seq: number;
  readonly run: string;
  readonly epoch: number;
  readonly migration: string;
  readonly direction: "up" | "down";
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly step: number | null;
  readonly at: string;
  readonly detail: object;
}

export function transitionLine(record: TransitionRecord): TransitionLine {
  const { seq, run, epoch, migration, direction, from, event, to, step, at, detail } = record;
  return { seq, run, epoch, migration, direction, from, event, to, step, at, detail };
}
