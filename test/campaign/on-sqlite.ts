/** The campaign on SQLite: a process ends itself by SIGKILL at a call that its loop makes of the database, once or twice. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TransactionMode } from "@surefoot/model";
import { SqliteDatabase } from "../../packages/runner/src/sqlite/adapter.ts";
import type { UpResult } from "../../packages/runner/src/results.ts";
import { up } from "../../packages/runner/src/up.ts";
import { crashing } from "../faults/crashing-database.ts";
import type { Looked } from "../faults/server-trial.ts";
import type { StepKind } from "../faults/step-kinds.ts";
import { fileOf } from "../faults/step-kinds.ts";
import { Driver, journalOf } from "../support/project.ts";
import { random } from "../support/random.ts";
import type { Outcome } from "./outcome.ts";
import { requireAllowed, requireRest } from "./require.ts";
import { sqliteKinds } from "./sqlite-kinds.ts";
import type { Story } from "./trial.ts";
import type { EndText } from "./world-ends.ts";
import { worldEnds } from "./world-ends.ts";

/** Of all the calls with this name, the one with this number, from 0. */
interface Death {
  readonly call: "append" | "run";
  readonly nth: number;
  readonly when: "before" | "after";
}

export interface SqliteTrial extends Story {
  readonly key: string;
  readonly mode: TransactionMode;
  /** One process after the other dies so. */
  readonly deaths: readonly Death[];
}

/** Every kind at every place, in every mode; each call that writes. Of those that die twice, one second death each. */
export function sqliteTrials(): readonly SqliteTrial[] {
  const next = random(1);
  const modes = ["migration", "step", "none"] as const;
  return modes.flatMap((mode) =>
    sqliteKinds.flatMap((kind) =>
      [0, 1, 2].flatMap((place) =>
        [false, true].flatMap((fails) => {
          const story = { kinds: placed(kind, place, mode), fails };
          return deathsOf(story, mode).flatMap((death) => [
            trialOf(story, mode, [death]),
            ...(next() < 0.2 ? [trialOf(story, mode, [death, anyDeath(next)])] : []),
          ]);
        }),
      ),
    ),
  );
}

/** By itself, DDL commits wholly or not at all, and of rows nothing can be told. */
function placed(kind: StepKind, place: number, mode: TransactionMode): readonly StepKind[] {
  const others = sqliteKinds.filter(({ name }) => ["create", "index", "rename"].includes(name) && name !== kind.name);
  const kinds = [...others.slice(0, place), kind, ...others.slice(place, 2)];
  if (mode !== "none") return kinds;
  return kinds.map((one) => ({ ...one, class: one.name === "update" ? ("opaque" as const) : ("atomic" as const) }));
}

/** Each step is one statement and, in its own transaction, one append; then the undos, or the end. */
function deathsOf({ kinds, fails }: Story, mode: TransactionMode): readonly Death[] {
  const runCount = mode === "migration" || !fails ? kinds.length : kinds.length * 2 + 1;
  const appendCount = mode === "migration" ? 1 : runCount + 1;
  return (["before", "after"] as const).flatMap((when) => [
    ...Array.from({ length: runCount }, (_, nth): Death => ({ call: "run", nth, when })),
    ...Array.from({ length: appendCount }, (_, nth): Death => ({ call: "append", nth, when })),
  ]);
}

function anyDeath(next: () => number): Death {
  return {
    call: next() < 0.5 ? "append" : "run",
    nth: Math.floor(next() * 3),
    when: next() < 0.5 ? "before" : "after",
  };
}

function trialOf(story: Story, mode: TransactionMode, deaths: readonly Death[]): SqliteTrial {
  const steps = story.kinds.map(({ name }) => name).join(">");
  const died = deaths.map(({ call, nth, when }) => `runner_killed ${when} ${call} ${nth + 1}`).join(" and again ");
  return { ...story, mode, deaths, key: `${mode} ${steps}${story.fails ? ">fails" : ""}: ${died}` };
}

const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export async function tryOnSqlite(trial: SqliteTrial): Promise<Outcome> {
  const folder = mkdtempSync(join(root, "surefoot-campaign-"));
  const strikes = trial.deaths.length;
  let struck = 0;
  try {
    const bench = new Bench(folder, trial);
    const allowed = worldEnds(trial, false, trial.mode);
    const schema = await bench.schema();
    for (const death of trial.deaths) {
      const result = await bench.upUntil(death);
      if (result === null) struck++;
      else await requireAllowed(bench, trial, result, schema, allowed);
    }
    const end: EndText = await requireAllowed(bench, trial, await bench.up(), schema, allowed);
    await requireRest(bench, end, trial);
    return { key: trial.key, end, struck, strikes, broken: null };
  } catch (error) {
    return { key: trial.key, end: "broken", struck, strikes, broken: (error as Error).message };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const script = join(import.meta.dirname, "..", "faults", "die-at.ts");

class Bench implements Looked {
  private readonly path: string;
  private readonly migrations: string;

  constructor(folder: string, { kinds, fails, mode }: SqliteTrial) {
    this.path = join(folder, "app.db");
    this.migrations = join(folder, "migrations");
    mkdirSync(this.migrations);
    const file = `-- migrate:option transaction=${mode}\n${fileOf(kinds, fails)}`;
    writeFileSync(join(this.migrations, "0001_steps.sql"), file);
    const db = new Driver(this.path);
    for (const sql of kinds.flatMap(({ given }) => given)) db.exec(sql);
    db.close();
  }

  async up(): Promise<UpResult> {
    return up(
      {
        database: new SqliteDatabase({ path: this.path }),
        dir: this.migrations,
        config: {},
        signal: undefined,
        onEvent: undefined,
      },
      {},
    );
  }

  /** Null: it died there. */
  async upUntil({ call, nth, when }: Death): Promise<UpResult | null> {
    const at = await this.numberOf(call, nth);
    const args = ["--conditions=source", script, this.path, this.migrations, String(at), when];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
    const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return signal === "SIGKILL" ? null : (JSON.parse(out) as UpResult);
  }

  /** Among all calls, found out on a copy. */
  private async numberOf(call: string, nth: number): Promise<number> {
    const copy = `${this.path}-copy`;
    const db = new Driver(this.path);
    db.prepare("VACUUM INTO ?").run(copy);
    db.close();
    const counter = crashing(new SqliteDatabase({ path: copy }), null);
    const shop = { database: counter, dir: this.migrations, config: {}, signal: undefined, onEvent: undefined };
    await up(shop, {});
    for (const file of [copy, `${copy}-surefoot-lock`, `${copy}-surefoot-owner`]) rmSync(file, { force: true });
    const places = [...counter.calls.keys()].filter((at) => counter.calls[at] === call);
    return places[nth] ?? counter.calls.length;
  }

  async rows(sql: string): Promise<readonly { readonly [column: string]: unknown }[]> {
    return this.read((db) => db.prepare(sql).all() as { readonly [column: string]: unknown }[]);
  }

  async schema(): Promise<readonly string[]> {
    const rows = await this.rows(
      "SELECT coalesce(sql, name) AS sql FROM sqlite_schema WHERE name NOT LIKE 'surefoot%' ORDER BY name",
    );
    return rows.map(({ sql }) => String(sql).replaceAll('"', ""));
  }

  async journal(): ReturnType<Looked["journal"]> {
    return this.read(journalOf);
  }

  private read<T>(act: (db: InstanceType<typeof Driver>) => T): T {
    const db = new Driver(this.path);
    try {
      return act(db);
    } finally {
      db.close();
    }
  }
}
