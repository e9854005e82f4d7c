/**
 * Statements of the corpus that are not quite right any more, in the hands of the engine: it takes each piece that the splitter
 * makes for one whole statement, what is read as changing nothing changes nothing, whatever it changes, an object that is
 * named is among that, and the undo that is derived brings everything back. `SUREFOOT_FUZZ` tries more of them, `SUREFOOT_SEED` others.
 */
import { createRequire } from "node:module";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { tokens } from "../../packages/runner/src/sql/lexer.ts";
import { mutated } from "../../packages/runner/src/sql/mutated.ts";
import { split } from "../../packages/runner/src/sql/splitter.ts";
import { classify } from "../../packages/runner/src/sqlite/classify.ts";
import { readCorpus, readStart } from "../../packages/runner/src/sqlite/corpus/read-corpus.ts";
import { SqliteDeriver } from "../../packages/runner/src/sqlite/derive.ts";
import type { SqliteHandle } from "../../packages/runner/src/sqlite/driver.ts";
import { readForm } from "../../packages/runner/src/sqlite/form.ts";
import { SchemaReader } from "../../packages/runner/src/sqlite/fingerprint.ts";
import { differing, everythingIn } from "./everything.ts";

interface Handle extends SqliteHandle {
  serialize(): Buffer;
}

const Driver = createRequire(import.meta.url)("better-sqlite3") as new (from: string | Buffer) => Handle;

const numRuns = Number(process.env["SUREFOOT_FUZZ"] ?? "2000");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");
const timeout = 60_000 + numRuns * 30;

const nearly = mutated(
  readCorpus().flatMap(({ sql, setup, above }) => [sql, ...setup, ...above]),
  "sqlite",
  2,
);

const start = ((): Buffer => {
  const db = new Driver(":memory:");
  for (const sql of readStart()) db.exec(sql);
  const image = db.serialize();
  db.close();
  return image;
})();

/** With the tables of the corpus and their rows. */
function open(): SqliteHandle {
  return new Driver(start);
}

test("the engine takes each piece for one whole statement, or for none that it knows", { timeout }, () => {
  const db = open();
  const texts = fc
    .array(fc.tuple(nearly, fc.constantFrom(";\n", ";", "; -- x\n", " /* y */ ;")), { minLength: 1, maxLength: 4 })
    .map((list) => list.flat().join(""));
  const count = { taken: 0, refused: 0 };

  fc.assert(
    fc.property(texts, (text) => {
      for (const sql of pieces(text)) {
        // In the parentheses of a module the engine takes a semicolon for anything else, which no client does.
        if (tokens(sql, "sqlite")[1]?.text.toUpperCase() === "VIRTUAL") continue;
        const refusal = refusalOf(db, `${sql}\n;`);
        count[refusal === null ? "taken" : "refused"] += 1;
        // Its end was found too late, or too early: neither can be said of what stands between two delimiters.
        expect(refusal ?? "").not.toMatch(/more than one statement|no statements|incomplete input/);
      }
    }),
    { numRuns, seed },
  );

  expect(Math.min(count.taken, count.refused)).toBeGreaterThan(numRuns / 20);
});

test(
  "what reads changes nothing, what changes the schema names it, and what is derived takes it back",
  { timeout },
  async () => {
    const count = { reading: 0, changed: 0, undone: 0 };

    await fc.assert(
      fc.asyncProperty(nearly, async (sql) => {
        const db = open();
        try {
          const refusal = refusalOf(db, sql);
          if (refusal !== null) return;
          const [facts] = classify([sql], "step");
          // Of PRAGMAs, and of what EXPLAIN only tells of, the engine says that they may write.
          if (facts!.why === "reads only" && !/^\W*(?:PRAGMA|EXPLAIN)/i.test(sql)) {
            count.reading++;
            expect(db.prepare(sql).readonly).toBe(true);
          }
          if (!isQuick(sql)) return;
          const deriver = new SqliteDeriver(db);
          const [derivation] = await deriver.derive([sql], []);
          await deriver.close();
          const before = everythingIn(db);
          const picture = new SchemaReader(db).picture();
          if (!attempt(() => void db.exec(sql))) return;
          const now = new SchemaReader(db).picture();
          const changed = [...new Set([...picture.keys(), ...now.keys()])].filter(
            (name) => picture.get(name) !== now.get(name),
          );
          if (changed.length > 0) count.changed++;
          // A name that is written into other objects changes them as well; of those that are named one must be among them.
          if (changed.length > 0) expect(changed.some((name) => facts!.objects.includes(name))).toBe(true);
          const { derived } = derivation!;
          if (derived.type === "none" || derived.statements.length === 0) return;
          for (const undo of derived.statements) db.exec(undo);
          count.undone++;
          expect(differing(before, everythingIn(db))).toEqual([]);
        } finally {
          db.close();
        }
      }),
      { numRuns, seed },
    );

    console.log(`sqlite, seed ${seed}:`, count);
    expect(count.reading).toBeGreaterThan(0);
    expect(Math.min(count.changed, count.undone)).toBeGreaterThan(numRuns / 50);
  },
);

/** No query is run that could take for ever. */
function isQuick(sql: string): boolean {
  const form = readForm(sql);
  if (form.type === "create") return !form.filled;
  return [
    "drop",
    "rename_table",
    "rename_column",
    "add_column",
    "drop_column",
    "set_not_null",
    "drop_not_null",
    "add_constraint",
    "drop_constraint",
    "set_header",
  ].includes(form.type);
}

/** None when the text can't be split. */
function pieces(text: string): readonly string[] {
  try {
    return split(text, "sqlite").map(({ sql }) => sql);
  } catch {
    return [];
  }
}

/** Why the engine does not compile it; null: it does. */
function refusalOf(db: SqliteHandle, sql: string): string | null {
  try {
    db.prepare(sql);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
