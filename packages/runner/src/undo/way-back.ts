/** Chooses for each step how it is taken back: the first of given, matched, covered, derived, none. */
import type { TransactionMode } from "@surefoot/model";
import type { SourceStatement, SourceStep } from "../files/migration.ts";
import { toRead } from "../files/migration.ts";
import type { Material, MaterialStep } from "../material.ts";
import { isSameStep } from "../material.ts";
import type { Reader, StatementFacts } from "../port.ts";
import { MadeSoFar } from "./covered.ts";
import type { Derivation, Deriver } from "./derivation.ts";

/** What is asked of a database. */
type Judge = Pick<Reader, "classify" | "deriver">;

export interface StepBack {
  readonly undo: MaterialStep["undo"];
  /** What the statements of the undo are; null when there is none. */
  readonly facts: readonly StatementFacts[] | null;
  /** Why there is none. */
  readonly why: string | null;
  /** There is none yet: another look, just before the step runs, may find one. */
  readonly later: boolean;
}

/** The steps of an `up`, with what is known of each; the statements of `down` may match one of them. */
interface Steps {
  readonly up: readonly SourceStep[];
  readonly facts: readonly StatementFacts[];
  readonly down: readonly SourceStatement[];
  readonly mode: TransactionMode;
}

/** Of a migration that has not begun. `deriver`: one that has followed the migrations before it, if there are any. */
export async function wayBack(steps: Steps, reader: Judge, deriver: Deriver | null): Promise<readonly StepBack[]> {
  const { up, facts, down, mode } = steps;
  const derivations = await derivationsOf(up, down, reader, deriver);
  const made = new MadeSoFar();
  const chosen: StepBack[] = [];
  for (const [index, step] of up.entries()) {
    const fact = facts[index];
    const derivation = derivations[index];
    if (fact === undefined) throw new Error(`Nothing is known of step ${index + 1}.`);
    const back = byAuthor(step) ?? choose(derivation, fact, down, made, step.count);
    const found = await factsOf(back, reader, mode);
    made.add(index, fact, found, back.later);
    chosen.push({ ...back, facts: found });
  }
  return chosen;
}

/**
 * Of a migration that has begun, or is applied: the author's undos as the file has them now, and for the other steps what
 * was found out before it began, because the schema does not tell it any more.
 */
export async function keptWayBack(steps: Steps, kept: Material, reader: Judge): Promise<readonly StepBack[]> {
  const { up, facts, mode } = steps;
  const chosen: StepBack[] = [];
  for (const [index, step] of up.entries()) {
    const back = byAuthor(step) ?? fromJournal(step, kept.steps[index]);
    // What was to go with another step's undo still goes only if that undo still takes it away.
    const by = back.undo?.by ?? [];
    const lost = by.some((at) => chosen[at]?.facts?.some(({ removes }) => removes === facts[at]?.makes) !== true);
    const sound = lost ? none("the undo that it went with was changed") : back;
    chosen.push({ ...sound, facts: await factsOf(sound, reader, mode) });
  }
  return chosen;
}

/** The author's word on every step makes it unnecessary to look at the schema. */
async function derivationsOf(
  up: readonly SourceStep[],
  down: readonly SourceStatement[],
  reader: Judge,
  shared: Deriver | null,
): Promise<readonly Derivation[]> {
  if (up.every(({ undo }) => undo !== null)) {
    await shared?.pass(up.map(toRead));
    return [];
  }
  const deriver = shared ?? (await reader.deriver());
  try {
    return await deriver.derive(up.map(toRead), sqls(down));
  } finally {
    if (shared === null) await deriver.close();
  }
}

type Chosen = Omit<StepBack, "facts">;

/** Null: the author says nothing. */
function byAuthor({ undo }: SourceStep): Chosen | null {
  if (undo === null) return null;
  if (undo.type === "none") return none(`none on purpose: ${undo.reason}`);
  return { undo: { from: "given", statements: sqls(undo.statements), by: [] }, why: null, later: false };
}

function choose(
  derivation: Derivation | undefined,
  facts: StatementFacts,
  down: readonly SourceStatement[],
  made: MadeSoFar,
  count: number,
): Chosen {
  // What changes only the session ends with it.
  if (facts.kind === "session") return { undo: { from: "derived", statements: [], by: [] }, why: null, later: false };
  const { derived, matches, changes } = derivation ?? unknown;
  // What takes back the first of a run does not take back the others.
  const [match] = count > 1 ? [] : matches.flatMap((index) => down[index] ?? []);
  if (match !== undefined)
    return { undo: { from: "matched", statements: [match.sql], by: [] }, why: null, later: false };
  const by = changes === null ? null : made.coveringSteps(changes, facts);
  if (by !== null) return { undo: { from: "covered", statements: [], by }, why: null, later: false };
  if (count > 1) return none(`it is ${count} INSERTs in a row; write what takes them back into \`down\``);
  return derived.type === "undo"
    ? { undo: { from: "derived", statements: derived.statements, by: [] }, why: null, later: false }
    : { ...none(derived.reason), later: derived.later === true };
}

const unknown: Derivation = {
  derived: { type: "none", reason: "nothing is known of it" },
  matches: [],
  changes: null,
};

function fromJournal(step: SourceStep, kept: MaterialStep | undefined): Chosen {
  const { undo = null } = kept ?? {};
  const isOurs = undo !== null && undo.from !== "given" && kept !== undefined && isSameStep(kept, step);
  return isOurs ? { undo, why: null, later: false } : none("none was found before it ran");
}

function none(why: string): Chosen {
  return { undo: null, why, later: false };
}

async function factsOf(
  { undo }: Chosen,
  reader: Judge,
  mode: TransactionMode,
): Promise<readonly StatementFacts[] | null> {
  return undo === null ? null : reader.classify(undo.statements, mode);
}

function sqls(statements: readonly SourceStatement[]): readonly string[] {
  return statements.map(({ sql }) => sql);
}
