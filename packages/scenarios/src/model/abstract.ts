/** What the world is told of a migration: the plan that the runner would make of its file, and what is true of its steps. */
import type { Plan, VariantName } from "@surefoot/model";
import type { Configuration, Job, StepFacts, World } from "@surefoot/model/explorer";
import { atomicDdl, cell, emptyWorld, transactional } from "@surefoot/model/explorer";
import type { Judge, Material, MigrationFile, Readied } from "surefoot/parts";
import { noMaterial, readyDown, readyUp, unreachedServer } from "surefoot/parts";
import type { Engine } from "../scenario.ts";
import type { Shadow } from "./shadow.ts";

/** Which statements change a cell, by what was and will be in it. */
interface Texts {
  readonly statements: (at: number, from: number, to: number) => readonly string[];
}

export interface Abstract {
  readonly migration: string;
  readonly job: Job;
  /** In the engine's words, and in SQLite's. */
  readonly own: Texts;
  readonly plain: Texts;
  readonly ownMaterial: Material;
  readonly plainMaterial: Material;
  /** What is different in the world before it begins; null: nothing. */
  readonly begin: Partial<World> | null;
  readonly isRefused: boolean;
  readonly undoMissing: boolean;
  readonly destroys: boolean;
}

/** Where the statements are judged. */
interface Setting {
  readonly engine: Engine;
  readonly shadow: Shadow;
  readonly executed: readonly string[];
}

const asTheFileSays = { transaction: undefined, recovery: undefined } as const;

async function judged<T>({ engine, shadow, executed }: Setting, act: (judge: Judge) => Promise<T>): Promise<T> {
  return engine === "sqlite" ? shadow.judge(act) : act(unreachedServer(engine, executed));
}

/** @throws Error when the words of the engines are not the same steps */
export async function abstractUp(file: MigrationFile, plainFile: MigrationFile, setting: Setting): Promise<Abstract> {
  const own = await judged(setting, (judge) => readyUp(file, judge, asTheFileSays));
  const plain = await setting.shadow.judge((judge) => readyUp(plainFile, judge, asTheFileSays));
  return upFrom(file.id, own, plain, await preexistingOf(plain, setting.shadow));
}

/** The same migration once its undos have been corrected in the file. */
export async function correctedUp(
  before: Abstract,
  kept: Plan,
  file: MigrationFile,
  plainFile: MigrationFile,
  setting: Setting,
): Promise<Abstract> {
  const defaults = { transaction: kept.transaction, recovery: kept.recovery };
  const own = await judged(setting, (judge) => readyUp(file, judge, defaults, { kept: before.ownMaterial }));
  const plain = await setting.shadow.judge((judge) =>
    readyUp(plainFile, judge, defaults, { kept: before.plainMaterial }),
  );
  const made = upFrom(
    file.id,
    own,
    plain,
    before.job.steps.map(({ preexisting }) => preexisting === true),
  );
  const corrected: Plan = {
    ...kept,
    steps: kept.steps.map((step, at) => ({ ...step, undo: own.plan.steps[at]?.undo ?? null })),
  };
  return { ...made, job: { ...before.job, plan: kept, corrected } };
}

function upFrom(migration: string, own: Readied, plain: Readied, preexisting: readonly boolean[]): Abstract {
  if (own.plan.steps.length !== plain.plan.steps.length)
    throw new Error(`${migration} has other steps in SQLite's words, so that the model can't show what it leaves.`);
  const steps = own.material.steps.map((step, at): StepFacts => {
    const [coveredBy] = step.undo?.from === "covered" ? step.undo.by : [];
    return {
      rows: step.changesRows,
      preexisting: preexisting[at] ?? false,
      probe: step.probe !== null,
      ...(coveredBy === undefined ? {} : { coveredBy }),
    };
  });
  return {
    migration,
    job: {
      migration,
      direction: "up",
      plan: own.plan,
      steps,
      cells: steps.map((_, at) => at),
      needs: [],
      dependents: [],
    },
    own: textsOf(own.material),
    plain: textsOf(plain.material),
    ownMaterial: own.material,
    plainMaterial: plain.material,
    begin: null,
    isRefused: own.refused.length > 0,
    undoMissing: false,
    destroys: false,
  };
}

/** Reverting: the undos in reverse, or the `down` section. */
export async function abstractDown(file: MigrationFile, plainFile: MigrationFile, setting: Setting): Promise<Abstract> {
  const downOf = (from: MigrationFile) => async (judge: Judge) => {
    const { plan, material } = await readyUp(from, judge, asTheFileSays, { kept: noMaterial });
    return readyDown({ material, plan, unchanged: new Set() }, judge);
  };
  const own = await judged(setting, downOf(file));
  const plain = await setting.shadow.judge(downOf(plainFile));
  const made = upFrom(file.id, own, plain, []);
  const cells = emptyWorld(1).cells;
  for (const at of made.job.cells) cells[at] = cell.after;
  const forwards = (texts: Texts): Texts => ({ statements: (at, from, to) => texts.statements(at, to, from) });
  return {
    ...made,
    job: { ...made.job, direction: "down" },
    own: forwards(made.own),
    plain: forwards(made.plain),
    begin: { cells, applied: 1 },
    undoMissing: own.undoMissing.length > 0,
    destroys: own.facts.some(({ destroys }) => destroys !== null),
  };
}

function textsOf({ steps, down }: Material): Texts {
  return {
    statements: (at, from, to) => {
      const { sql, undo } = steps[at]!;
      const undos = undo?.statements ?? [];
      if (to === cell.after) return [sql];
      if (to === cell.half_undone) return undos.slice(0, 1);
      if (to === cell.partial)
        throw new Error("What a statement leaves that did only a part can't be shown in the model.");
      // A `down` section takes the steps back in its own words, in the same order.
      const section = down?.[steps.length - 1 - at];
      return from === cell.half_undone ? undos.slice(1) : undo === null && section !== undefined ? [section] : undos;
    },
  };
}

/** What a step would make is there, and it says that this is no error. */
async function preexistingOf(plain: Readied, shadow: Shadow): Promise<readonly boolean[]> {
  const { tables } = shadow.look();
  return plain.material.steps.map(({ sql, objects }) => {
    if (!/\bIF NOT EXISTS\b/i.test(sql)) return false;
    return objects.length > 0 && objects.every((name) => Object.hasOwn(tables, name.replace(/^\w+:/, "")));
  });
}

/** A world with this one migration in it. `missing`: what it depends on and nobody has applied. */
export function configurationOf(
  { job }: Abstract,
  missing: readonly string[],
  engine: Engine,
  variant: VariantName,
): Configuration {
  const [arrives = null] = missing;
  return {
    name: job.migration,
    profile: engine === "sqlite" ? transactional : atomicDdl,
    variant,
    runners: 2,
    jobs: [{ ...job, needs: arrives === null ? [] : [arrives] }],
    appliedFirst: [],
    arrives,
    operator: true,
    drift: true,
    eager: false,
  };
}
