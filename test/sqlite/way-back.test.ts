import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { classify } from "../../packages/runner/src/sqlite/classify.ts";
import type { Entry } from "../../packages/runner/src/sqlite/corpus/read-corpus.ts";
import { readCorpus, readStart } from "../../packages/runner/src/sqlite/corpus/read-corpus.ts";
import type { SqliteHandle } from "../../packages/runner/src/sqlite/driver.ts";
import { differing, everythingIn, runStatement } from "./everything.ts";
import { told, walk, walkBack } from "./walk.ts";

const Driver = createRequire(import.meta.url)("better-sqlite3") as new (source: string | Buffer) => SqliteHandle;

const folder = mkdtempSync(join(tmpdir(), "surefoot-corpus-"));
const start = join(folder, "start.db");
let openCount = 0;
let image = Buffer.of();

beforeAll(() => {
  const db = new Driver(start);
  for (const sql of readStart()) db.exec(sql);
  db.close();
  image = readFileSync(start);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The beginning of an entry, in a database of its own; in a file where the file counts. */
function open({ sql, setup }: Entry): SqliteHandle {
  const inFile = [...setup, sql].some((statement) => /journal_mode|vacuum/i.test(statement));
  const path = join(folder, `${openCount++}.db`);
  if (inFile) copyFileSync(start, path);
  const db = new Driver(inFile ? path : image);
  db.pragma("synchronous = OFF");
  for (const statement of setup) db.exec(statement);
  return db;
}

const corpus = readCorpus();
const named = (entries: readonly Entry[]) =>
  entries.map((entry) => [[...entry.setup, ...entry.above, entry.sql].join("; "), entry] as const);
/** What is refused runs in no migration. */
const allowed = corpus.filter(({ refused }) => refused !== "always");

test.each(named(corpus.filter(({ refused }) => refused === "always")))(
  "the engine takes what is refused: %s",
  (_, entry) => {
    const db = open(entry);

    expect(() => db.exec(entry.sql)).not.toThrow();
    db.close();
  },
);

const seen = new Map<string, number>();

test.each(named(allowed))("the engine takes it, and its way back leads to what was there: %s", async (_, entry) => {
  const db = open(entry);

  const walked = await walk(db, [...entry.above, entry.sql]);

  try {
    walkBack(db, walked, seen);
  } catch (error) {
    throw new Error(told(walked), { cause: error });
  } finally {
    db.close();
  }
});

test("most of them had one", () => {
  expect(seen.get("derived")).toBeGreaterThan(150);
  expect(seen.get("covered")).toBeGreaterThan(10);
});

const exact = allowed.filter(({ undo, form }) => undo !== null && undo.length > 0 && form !== "temporary");

test.each(named(exact))("the inverse alone leads back: %s", (_, entry) => {
  const db = open(entry);
  for (const sql of entry.above) runStatement(db, sql);
  const before = everythingIn(db);

  runStatement(db, entry.sql);
  for (const sql of entry.undo ?? []) runStatement(db, sql);

  expect(differing(before, everythingIn(db))).toEqual([]);
  db.close();
});

const inOneTransaction = allowed.filter(({ refused, sql }) => refused === null && !/foreign_keys/i.test(sql));

test.each(named(inOneTransaction))("what is transactional goes with its transaction: %s", (_, entry) => {
  const db = open(entry);
  for (const sql of entry.above) runStatement(db, sql);
  const before = everythingIn(db);
  db.pragma("foreign_keys = OFF");

  db.exec("BEGIN IMMEDIATE");
  const statement = db.prepare(entry.sql);
  if (statement.reader) statement.all();
  else statement.run();
  expect(db.inTransaction).toBe(true);
  db.exec("ROLLBACK");

  expect(differing(before, everythingIn(db))).toEqual([]);
  db.close();
});

test.each(named(allowed.filter(({ refused }) => refused === "migration")))(
  "what is refused in a transaction is ignored there, or answered with an error: %s",
  (_, entry) => {
    const db = open(entry);
    const settings = () =>
      ["synchronous", "auto_vacuum", "page_size", "journal_mode"].map((name) => db.pragma(name, { simple: true }));
    const before = settings();

    db.exec("BEGIN IMMEDIATE");
    try {
      db.exec(entry.sql);
    } catch {
      // An error tells it.
    }
    if (db.inTransaction) db.exec("COMMIT");

    // ATTACH and DETACH work there, and would outlast the migration.
    if (!/TACH/.test(entry.sql)) expect(settings()).toEqual(before);
    expect(classify([entry.sql], "migration")[0]?.refused).toContain("inside a transaction");
    db.close();
  },
);
