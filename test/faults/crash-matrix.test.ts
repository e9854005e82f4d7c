/**
 * For every migration of a small set: a crash before and after every call that the loop makes of the database, then a
 * restart. The invariants hold, and the outcome is the one that the pure machine gives for the journal that was left.
 */
import { expect, test } from "vitest";
import type { Folded } from "@surefoot/model";
import { fold, isSink } from "@surefoot/model";
import { SqliteDatabase } from "../../packages/runner/src/sqlite/adapter.ts";
import { up } from "../../packages/runner/src/up.ts";
import { down } from "../../packages/runner/src/down.ts";
import { bringToRest } from "../../packages/runner/src/operator.ts";
import type { Database } from "../../packages/runner/src/port.ts";
import type { Workshop } from "../../packages/runner/src/workshop.ts";
import type { Project } from "../support/project.ts";
import { newProject } from "../support/project.ts";
import type { Case } from "./cases.ts";
import { cases } from "./cases.ts";
import type { Moment } from "./crashing-database.ts";
import { crashing } from "./crashing-database.ts";
import { predict } from "./predict.ts";

function shopOf(project: Project, database: Database): Workshop {
  return { database, dir: project.migrations, config: {}, signal: undefined, onEvent: undefined };
}

async function prepared(kase: Case): Promise<Project> {
  const project = newProject(kase.before);
  const ready = await up(shopOf(project, new SqliteDatabase({ path: project.db })), {});
  expect(ready.error).toBeNull();
  if (kase.command === "up") project.write({ "0002_m": kase.file });
  return project;
}

async function act(kase: Case, project: Project, database: Database): Promise<unknown> {
  const shop = shopOf(project, database);
  // A dead database must not be waited for: the process that would wait is the one that died.
  return kase.command === "up"
    ? up(shop, { reconnectMs: 0 })
    : down(shop, { reconnectMs: 0, confirm: async () => true });
}

function folded(project: Project): Folded {
  const result = fold(project.journal());
  if (result.type !== "folded") throw new Error(JSON.stringify(result));
  return result.folded;
}

interface Picture {
  readonly schema: readonly string[];
  readonly rows: readonly unknown[];
}

function look(project: Project): Picture {
  return { schema: project.schema(), rows: project.rows("SELECT * FROM t ORDER BY id") };
}

test.each(cases)("a crash at every moment, then a restart: $name", async (kase) => {
  const reference = await prepared(kase);
  const before = look(reference);
  const counter = crashing(new SqliteDatabase({ path: reference.db }), null);
  await act(kase, reference, counter);
  const done = look(reference);
  const seen = { untouched: 0, applied: 0, rolled_back: 0, failed: 0 };

  for (let call = 0; call < counter.calls.length; call++)
    for (const when of ["before", "after"] as const) {
      const label = `${when} call ${call} (${counter.calls[call] ?? ""})`;
      const project = await prepared(kase);
      const database = crashing(new SqliteDatabase({ path: project.db }), { call, when });
      await act(kase, project, database);
      expect(database.crashed, label).toBe(true);

      const left = folded(project);
      const now = look(project);
      const doubt = inDoubt(left, now);
      const predicted = predict(left, doubt);
      const tail = project.journal().length;
      const rest = await bringToRest(shopOf(project, new SqliteDatabase({ path: project.db })), {});

      const end = folded(project);
      const after = look(project);
      expect(isSink(end.state.type), label).toBe(true);
      expect(end.state.type, label).toBe(predicted.state.type);
      expect(
        project
          .journal()
          .slice(0, tail)
          .map(({ seq }) => seq),
        `${label}: no record is lost`,
      ).toEqual(Array.from({ length: tail }, (_, index) => index + 1));
      seen[predicted.outcome]++;
      if (end.state.type === "failed" && end.state.wayBack !== null) {
        expect(rest.exit, label).toBe(4);
        expect(rest.remaining.length, label).toBeGreaterThan(0);
        continue;
      }
      // At rest and not failed: the whole migration, or nothing of it.
      const whole = JSON.stringify(after) === JSON.stringify(done);
      const nothing = JSON.stringify(after) === JSON.stringify(before);
      expect(whole || nothing, `${label}: half a migration is left: ${JSON.stringify(after)}`).toBe(true);
      if (predicted.outcome === "rolled_back") {
        expect(after, label).toEqual(before);
        expect(rest.verified, label).not.toBeNull();
      }
      if (predicted.outcome === "applied") expect(after, label).toEqual(done);

      if (kase.command === "up" || nothing) await act(kase, project, new SqliteDatabase({ path: project.db }));
      expect(look(project), `${label}: the next run ends as one without a crash`).toEqual(done);
    }
  expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBe(counter.calls.length * 2);
  expect(seen.untouched + seen.rolled_back + seen.applied + seen.failed).toBeGreaterThan(4);
});

/** For a statement that commits by itself, the database says whether it took effect; the journal can't. */
function inDoubt({ state, records, plan }: Folded, { schema }: Picture): boolean {
  const last = records.findLast(({ event }) => event === "step_sent" || event === "undo_sent");
  if (last === undefined || plan.transaction !== "none") return false;
  if (state.type !== "migrating" && state.type !== "rolling_back") return false;
  const step = last.step ?? 0;
  const text = schema.join();
  const column = text.includes("b TEXT");
  const index = text.includes("INDEX t_b");
  const forward = last.event === "step_sent";
  if (state.direction === "down") return [!index, !column][step] === forward;
  if (state.type === "rolling_back" && state.route === "down") return [!index, !column][step] ?? false;
  // Step 1 makes what is there already, and a step beyond the third names a table that nobody has.
  if (step !== 0 && step !== 2) return false;
  return (step === 0 ? column : index) === forward;
}

test.each(cases.slice(0, 5))("a crash during the restart after a crash: $name", async (kase) => {
  const reference = await prepared(kase);
  const before = look(reference);
  const counter = crashing(new SqliteDatabase({ path: reference.db }), null);
  await act(kase, reference, counter);
  const done = look(reference);
  let second = 0;

  for (let call = 1; call < counter.calls.length; call += 2)
    for (let nth = 0; ; nth += 2) {
      const project = await prepared(kase);
      await act(kase, project, crashing(new SqliteDatabase({ path: project.db }), { call, when: "after" }));
      const moment: Moment = { call: nth, when: "after" };
      const restart = crashing(new SqliteDatabase({ path: project.db }), moment);
      await bringToRest(shopOf(project, restart), { reconnectMs: 0 });
      if (restart.crashed) second++;

      await bringToRest(shopOf(project, new SqliteDatabase({ path: project.db })), {});

      const { state } = folded(project);
      expect(state.type).toBe("idle");
      expect([JSON.stringify(before), JSON.stringify(done)]).toContain(JSON.stringify(look(project)));
      if (!restart.crashed) break;
    }
  expect(second).toBeGreaterThan(0);
});
