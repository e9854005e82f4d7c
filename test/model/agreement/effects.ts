/** Which kind of effect each step of a generated migration has. */
import type { Job } from "@surefoot/model/explorer";
import type { Effect, ReadEffect } from "./ground.ts";

/** `opaque`: the engine promises nothing of its statement. */
export interface Kinds<S> {
  readonly index: (k: number, opaque: boolean) => ReadEffect<S>;
  /** Its undo has a stage half-way that can be seen. */
  readonly column: (k: number, opaque: boolean) => ReadEffect<S>;
  /** Its undo takes along what later steps have made on it. */
  readonly table: (k: number, opaque: boolean) => ReadEffect<S>;
  /** It has no undo of its own, and needs none. By hand it is made anew, because its table is. */
  readonly covered: (k: number, by: number) => ReadEffect<S>;
  readonly row: (k: number, opaque: boolean) => ReadEffect<S>;
  /** It finds what it would make. */
  readonly idle: (k: number) => ReadEffect<S>;
  /** Its undo brings the table back, and nothing its row. */
  readonly lost: (k: number, opaque: boolean) => ReadEffect<S>;
}

export function effectsOf<S>(job: Job, kinds: Kinds<S>): readonly ReadEffect<S>[] {
  return job.steps.map((_, step) => effectOf(job, step, kinds));
}

function effectOf<S>(job: Job, step: number, kinds: Kinds<S>): ReadEffect<S> {
  const { rows, preexisting, coveredBy } = job.steps[step]!;
  const { lossy, undo, class: promise } = job.plan.steps[step]!;
  const opaque = promise === "opaque";
  if (preexisting === true) return kinds.idle(step);
  if (rows === true) return kinds.row(step, opaque);
  if (lossy) return kinds.lost(step, opaque);
  if (coveredBy !== undefined) return kinds.covered(step, coveredBy);
  if (job.steps.some((other) => other.coveredBy === step)) return kinds.table(step, opaque);
  return undo?.length === 2 ? kinds.column(step, opaque) : kinds.index(step, opaque);
}

/** The job on the way up: the other one, if there is one, takes it back. */
export function upOf(jobs: readonly Job[]): Job {
  return jobs.find(({ direction }) => direction === "up")!;
}

/** The first table that stands, of those that the steps name. */
export function standingOf(effects: readonly Effect[]): string | null {
  return effects.map(({ stands }) => stands).find((table) => table !== null) ?? null;
}
