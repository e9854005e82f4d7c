/** Turns a migration file, or what the journal kept of it, into a plan for the machine and the texts beside it. */
import type { Plan, PlannedStep, RecoveryPolicy, TransactionMode } from "@surefoot/model";
import type { Check, MigrationFile, SourceStatement, Timeouts } from "./files/migration.ts";
import { toRead } from "./files/migration.ts";
import type { Material, MaterialCheck, MaterialStep, Prepared } from "./material.ts";
import { noMaterial } from "./material.ts";
import type { Reader, StatementFacts } from "./port.ts";
import type { Deriver } from "./undo/derivation.ts";
import { keptWayBack, wayBack } from "./undo/way-back.ts";

/** A migration as `plan` shows it and `up` runs it. */
export interface Readied extends Prepared {
  readonly facts: readonly StatementFacts[];
  /** For each step that has no undo, why. */
  readonly noUndo: readonly (string | null)[];
  /** Statements that may not run here, with their place and the reason. */
  readonly refused: readonly string[];
}

/** What is asked of a database before a migration begins. */
export type Judge = Pick<Reader, "capabilities" | "classify" | "deriver">;

export interface Defaults {
  readonly transaction: TransactionMode | undefined;
  readonly recovery: RecoveryPolicy | undefined;
}

/**
 * `from`: what the journal has of a migration that has begun or is applied, because the schema is not as before it any
 * more; or a deriver that has followed those before it.
 */
export async function readyUp(
  file: MigrationFile,
  reader: Judge,
  defaults: Defaults,
  from: { readonly kept: Material } | { readonly deriver: Deriver } | null = null,
): Promise<Readied> {
  const mode = file.options.transaction ?? defaults.transaction ?? reader.capabilities.transactionDefault;
  const facts = await reader.classify(file.up.map(toRead), mode);
  const known = { up: file.up, facts, down: file.down?.statements ?? [], mode };
  const backs =
    from !== null && "kept" in from
      ? await keptWayBack(known, from.kept, reader)
      : await wayBack(known, reader, from?.deriver ?? null);
  const steps: PlannedStep[] = [];
  const texts: MaterialStep[] = [];
  for (const [index, step] of file.up.entries()) {
    const back = backs[index];
    const fact = facts[index];
    steps.push({
      class: fact?.class ?? "opaque",
      lossy: fact?.lossy ?? true,
      undo: back?.facts?.map(({ class: promise }) => ({ class: promise })) ?? null,
    });
    texts.push({
      sql: step.sql,
      count: step.count,
      line: step.line,
      undo: back?.undo ?? null,
      later: back?.later ?? false,
      probe: step.probe?.sql ?? null,
      objects: fact?.objects ?? [],
      changesRows: fact?.changesRows ?? true,
      keepsRows: fact?.keepsRows ?? false,
      makes: fact?.makes ?? null,
      session: fact?.kind === "session",
      notCovered: fact?.notCovered ?? null,
      timeouts: { ...fileTimeouts(file), ...step.timeouts },
    });
  }
  const down = file.down === null ? null : sqls(file.down.statements);
  const downFacts = down === null ? null : await reader.classify(down, mode);
  const plan: Plan = {
    transaction: mode,
    recovery: file.options.recovery ?? defaults.recovery ?? "rollback",
    steps,
    down: downFacts?.map(({ class: promise }) => ({ class: promise })) ?? null,
  };
  const material: Material = {
    steps: texts,
    down,
    downTransaction: file.down?.transaction ?? null,
    pre: file.pre.map(materialCheck),
    post: file.post.map(materialCheck),
    data: file.options.data ?? [],
    timeouts: fileTimeouts(file),
  };
  const refused = facts.flatMap(({ refused: why }, index) => {
    const step = file.up[index];
    return why === null || step === undefined ? [] : [`${file.path}:${step.line}: ${firstWords(step.sql)}: ${why}`];
  });
  const noUndo = backs.map(({ why }) => why);
  return { plan, material, facts, noUndo, refused: [...refused, ...refusedUnderResume(file, plan, facts)] };
}

/** Going on after a restart needs the session as it was, and what a session holds can't always be brought back. */
function refusedUnderResume(file: MigrationFile, plan: Plan, facts: readonly StatementFacts[]): readonly string[] {
  if (plan.recovery !== "resume" || plan.transaction === "migration") return [];
  return facts.flatMap(({ kind }, index) => {
    const step = file.up[index];
    return kind !== "session" || step === undefined
      ? []
      : [
          `${file.path}:${step.line}: ${firstWords(step.sql)}: it changes only the session, which a restart does not have, ` +
            "so this migration can't be resumed; take out recovery=resume",
        ];
  });
}

/**
 * Reverting is a migration of its own: the `down` section as it stands, or the undos of the steps in reverse. Its steps
 * have undos of their own where the step that they take back can simply be run again.
 */
export async function readyDown(
  applied: { readonly material: Material; readonly unchanged: ReadonlySet<number>; readonly plan: Plan },
  reader: Judge,
): Promise<Readied & { readonly undoMissing: readonly number[] }> {
  const { material, unchanged } = applied;
  const mode = material.downTransaction ?? applied.plan.transaction;
  const undoMissing: number[] = [];
  const statements: { sql: string; again: string | null }[] = [];
  if (material.down !== null) {
    for (const sql of material.down) statements.push({ sql, again: null });
  } else {
    for (let index = material.steps.length - 1; index >= 0; index--) {
      const step = material.steps[index];
      if (step === undefined || unchanged.has(index)) continue;
      if (step.undo === null) undoMissing.push(index);
      const undo = step.undo?.statements ?? [];
      for (const sql of undo) statements.push({ sql, again: undo.length === 1 && step.count === 1 ? step.sql : null });
    }
  }
  const facts = await reader.classify(
    statements.map(({ sql }) => sql),
    mode,
  );
  const steps: PlannedStep[] = [];
  const texts: MaterialStep[] = [];
  for (const [index, { sql, again }] of statements.entries()) {
    const fact = facts[index];
    const back = fact?.destroys === null ? again : null;
    const [backFacts] = back === null ? [undefined] : await reader.classify([back], mode);
    steps.push({
      class: fact?.class ?? "opaque",
      lossy: fact?.lossy ?? true,
      undo: backFacts === undefined ? null : [{ class: backFacts.class }],
    });
    texts.push({
      sql,
      count: 1,
      line: 0,
      undo: back === null ? null : { from: "step", statements: [back], by: [] },
      later: false,
      probe: null,
      objects: fact?.objects ?? [],
      changesRows: fact?.changesRows ?? true,
      keepsRows: fact?.keepsRows ?? false,
      makes: fact?.makes ?? null,
      session: fact?.kind === "session",
      notCovered: fact?.notCovered ?? null,
      timeouts: material.timeouts,
    });
  }
  const refused = facts.flatMap(({ refused: why }, index) =>
    why === null ? [] : [`${firstWords(statements[index]?.sql ?? "")}: ${why}`],
  );
  return {
    plan: { transaction: mode, recovery: applied.plan.recovery, steps, down: null },
    material: { ...noMaterial, steps: texts, timeouts: material.timeouts },
    facts,
    noUndo: steps.map(() => null),
    refused,
    undoMissing,
  };
}

function fileTimeouts({ options: { timeoutMs, lockTimeoutMs } }: MigrationFile): Timeouts {
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
  };
}

function materialCheck({ name, expect, statement }: Check): MaterialCheck {
  return { name, expect, sql: statement.sql, line: statement.line };
}

function sqls(statements: readonly SourceStatement[]): readonly string[] {
  return statements.map(({ sql }) => sql);
}

function firstWords(sql: string): string {
  const line = sql.slice(0, 200).replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
