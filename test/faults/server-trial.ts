/**
 * One migration on a server with one fault or more, and one more `up`: how it ended, and whether that is one of the ends
 * that are promised. Whole and `applied`; nothing of it and `rolled_back`; or `failed`, with every step named of which
 * something is there, and no other unless it says that it is in doubt.
 */
import { fold } from "@surefoot/model";
import { MysqlDatabase } from "../../packages/runner/src/mysql/database.ts";
import { targetOf } from "../../packages/runner/src/mysql/target.ts";
import type { Timing } from "../../packages/runner/src/mysql/timing.ts";
import type { Database } from "../../packages/runner/src/port.ts";
import type { RemainingStep, UpResult } from "../../packages/runner/src/results.ts";
import { up } from "../../packages/runner/src/up.ts";
import type { ServerProject } from "../support/server-project.ts";
import type { Seen, StepKind } from "./step-kinds.ts";
import { fileOf, seenIn } from "./step-kinds.ts";

/** A silent connection is found out soon, and whoever vanished gives its locks back soon. */
export const soon: Timing = {
  connectMs: 1_000,
  silenceMs: 100,
  heartbeatMs: 60,
  idleMs: 1_000,
  killMs: 5_000,
  tellMs: 60_000,
};

const migration = "0001_steps";

export interface Story {
  readonly kinds: readonly StepKind[];
  /** Its last statement is refused by the server, so that it is rolled back. */
  readonly fails: boolean;
  readonly transaction?: "none";
}

export async function given(project: ServerProject, { kinds, fails, transaction }: Story): Promise<void> {
  await project.exec(...kinds.flatMap((kind) => kind.given));
  const option = transaction === undefined ? "" : `-- migrate:option transaction=${transaction}\n`;
  project.write({ [migration]: option + fileOf(kinds, fails) });
}

export function databaseAt(url: string, timing = soon): Database {
  return new MysqlDatabase(targetOf(url), timing);
}

export async function upOn(
  project: ServerProject,
  database: Database,
  options: Parameters<typeof up>[1] = { reconnectMs: 10_000 },
): Promise<UpResult> {
  return up({ database, dir: project.migrations, config: {}, signal: undefined, onEvent: undefined }, options);
}

/** What is there of each step. */
/** A migrated database as somebody else sees it. */
export type Looked = Pick<ServerProject, "rows" | "schema" | "journal">;

async function look(project: Looked, kinds: readonly StepKind[]): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  for (const kind of kinds) seen.push(seenIn((await project.rows(kind.look))[0]));
  return seen;
}

export type End = "applied" | "rolled_back" | "untouched" | "person" | "not_at_rest";

/** @throws Error that says what is promised and not so */
export async function judgeEnd(
  project: Looked,
  { kinds }: Story,
  result: UpResult,
  schemaBefore: readonly string[],
): Promise<End> {
  const seen = await look(project, kinds);
  const wrong = (why: string): Error =>
    new Error(
      `${why}. It was seen: ${kinds.map(({ name }, at) => `${name} ${seen[at] ?? ""}`).join(", ")}; it said: ${said(result)}`,
    );
  if (fold(await project.journal()).type !== "folded") throw wrong("The journal tells no possible story");
  if (result.exit === 8) return "not_at_rest";
  if (result.state === "failed" && result.exit === 4) {
    requireNamed(seen, result.remaining, wrong);
    return "person";
  }
  if (result.exit === 0) {
    if (seen.some((one) => one !== "after")) throw wrong("It was said to be applied");
    return "applied";
  }
  if (result.exit !== 3) throw wrong(`Exit ${result.exit} is none of the ends`);
  if (seen.some((one) => one !== "before")) throw wrong("Nothing was said to be left");
  const schema = await project.schema();
  if (JSON.stringify(schema) !== JSON.stringify(schemaBefore))
    throw wrong(
      `The schema was said to be as before, and is ${JSON.stringify(schema)} instead of ${JSON.stringify(schemaBefore)}`,
    );
  return result.outcome === "rolled_back" ? "rolled_back" : "untouched";
}

function requireNamed(seen: readonly Seen[], remaining: readonly RemainingStep[], wrong: (why: string) => Error): void {
  if (remaining.length === 0) throw wrong("It needs a person and names no step");
  for (const [step, one] of seen.entries()) {
    const named = remaining.find((step_) => step_.step === step);
    if (one !== "before" && named === undefined) throw wrong(`Step ${step + 1} is there and is not named`);
    if (one === "before" && named?.inDoubt === false) throw wrong(`Step ${step + 1} is named and is not there`);
    if (one === "half" && named?.inDoubt === false)
      throw wrong(`Step ${step + 1} is there by half and is not in doubt`);
  }
}

export function said({ exit, outcome, state, error, remaining }: UpResult): string {
  return JSON.stringify({
    exit,
    outcome,
    state,
    error: error?.message ?? null,
    remaining: remaining.map(({ number, inDoubt }) => `${number}${inDoubt ? "?" : ""}`),
  });
}
