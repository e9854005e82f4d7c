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
import { Grounds } from "./grounds.ts";
import { destroyed, promisedAfter, promisedDown, withoutFound } from "./promise.ts";

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
  const grounds = new Grounds(
    base,
    readied.facts.some(({ changesRows }) => changesRows),
  );
  let next = await base.copy();
  let prepared: Prepared = readied;
  try {
    let whole = await run(next, trial, prepared);
    if (whole.stoppedBy === "precheck_failed" || whole.stoppedBy === "postcheck_failed") {
      notes.push(`Without the rows of the database: ${whole.message ?? "a check does not hold."}`);
      await next.close();
      next = await base.copy();
      prepared = withChecks(readied, []);
      whole = await run(next, trial, prepared);
    }
    const reached = whole.applied ? readied.plan.steps.length : (whole.failedStep ?? 0);
    const rollbacks: TriedRollback[] = [];
    for (const after of placesUpTo(reached, notes)) {
      // The signal is heard between two trials; what was found so far counts for nothing then.
      if (isStopped(trial.shop)) break;
      rollbacks.push(await tryRollback(after, trial, grounds));
    }
    const up = { works: whole.applied, message: whole.applied ? null : (whole.message ?? "it does not run") };
    const reverted = whole.applied && !isStopped(trial.shop) ? await tryDown(prepared, trial, grounds, notes) : null;
    if (!whole.applied) await next.close();
    return { tried: { up, rollbacks, down: reverted, notes }, next: whole.applied ? next : null };
  } catch (error) {
    await next.close();
    throw error;
  } finally {
    await grounds.close();
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
async function tryRollback(after: number, trial: Trial, grounds: Grounds): Promise<TriedRollback> {
  const { readied, shop } = trial;
  const promised = promisedAfter(after, readied);
  if (promised.by === null) return { after, by: null, verdict: "none", message: promised.why };
  const { by } = promised;
  return grounds.on<TriedRollback>(async (scratch) => {
    const was = await lookAt(shop, scratch);
    const { last, lastStep, message } = await run(scratch, trial, firstSteps(readied, after, [...was.rows.keys()]));
    if (last === "no_rollback" && lastStep !== null)
      return { answer: { after, by: null, verdict: "none", message: withoutFound(lastStep) }, asBefore: false };
    // It has looked at what its steps name. They may have left something else.
    const found =
      last === "rollback_verified"
        ? compared(was, await lookAt(shop, scratch))
        : { verdict: "not_real" as const, message };
    return { answer: { after, by, ...found }, asBefore: found.verdict === "real" };
  });
}

async function tryDown(
  prepared: Prepared,
  trial: Trial,
  grounds: Grounds,
  notes: string[],
): Promise<TriedMigration["down"]> {
  const { readied, shop } = trial;
  const promised = promisedDown(readied);
  if (promised.by === null) return { by: null, verdict: "none", message: promised.why };
  const { by } = promised;
  const lossy = readied.plan.steps.findIndex((step) => step.lossy);
  if (lossy !== -1) notes.push(`down: ${destroyed(lossy)}.`);
  return grounds.on<TriedMigration["down"]>(async (scratch) => {
    const was = await lookAt(shop, scratch);
    await run(scratch, trial, prepared);
    const { exit, error } = await down(quiet(shop, scratch), { ...alone, confirm: async () => true });
    // Where an undo was looked for and none was found, nothing is promised any more.
    if (error?.code === "NOT_APPLICABLE" && readied.material.steps.some(({ later }) => later))
      return { answer: { by: null, verdict: "none", message: scratch.inWords(error.message) }, asBefore: false };
    const found =
      exit === 0
        ? compared(was, await lookAt(shop, scratch))
        : { verdict: "not_real" as const, message: error === null ? null : scratch.inWords(error.message) };
    return { answer: { by, ...found }, asBefore: false };
  });
}

interface Ran {
  readonly applied: boolean;
  /** Why it turned round, or never began. */
  readonly stoppedBy: Event["type"] | null;
  /** The step, from 0, that the engine refused. */
  readonly failedStep: number | null;
  /** The last that happened to it, and to which step, from 0. */
  readonly last: Event["type"] | null;
  readonly lastStep: number | null;
  readonly message: string | null;
}

async function run(scratch: Scratch, { shop, folder, file }: Trial, prepared: Prepared): Promise<Ran> {
  return withBench(quiet(shop, scratch), alone, async ({ run: loop }) => {
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
    const message = rest.message ?? (state.type === "failed" ? `it stopped because ${meaningOf(state.cause)}` : null);
    return {
      applied: state.type === "idle" && rest.path.at(-2) === "completing",
      stoppedBy: stop?.event ?? null,
      failedStep: records.find(({ event }) => event === "step_failed")?.step ?? null,
      last: records.at(-1)?.event ?? null,
      lastStep: records.at(-1)?.step ?? null,
      message: message === null ? null : scratch.inWords(message),
    };
  });
}

/** A session before this one may still be ending on the server, and a scratch database that is lost is not waited for. */
const alone = { waitMs: 60_000, reconnectMs: 0 };

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

/** All there is to compare: every object, and the rows of every table. */
interface Look {
  readonly objects: Picture;
  readonly rows: ReadonlyMap<string, string | null>;
}

/** In the same database before and after: the name of a database stands in what it shows of its views. */
async function lookAt(shop: Workshop, scratch: Scratch): Promise<Look> {
  return withBench(quiet(shop, scratch), alone, async ({ session }) => {
    const objects = await session.picture();
    const rows = new Map<string, string | null>();
    for (const name of objects.keys())
      if (name.startsWith("table:")) rows.set(name.slice(6), await session.rowsHash(name.slice(6)));
    return { objects, rows };
  });
}

function compared(was: Look, is: Look): Pick<TriedRollback, "verdict" | "message"> {
  const names = [...new Set([...was.objects.keys(), ...is.objects.keys()])];
  const whole = ({ objects }: Look): Picture => new Map(names.map((name) => [name, objects.get(name) ?? null]));
  const rows = [...is.rows].flatMap(([table, hash]) =>
    was.rows.has(table) && was.rows.get(table) !== hash ? [`rows of ${table}`] : [],
  );
  const differs = [...differences(whole(was), whole(is)), ...rows];
  return differs.length === 0
    ? { verdict: "real", message: null }
    : { verdict: "not_real", message: `not as before the migration: ${differs.join(", ")}` };
}
