import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import type { Entry } from "./corpus/read-corpus.ts";
import { readCorpus, readStart } from "./corpus/read-corpus.ts";
import { SqliteDeriver } from "./derive.ts";
import type { SqliteHandle } from "./driver.ts";
import { readForm } from "./form.ts";
import { generalObstacles, insertObstacles, inverseRules } from "./inverses.ts";
import { temporaryObjects } from "./temporary-objects.ts";

const Driver = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => SqliteHandle;
const corpus = readCorpus();

/** A reason by its name in the tables; what could not be tried out adds why. */
function nameOf(reason: string): string {
  const [obstacle] = Object.entries(insertObstacles).find(([, text]) => text === reason) ?? [];
  const [general] = Object.entries(generalObstacles).find(([, text]) => reason.split(":")[0] === text) ?? [];
  const [rule] = Object.entries(inverseRules).find(([, { note }]) => note === reason) ?? [];
  return obstacle === undefined ? (general ?? rule ?? reason) : `insert.${obstacle}`;
}

async function readingOf({ sql, setup, above }: Entry): Promise<object> {
  const db = new Driver(":memory:");
  for (const statement of [...readStart(), ...setup]) db.exec(statement);
  const deriver = new SqliteDeriver(db);
  const derivation = (await deriver.derive([...above, sql], [])).at(-1)!;
  const [step, none, migration] = (["step", "none", "migration"] as const).map((mode) =>
    classify([...above, sql], mode, temporaryObjects(db)).at(-1)!,
  );
  await deriver.close();
  db.close();
  const { derived, changes } = derivation;
  return {
    form: readForm(sql).type,
    classes: [step!.kind, none!.kind],
    objects: step!.objects,
    undo: derived.type === "undo" ? derived.statements : null,
    none: derived.type === "none" ? nameOf(derived.reason) : null,
    changes,
    destroys: step!.destroys,
    notCovered: step!.notCovered,
    refused: step!.refused !== null ? "always" : migration!.refused !== null ? "migration" : null,
  };
}

test("there are enough of them, and of each form at least one", () => {
  const forms = new Set(corpus.map(({ form }) => form));

  expect(corpus.length).toBeGreaterThan(300);
  // SQLite lets nobody write to its schema with ordinary means, and takes nothing that can't be read.
  expect([...forms].toSorted().join(" ")).toBe(
    "add_column add_constraint create delete drop drop_column drop_constraint drop_not_null elsewhere insert reading " +
      "rename_column rename_table schema_setting session set_header set_not_null temporary transaction_control update upkeep",
  );
});

// Databases in memory have no journal that could be switched to WAL.
const inMemory = corpus.filter(({ setup }) => !setup.some((sql) => sql.includes("journal_mode")));

test.each(inMemory.map((entry) => [[...entry.above, entry.sql].join("; "), entry] as const))("%s", async (_, entry) => {
  const { sql: _sql, setup: _setup, above: _above, ...expected } = entry;

  expect(await readingOf(entry)).toEqual(expected);
});

test.each(["VACUUM INTO 'copy.db'", "ATTACH 'copy.db' AS copy", "DETACH copy", "UPDATE copy.t SET a = 1"])(
  "what reaches another file is told: %s",
  (sql) => {
    expect(classify([sql], "none")[0]?.notCovered).toBe("another database file");
  },
);

test.each([
  ["FROBNICATE t", "other"],
  ["CREATE SEQUENCE s", "other"],
  ["ALTER TABLE t FROBNICATE", "other"],
  ["ALTER TABLE t RENAME a", "other"],
  ["DROP TABLE t CASCADE", "other"],
  ["DROP SEQUENCE s", "other"],
  ["WITH x AS SELECT 1", "other"],
  ["WITH x AS (SELECT 1)", "other"],
  ["WITH x AS (SELECT 1) FROBNICATE", "other"],
  ["CREATE VIRTUAL TABLE x", "other"],
  ["DELETE FROM sqlite_schema", "schema_rows"],
  ["INSERT INTO main.SQLITE_MASTER VALUES (1)", "schema_rows"],
])("what can't be read, or must not be believed, is told apart: %s", (sql, form) => {
  expect(readForm(sql).type).toBe(form);
});
