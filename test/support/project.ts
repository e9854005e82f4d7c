/**
 * A project in a temporary folder: migrations, a database, the command line called without a process. When a test ends,
 * the journal of its database is replayed through `transition` from the first record to the last; a test that leaves none
 * says so, because a replay of nothing finds nothing.
 */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { decodeRow, fold, unpackRow } from "@surefoot/model";
import type { JournalRecord, StoredRow } from "@surefoot/model";
import { afterEach, expect } from "vitest";
import { main } from "../../packages/runner/src/cli/main.ts";
import type { Io } from "../../packages/runner/src/cli/io.ts";

export interface Handle {
  readonly inTransaction: boolean;
  prepare(sql: string): {
    all(...values: unknown[]): unknown[];
    get(...values: unknown[]): unknown;
    run(...values: unknown[]): unknown;
  };
  exec(sql: string): unknown;
  pragma(sql: string, options?: { simple?: boolean }): unknown;
  close(): unknown;
}

const require = createRequire(import.meta.url);
export const Driver = require("better-sqlite3") as new (path: string, options?: { readonly?: boolean }) => Handle;

interface Answer {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

interface JsonAnswer {
  readonly exit: number;
  readonly lines: readonly { readonly [key: string]: unknown }[];
  // Results are read field by field in tests, so their type is left open here.
  readonly result: { readonly [key: string]: unknown };
}

export interface Project {
  readonly folder: string;
  readonly db: string;
  readonly migrations: string;
  readonly url: string;
  write(files: { readonly [id: string]: string }): void;
  /** Calls the command line in this folder, as `surefoot ARGS --db sqlite:app.db`. */
  cli(args: readonly string[], io?: Partial<Io>): Promise<Answer>;
  json(args: readonly string[], io?: Partial<Io>): Promise<JsonAnswer>;
  /** All rows of a query, as somebody else would see them. */
  rows(sql: string): readonly { readonly [column: string]: unknown }[];
  exec(sql: string): void;
  /** The schema without Surefoot's own objects, as text. */
  schema(): readonly string[];
  journal(): readonly JournalRecord[];
  dispose(): void;
}

/** Processes die in these tests, machines don't: memory keeps what a file system would, and is quicker. */
const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/**
 * What a test leaves in its database: a journal, none because nothing was to be written, or one that was damaged on
 * purpose and is not looked at.
 */
type Leaves = "journal" | "nothing" | "damage";

const open: (readonly [Project, Leaves])[] = [];

afterEach(() => {
  const found: unknown[] = [];
  for (const [project, leaves] of open.splice(0)) {
    try {
      if (leaves !== "damage") replay(project.journal(), leaves);
    } catch (error) {
      found.push(error);
    } finally {
      project.dispose();
    }
  }
  if (found.length > 0) throw found[0];
});

/** Every history that a test leaves behind must be one that the machine could have written. */
export function replay(records: readonly JournalRecord[], leaves: Exclude<Leaves, "damage"> = "journal"): void {
  const result = fold(records);

  expect(result).toMatchObject({ type: "folded" });
  if (leaves === "journal") expect(records.length, "records to replay").toBeGreaterThan(0);
  else expect(records.length, "records where none should be").toBe(0);
  if (result.type === "folded") expect(result.folded.tail).toBe(records.at(-1)?.seq ?? 0);
}

/** The journal as this connection sees it; empty where there is none. */
export function journalOf(handle: Handle): readonly JournalRecord[] {
  const there = handle.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'surefoot_journal'").get() !== undefined;
  const rows = there ? (handle.prepare("SELECT * FROM surefoot_journal ORDER BY first").all() as StoredRow[]) : [];
  return rows.flatMap(unpackRow).map((row) => {
    const decoded = decodeRow(row);
    if (decoded.type === "bad") throw new Error(`record ${row.seq}: ${decoded.why}`);
    return decoded.record;
  });
}

export function newProject(files: { readonly [id: string]: string } = {}, leaves: Leaves = "journal"): Project {
  const folder = realpathSync(mkdtempSync(join(root, "surefoot-test-")));
  const migrations = join(folder, "migrations");
  const db = join(folder, "app.db");
  mkdirSync(migrations);
  const read = <T>(act: (handle: Handle) => T): T => {
    const handle = new Driver(db);
    try {
      return act(handle);
    } finally {
      handle.close();
    }
  };
  const project: Project = {
    folder,
    db,
    migrations,
    url: `sqlite:${db}`,
    write(more) {
      for (const [id, text] of Object.entries(more)) {
        const path = join(migrations, `${id}.sql`);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
    },
    async cli(args, io = {}) {
      let out = "";
      let err = "";
      const exit = await main([...args, ...(needsDatabase(args) ? ["--db", `sqlite:${db}`] : [])], {
        out: (text) => (out += text),
        err: (text) => (err += text),
        env: {},
        cwd: folder,
        signal: new AbortController().signal,
        ask: null,
        ...io,
      });
      return { exit, out, err };
    },
    async json(args, io = {}) {
      const { exit, out } = await project.cli([...args, "--json"], io);
      const lines = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { [key: string]: unknown });
      const result = lines.at(-1);
      if (result?.["type"] !== "result") throw new Error(`The last line is no result: ${out}`);
      expect(result["exit"]).toBe(exit);
      return { exit, lines, result };
    },
    rows: (sql) => read((handle) => handle.prepare(sql).all() as { [column: string]: unknown }[]),
    exec: (sql) => read((handle) => void handle.exec(sql)),
    schema: () =>
      read((handle) =>
        (
          handle
            .prepare(
              "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_schema WHERE name NOT LIKE 'surefoot%' AND name NOT LIKE 'sqlite%' ORDER BY name",
            )
            .all() as { line: string }[]
        ).map(({ line }) => line.replaceAll(/\s+/g, " ").replaceAll('"', "")),
      ),
    journal: () => (existsSync(db) ? read(journalOf) : []),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
  project.write(files);
  open.push([project, leaves]);
  return project;
}

function needsDatabase(args: readonly string[]): boolean {
  return !args.includes("--db") && !args.includes("--help") && args[0] !== "graph";
}

/** The states that a migration went through, each once in a row, `idle` first; only its last attempt. */
export function pathOf(project: Project, migration: string): readonly string[] {
  const records = project.journal().filter((record) => record.kind === "transition" && record.migration === migration);
  const start = records.findLastIndex((record) => record.event === "start");
  const path: string[] = ["idle"];
  for (const record of records.slice(start))
    if (record.kind === "transition" && path.at(-1) !== record.to) path.push(record.to);
  return path;
}
