/**
 * Tries one migration on scratch databases, each with the schema as the migrations before it leave it: the whole, then a
 * failure after each step, then reverting it. It is the real loop that runs there, so what holds here was done, not reckoned.
 */
import type { Event, Picture } from "@surefoot/model";
import { differences } from "@surefoot/model";
import { down } from "../down.ts";
import { meaningOf } from "../explain.ts";
import type { MigrationFile } from "../files/migration.ts";
import type { Prepared } from "../material.ts";
import type { MigrationFolder } from "../pending.ts";
import type { Scratch } from "../port.ts";
import type { Readied } from "../prepare-migration.ts";
import type { TriedMigration, TriedRollback } from "../results.ts";
import { checksumDetail, isStopped } from "../up.ts";
import type { Workshop } from "../workshop.ts";
import { withBench } from "../workshop.ts";
import { destroyed, promisedAfter, promisedDown } from "./promise.ts";

/** Each place costs a run of everything up to it. */
const placeCountMax = 100;

export interface Trial {
  readonly shop: Workshop;
  readonly folder: MigrationFolder;
  readonly file: MigrationFile;
  readonly readied: Readied;
  /** As the migrations before it leave it; nothing is tried on this one itself. */
  readonly base: Scratch;
}

export interface TrialEnd {
  readonly tried: Pick<TriedMigration, "up" | "rollbacks" | "down" | "notes">;
  /** With the migration applied; null when it does not run. */
  readonly next: Scratch | null;
}

export async function tryMigration(trial: Trial): Promise<TrialEnd> {
  const { base, readied } = trial;
  const notes: string[] = [];
  let next = await base.copy();
  try {
    let whole = await run(next, trial, readied);
    if (whole.stoppedBy === "precheck_failed" || whole.stoppedBy === "postcheck_failed") {
      notes.push(`Without the rows of the database: ${whole.message ?? "a check does not hold."}`);
      await next.close();
      next = await base.copy();
      whole = await run(next, trial, withChecks(readied, []));
    }
    const reached = whole.applied ? readied.plan.steps.length : (whole.failedStep ?? 0);
    const rollbacks: TriedRollback[] = [];
    for (const after of placesUpTo(reached, notes)) {
      // The signal is heard between two trials; what was found so far counts for nothing then.
      if (isStopped(trial.shop)) break;
      rollbacks.push(await tryRollback(after, trial));
    }
    const up = { works: whole.applied, message: whole.applied ? null : (whole.message ?? "it does not run") };
    const reverted = whole.applied ? await tryDown(next, trial, notes) : null;
    if (!whole.applied) await next.close();
    return { tried: { up, rollbacks, down: reverted, notes }, next: whole.applied ? next : null };
  } catch (error) {
    await next.close();
    throw error;
  }
}

/** After which steps a failure is tried: all, or the first and the last ones where that would take for ever. */
function placesUpTo(count: number, notes: string[]): readonly number[] {
  const places = Array.from({ length: count }, (_, index) => index + 1);
  if (count <= placeCountMax) return places;
  const half = placeCountMax / 2;
  notes.push(`Of ${count} steps, failures after the first ${half} and the last ${half} were tried.`);
  return [...places.slice(0, half), ...places.slice(-half)];
}

/** Everything up to a step takes effect, and a check that never holds comes after it. */
async function tryRollback(after: number, trial: Trial): Promise<TriedRollback> {
  const { base, readied } = trial;
  const promised = promisedAfter(after, readied);
  if (promised.by === null) return { after, by: null, verdict: "none", message: promised.why };
  const scratch = await base.copy();
  try {
    const { last, message } = await run(scratch, trial, firstSteps(readied, after, await tablesIn(scratch)));
    const real = last === "rollback_verified";
    return { after, by: promised.by, verdict: real ? "real" : "not_real", message: real ? null : message };
  } finally {
    await scratch.close();
  }
}

async function tryDown(applied: Scratch, trial: Trial, notes: string[]): Promise<TriedMigration["down"]> {
  const { base, readied, shop } = trial;
  const promised = promisedDown(readied);
  if (promised.by === null) return { by: null, verdict: "none", message: promised.why };
  const lossy = readied.plan.steps.findIndex((step) => step.lossy);
  if (lossy !== -1) notes.push(`down: ${destroyed(lossy)}.`);
  const scratch = await applied.copy();
  try {
    const result = await down(quiet(shop, scratch), { confirm: async () => true });
    if (result.exit !== 0) return { by: promised.by, verdict: "not_real", message: result.error?.message ?? null };
    const differs = await differing(shop, base, scratch);
    const message = differs.length === 0 ? null : `not as before the migration: ${differs.join(", ")}`;
    return { by: promised.by, verdict: message === null ? "real" : "not_real", message };
  } finally {
    await scratch.close();
  }
}

interface Ran {
  readonly applied: boolean;
  /** Why it turned round, or never began. */
  readonly stoppedBy: Event["type"] | null;
  /** The step, from 0, that the engine refused. */
  readonly failedStep: number | null;
  /** The last that happened to it. */
  readonly last: Event["type"] | null;
  readonly message: string | null;
}

async function run(scratch: Scratch, { shop, folder, file }: Trial, prepared: Prepared): Promise<Ran> {
  return withBench(quiet(shop, scratch), {}, async ({ run: loop }) => {
    const rest = await loop.feed(
      { type: "start", migration: file.id, direction: "up" },
      {},
      {
        prepare: async () => ({
          reply: { type: "preparation", missing: [], newer: [], dependents: [], undoMissing: [] },
          prepared,
          facts: { checksums: checksumDetail(file, folder) },
          refused: [],
          violations: [],
        }),
      },
    );
    const { state, currentRecords: records } = loop;
    const stop = records.find(({ from, to }) => (to === "rolling_back" || to === "failed") && from !== to);
    return {
      applied: state.type === "idle" && rest.path.at(-2) === "completing",
      stoppedBy: stop?.event ?? null,
      failedStep: records.find(({ event }) => event === "step_failed")?.step ?? null,
      last: records.at(-1)?.event ?? null,
      message: rest.message ?? (state.type === "failed" ? `it stopped because ${meaningOf(state.cause)}` : null),
    };
  });
}

/** Nobody wants to hear what happens on a scratch database. */
function quiet(shop: Workshop, { database }: Scratch): Workshop {
  return { ...shop, database, onEvent: undefined };
}

function withChecks({ plan, material }: Readied, post: Prepared["material"]["post"]): Prepared {
  return { plan, material: { ...material, pre: [], post } };
}

/** So many steps of a migration, and a check that never holds; all of them have their way back, fewer only their undos. */
function firstSteps(readied: Readied, count: number, tables: readonly string[]): Prepared {
  const failing = { name: "tried by verify", expect: "true", sql: "SELECT 0", line: 0 } as const;
  const { plan, material } = withChecks(readied, [failing]);
  const all = count === plan.steps.length;
  return {
    // Another policy would only put the rollback off.
    plan: { ...plan, recovery: "rollback", steps: plan.steps.slice(0, count), down: all ? plan.down : null },
    material: { ...material, steps: material.steps.slice(0, count), down: all ? material.down : null, data: tables },
  };
}

async function pictureOf(scratch: Scratch): Promise<Picture> {
  const reader = await scratch.database.read();
  try {
    return await reader.picture();
  } finally {
    await reader.close();
  }
}

async function tablesIn(scratch: Scratch): Promise<readonly string[]> {
  return [...(await pictureOf(scratch)).keys()].flatMap((name) => (name.startsWith("table:") ? [name.slice(6)] : []));
}

/** Objects and tables whose rows differ. */
async function differing(shop: Workshop, before: Scratch, after: Scratch): Promise<readonly string[]> {
  const [was, is] = [await pictureOf(before), await pictureOf(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const whole = (picture: Picture): Picture => new Map(names.map((name) => [name, picture.get(name) ?? null]));
  const differs = [...differences(whole(was), whole(is))];
  const rows = await rowsOf(shop, before);
  for (const [table, hash] of await rowsOf(shop, after))
    if (rows.has(table) && rows.get(table) !== hash) differs.push(`rows of ${table}`);
  return differs;
}

async function rowsOf(shop: Workshop, scratch: Scratch): Promise<ReadonlyMap<string, string | null>> {
  return withBench(quiet(shop, scratch), {}, async ({ session }) => {
    const hashes = new Map<string, string | null>();
    for (const table of await tablesIn(scratch)) hashes.set(table, await session.rowsHash(table));
    return hashes;
  });
}
