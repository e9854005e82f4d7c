/** What an operator does when something failed: recover, go on with the rollback, or say that it was done by hand. */
import type { Detail, Plan } from "@surefoot/model";
import { differences, impliedPicture, isSink, planDetail, remaining, rowsLost, snapshotOf } from "@surefoot/model";
import { SurefootError } from "./error.ts";
import { meaningOf, nextCommands } from "./explain.ts";
import type { Material, Prepared } from "./material.ts";
import { isSameStep, materialDetail, noMaterial } from "./material.ts";
import type { MigrationFolder } from "./pending.ts";
import { readyUp } from "./prepare-migration.ts";
import type { RestResult } from "./results.ts";
import type { Context, Rest } from "./run.ts";
import { checksumDetail } from "./up.ts";
import { rowsTouched } from "./verified.ts";
import type { Bench, Workshop, WriteOptions } from "./workshop.ts";
import { answering, base, folderOf, operatorNeeded, recover, remainingOf, stopped, withBench } from "./workshop.ts";

export interface RetryRollbackOptions extends WriteOptions {
  readonly allowDataLoss?: boolean;
  /** The operator's word on a step in doubt, by number of the step, from 1. */
  readonly decide?: ReadonlyMap<number, "applied" | "not_applied">;
}

export interface ResolveOptions extends WriteOptions {
  readonly claim: "applied" | "reverted";
  readonly force?: boolean;
  readonly reason?: string;
}

const empty: Omit<RestResult, "type" | "command" | "exit" | "state" | "error" | "next"> = {
  migration: null,
  outcome: "failed",
  verified: null,
  remaining: [],
  looked: [],
};

/** Only brings an interrupted migration to rest. */
export async function bringToRest(shop: Workshop, options: WriteOptions, command = "recover"): Promise<RestResult> {
  return answering<RestResult>(
    command,
    () => withBench(shop, options, (bench) => recoverOnly(bench, command)),
    empty,
  ).then(busy);
}

async function recoverOnly(bench: Bench, command: string, context: Context = {}): Promise<RestResult> {
  const before = migrationOf(bench);
  const rest = await recover(bench, context);
  return restResult(command, bench, rest, before);
}

function restResult(command: string, bench: Bench, rest: Rest | null, migration: string | null): RestResult {
  const { run } = bench;
  const { state } = run;
  const unclean = state.type === "failed" && state.wayBack !== null;
  const error = unclean ? operatorNeeded(run) : rest === null ? null : stopped(run, rest);
  const last = run.currentRecords.at(-1)?.event;
  const outcome: RestResult["outcome"] = unclean
    ? "failed"
    : rest === null
      ? "nothing"
      : last === "recorded"
        ? "applied"
        : last === "rollback_verified"
          ? "rolled_back"
          : "rest";
  return {
    ...base(command, run, unclean ? 4 : 0, error),
    ...empty,
    migration: migration ?? migrationOf(bench),
    outcome,
    verified: rest?.verified ?? null,
    remaining: remainingOf(run),
  };
}

/** Goes on undoing, with undos corrected in the file, or with a doubt answered. */
export async function retryRollback(shop: Workshop, options: RetryRollbackOptions): Promise<RestResult> {
  const command = "retry-rollback";
  return answering<RestResult>(
    command,
    () =>
      withBench(shop, options, async (bench) => {
        const { run } = bench;
        const { state } = run;
        if (isSink(state.type) && (state.type !== "failed" || state.wayBack === null))
          throw notApplicable(
            state.type === "idle" ? "Nothing is under way" : "Nothing of the failed migration was executed",
            bench,
          );
        const context = { decisions: decisionsOf(options, run), allowDataLoss: options.allowDataLoss ?? false };
        if (state.type !== "failed") return recoverOnly(bench, command, context);
        const { migration } = state;
        const corrected = await correctUndos(shop, bench, migration, state.direction, context.decisions);
        run.correct(corrected);
        const rest = await run.feed(
          { type: "retry_rollback" },
          {
            plan: planDetail(corrected.plan),
            texts: materialDetail(corrected.material, corrected.plan.recovery === "resume"),
          },
          context,
        );
        return restResult(command, bench, rest, migration);
      }),
    empty,
  ).then(busy);
}

/**
 * The operator's word, by the machine's numbers.
 * @throws SurefootError USAGE for a step that is not in doubt; nothing is recorded then
 */
function decisionsOf(
  { decide }: RetryRollbackOptions,
  run: Bench["run"],
): ReadonlyMap<number, "applied" | "not_applied"> {
  const doubtful = remainingOf(run).filter(({ inDoubt }) => inDoubt);
  for (const number of decide?.keys() ?? []) {
    if (doubtful.some((step) => step.number === number)) continue;
    const [step] = doubtful;
    const which = step === undefined ? "No step is in doubt." : `In doubt is step ${step.number}: ${step.sql}`;
    const next = nextCommands({ state: run.state, owner: null });
    throw new SurefootError(
      "USAGE",
      `Step ${number} is not in doubt, so there is nothing to decide about it. ${which}`,
      {
        next,
      },
    );
  }
  return new Map([...(decide ?? [])].map(([number, word]) => [number - 1, word]));
}

/** The undos as the file has them now, for steps whose statement is still the one that ran. */
async function correctUndos(
  shop: Workshop,
  bench: Bench,
  migration: string,
  direction: "up" | "down",
  decisions: ReadonlyMap<number, "applied" | "not_applied">,
): Promise<Prepared> {
  const { run, session } = bench;
  const kept: Prepared = { plan: run.currentPlan, material: run.currentMaterial };
  if (direction === "down") return kept;
  const folder = folderOf(shop);
  if (!folder.has(migration)) return kept;
  const { state } = run;
  const { transaction, recovery } = kept.plan;
  const fresh = await readyUp(folder.file(migration), session, { transaction, recovery }, { kept: kept.material });
  const wayBack = state.type === "failed" ? state.wayBack : null;
  const doubted = wayBack?.doubt === "up" ? wayBack.reached : null;
  // What did not take effect is the step that failed, and so the one that is corrected first.
  const left = (wayBack === null ? [] : remaining(kept.plan, wayBack)).filter(
    (step) => step !== doubted || decisions.get(step) !== "not_applied",
  );
  if (wayBack?.route === "down")
    return { plan: correctedDown(kept, fresh).plan, material: correctedDown(kept, fresh).material };
  const changed = left.find((step) => {
    const [one, other] = [fresh.material.steps[step], kept.material.steps[step]];
    return one === undefined || other === undefined || !isSameStep(one, other);
  });
  if (changed !== undefined)
    throw new SurefootError(
      "NOT_APPLICABLE",
      `${folder.file(migration).path}: step ${changed + 1} ${changed === doubted ? "may be" : "is"} in the database as ` +
        `«${kept.material.steps[changed]?.sql ?? ""}», and the file says something else now. Put the step back as it was and ` +
        `correct only its undo${changed === doubted ? `, or say that it did not take effect: --decide ${changed + 1}=not-applied` : ""}.`,
      { next: nextCommands({ state, owner: null }) },
    );
  const doubtful = wayBack?.doubt === "undo" ? wayBack : null;
  if (doubtful !== null && fresh.plan.steps[doubtful.left - 1]?.undo?.[doubtful.part] === undefined)
    throw new SurefootError(
      "NOT_APPLICABLE",
      `${folder.file(migration).path}: statement ${doubtful.part + 1} of the undo of step ${doubtful.left} is in doubt, and the file ` +
        "has none there any more. Keep one in its place, so that it can be decided whether it took effect.",
      { next: nextCommands({ state, owner: null }) },
    );
  const undoOf = (step: number) => (left.includes(step) ? fresh : kept);
  return {
    plan: {
      ...kept.plan,
      steps: kept.plan.steps.map((step, at) => ({ ...step, undo: undoOf(at).plan.steps[at]?.undo ?? null })),
    },
    material: {
      ...kept.material,
      steps: kept.material.steps.map((step, at) => ({ ...step, undo: undoOf(at).material.steps[at]?.undo ?? null })),
    },
  };
}

/** A `down` section that was corrected: the statements that have run must be as they were, and their number too. */
function correctedDown(kept: Prepared, fresh: { readonly plan: Plan; readonly material: Material }): Prepared {
  if (fresh.material.down === null || fresh.material.down.length !== kept.material.down?.length) return kept;
  return {
    plan: { ...kept.plan, down: fresh.plan.down },
    material: { ...kept.material, down: fresh.material.down },
  };
}

/** The operator did it by hand. The claim is held against the database before it is believed. */
export async function resolve(shop: Workshop, options: ResolveOptions): Promise<RestResult> {
  const command = "resolve";
  if (options.force === true && (options.reason ?? "").trim() === "")
    return answering<RestResult>(
      command,
      () =>
        Promise.reject(
          new SurefootError("USAGE", "--force needs --reason TEXT: the journal keeps it for whoever reads it later."),
        ),
      empty,
    );
  return answering<RestResult>(
    command,
    () =>
      withBench(shop, options, async (bench) => {
        const { run } = bench;
        if (!isSink(run.state.type)) await run.halt();
        const { state } = run;
        if (state.type !== "failed") throw notApplicable("Nothing is under way", bench);
        const folder = tryFolder(shop);
        const judged = options.claim === "applied" ? await judgeApplied(bench, folder) : await judgeReverted(bench);
        const forced = !judged.shown;
        if (forced && options.force !== true) {
          return {
            ...base(command, run, 4, {
              code: "CLAIM_REFUSED",
              message:
                `${state.migration} was not recorded as ${options.claim}: ${judged.why} ` +
                `If you know better, say why: surefoot resolve --${options.claim} --force --reason TEXT.`,
            }),
            ...empty,
            migration: state.migration,
            remaining: remainingOf(run),
            looked: judged.looked,
          };
        }
        const detail: Detail = {
          looked: judged.looked,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
        };
        const file = folder?.has(state.migration) === true ? folder.file(state.migration) : null;
        const rest = await run.feed(
          options.claim === "applied" ? { type: "resolve_applied", forced } : { type: "resolve_reverted", forced },
          detail,
          file === null || folder === null ? {} : { checksums: checksumDetail(file, folder) },
        );
        const outcome = options.claim === "applied" ? "applied" : "rolled_back";
        return {
          ...restResult(command, bench, rest, state.migration),
          outcome,
          verified:
            forced || options.claim === "applied" ? null : { schema: "equal", data: judged.data ?? "untouched" },
          looked: judged.looked,
        };
      }),
    empty,
  ).then(busy);
}

interface Judged {
  readonly shown: boolean;
  /** For `--reverted`: rows of tables that the migration made are gone with them; others were never touched. */
  readonly data?: "untouched" | "undone_not_compared";
  readonly why: string;
  /** What was looked at, and what it said. */
  readonly looked: readonly string[];
}

/** Post-checks decide; without any, every step's effect must show in the schema. */
async function judgeApplied({ run, session }: Bench, folder: MigrationFolder | null): Promise<Judged> {
  const { state } = run;
  if (state.type !== "failed") throw new Error("Only a failed migration can be resolved.");
  const kept = { plan: run.currentPlan, material: run.currentMaterial };
  const { plan, material } = await preparedToJudge(kept, state.migration, state.direction, folder, session);
  const looked: string[] = [];
  const wrong: string[] = [];
  for (const { name, sql, expect } of material.post) {
    const answer = await session.check(sql, expect);
    const said = answer.type === "passed" ? "holds" : answer.type === "false" ? "does not hold" : answer.message;
    looked.push(`check “${name}”: ${said}`);
    if (answer.type !== "passed") wrong.push(`the check “${name}” ${said}`);
  }
  if (material.post.length > 0) return judgement(wrong, looked);
  const implied = impliedPicture(run.currentRecords);
  const now = await session.picture();
  const inEffect = new Set(state.wayBack === null ? [] : remaining(run.currentPlan, state.wayBack));
  const reversible = reversibleSteps(plan, material);
  const left = new Set((await session.isAsLeft(reversible)) ? reversible.map(({ index }) => index) : []);
  for (const [index, { sql, objects, changesRows, session: onlySession }] of material.steps.entries()) {
    const asLeft =
      inEffect.has(index) &&
      !changesRows &&
      objects.length > 0 &&
      objects.every((name) => (implied.get(name) ?? null) === (now.get(name) ?? null));
    const quiet = onlySession || (!changesRows && objects.length === 0);
    const shown = quiet || asLeft || left.has(index) || (!changesRows && (await session.shows(sql)));
    looked.push(
      `step ${index + 1}: ${quiet ? "it has no effect that lasts" : shown ? "its effect is there" : changesRows ? "rows don't tell" : "its effect is not there"}`,
    );
    if (!shown)
      wrong.push(
        `step ${index + 1} (${sql.replace(/\s+/g, " ").slice(0, 60)}) ${changesRows ? "changes rows, and they don't tell whether it ran" : "does not show in the schema"}`,
      );
  }
  if (material.steps.length === 0) wrong.push("nothing is known of its steps");
  return judgement(wrong, looked);
}

/** Steps that only the schema must bear out. */
function reversibleSteps(
  plan: Plan,
  { steps }: Material,
): readonly { readonly index: number; readonly sql: string; readonly undo: readonly string[] }[] {
  return steps.flatMap(({ sql, undo, objects, changesRows }, index) => {
    if (undo === null || changesRows || objects.length === 0) return [];
    // What it destroys may be there again afterwards, and empty; the schema looks as if it had stayed.
    const later = new Set(steps.slice(index + 1).flatMap((step) => step.objects));
    if (plan.steps[index]?.lossy !== false && objects.some((name) => later.has(name))) return [];
    return [{ index, sql, undo: undo.statements }];
  });
}

async function preparedToJudge(
  kept: Prepared,
  migration: string,
  direction: "up" | "down",
  folder: MigrationFolder | null,
  session: Bench["session"],
): Promise<Prepared> {
  if (kept.material.steps.length > 0 || direction === "down" || folder?.has(migration) !== true) return kept;
  const defaults = { transaction: undefined, recovery: undefined };
  return readyUp(folder.file(migration), session, defaults, { kept: noMaterial });
}

/** As before: every object that a step names has its old fingerprint, and no row effect can be left. */
async function judgeReverted({ run, session }: Bench): Promise<Judged> {
  const { state } = run;
  if (state.type !== "failed") throw new Error("Only a failed migration can be resolved.");
  if (state.wayBack === null) return judgement([], ["nothing of it was executed"]);
  const snapshot = snapshotOf(run.currentRecords);
  const now = await session.picture();
  const names = new Set(run.currentMaterial.steps.flatMap(({ objects }) => objects));
  for (const name of impliedPicture(run.currentRecords).keys())
    if ((impliedPicture(run.currentRecords).get(name) ?? null) !== (snapshot.get(name) ?? null)) names.add(name);
  const ours = [...names];
  const differs = differences(
    new Map(ours.map((name) => [name, snapshot.get(name) ?? null])),
    new Map(ours.map((name) => [name, now.get(name) ?? null])),
  );
  const looked = ours.map((name) => `${name}: ${differs.includes(name) ? "not as before" : "as before"}`);
  const wrong = differs.map((name) => `${name} is not as before`);
  const dropped = new Set(
    run.currentMaterial.steps.flatMap(({ objects }) => objects).filter((name) => (snapshot.get(name) ?? null) === null),
  );
  for (const step of remaining(run.currentPlan, state.wayBack)) {
    const text = run.currentMaterial.steps[step];
    if (text?.changesRows !== true || text.objects.some((name) => dropped.has(name))) continue;
    looked.push(`step ${step + 1}: rows don't tell`);
    wrong.push(`step ${step + 1} changed rows, and they don't tell whether they are as before`);
  }
  if (rowsLost(run.currentPlan, state.wayBack)) wrong.push("rows that a step destroyed can't be seen to be back");
  const touched = rowsTouched(run.currentRecords, run.currentMaterial);
  return { ...judgement(wrong, looked), data: touched ? "undone_not_compared" : "untouched" };
}

function judgement(wrong: readonly string[], looked: readonly string[]): Judged {
  return { shown: wrong.length === 0, why: `${wrong.join("; ")}.`, looked };
}

function tryFolder(shop: Workshop): MigrationFolder | null {
  try {
    return folderOf(shop);
  } catch {
    // The journal's own text serves where the folder can't be read.
    return null;
  }
}

function notApplicable(what: string, { run }: Bench): SurefootError {
  const { state } = run;
  const why = state.type === "failed" ? ` (${meaningOf(state.cause)})` : "";
  const next = nextCommands({ state, owner: null });
  return new SurefootError(
    "NOT_APPLICABLE",
    `${what}${why}, so there is nothing to do here. Try: ${next.join(", ")}.`,
    { next },
  );
}

function migrationOf({ run }: Bench): string | null {
  return run.state.type === "idle" ? (run.currentRecords.at(-1)?.migration ?? null) : run.state.migration;
}

function busy(result: RestResult): RestResult {
  return result.error?.code === "LEASE_HELD" ? { ...result, outcome: "busy" } : result;
}
