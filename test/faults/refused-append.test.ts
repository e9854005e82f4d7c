/**
 * A journal that refuses once: for every append of every migration of the small set, the adapter says that surely nothing
 * was written, as for a full disk that is not full any more a moment later. What the loop claims then is true.
 *
 * The explorer found that a step of any class was taken for not applied when the record after it was refused; see
 * `refused-record-means-nothing-was-done` among the model's mutants.
 */
import { expect, test } from "vitest";
import { SurefootError } from "../../packages/runner/src/error.ts";
import type { Database } from "../../packages/runner/src/port.ts";
import { down } from "../../packages/runner/src/down.ts";
import { SqliteDatabase } from "../../packages/runner/src/sqlite/adapter.ts";
import { up } from "../../packages/runner/src/up.ts";
import type { Workshop } from "../../packages/runner/src/workshop.ts";
import { overriding, withSessions } from "../../packages/runner/src/wrapped.ts";
import type { Project } from "../support/project.ts";
import { newProject } from "../support/project.ts";
import type { Case } from "./cases.ts";
import { cases } from "./cases.ts";

interface Refusing extends Database {
  readonly appendCount: number;
}

function refusing(inner: Database, at: number | null): Refusing {
  let appendCount = 0;
  const database = withSessions(inner, (session) =>
    overriding(session, {
      append: async (...args: Parameters<typeof session.append>) => {
        if (appendCount++ !== at) return session.append(...args);
        await session.discard();
        throw new SurefootError("JOURNAL_UNWRITABLE", "The journal refuses, and nothing was written.");
      },
    }),
  );
  return {
    ...database,
    get appendCount() {
      return appendCount;
    },
  };
}

function shopOf(project: Project, database: Database): Workshop {
  return { database, dir: project.migrations, config: {}, signal: undefined, onEvent: undefined };
}

async function prepared(kase: Case): Promise<Project> {
  const project = newProject(kase.before);
  await up(shopOf(project, new SqliteDatabase({ path: project.db })), {});
  if (kase.command === "up") project.write({ "0002_m": kase.file });
  return project;
}

function act(kase: Case, project: Project, database: Database) {
  const shop = shopOf(project, database);
  return kase.command === "up" ? up(shop, {}) : down(shop, { confirm: async () => true });
}

const look = (project: Project) => ({
  schema: project.schema(),
  rows: project.rows("SELECT * FROM t ORDER BY id"),
});

/** The policy undoes nothing by itself; a column that was dropped outside a transaction has lost its values for good. */
const asks: ReadonlySet<string> = new Set(["under stop", "reverting, transaction=none"]);

test.each(cases)("the journal refuses once, at each append in turn: $name", async (kase) => {
  const reference = await prepared(kase);
  const before = look(reference);
  const counter = refusing(new SqliteDatabase({ path: reference.db }), null);
  const undisturbed = await act(kase, reference, counter);
  const done = look(reference);

  for (let at = 0; at < counter.appendCount; at++) {
    const label = `append ${at + 1} of ${counter.appendCount}`;
    const project = await prepared(kase);

    const result = await act(kase, project, refusing(new SqliteDatabase({ path: project.db }), at));

    const now = look(project);
    const state = result.state ?? "idle";
    const last = project.journal().findLast(({ kind }) => kind === "transition")?.event;
    expect(["idle", "failed"], label).toContain(state);
    if (last === "rollback_verified" || (state === "failed" && result.exit !== 4)) expect(now, label).toEqual(before);
    if (result.exit === 0 && undisturbed.exit === 0) expect(now, label).toEqual(done);
    // Nothing was changed from outside and every undo is given: a person is needed where the undisturbed run needs one.
    if (undisturbed.exit !== 4 && !asks.has(kase.name)) expect([label, result.exit]).not.toEqual([label, 4]);
  }

  expect(counter.appendCount).toBeGreaterThan(0);
});
