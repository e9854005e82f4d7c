/** A project whose database is one of its own on a test server; when it ends, its journal is replayed as on SQLite. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRow, fold, unpackRow } from "@surefoot/model";
import type { JournalRecord, StoredRow } from "@surefoot/model";
import type { RowDataPacket } from "mysql2/promise";
import { expect } from "vitest";
import { main } from "../../packages/runner/src/cli/main.ts";
import type { Io } from "../../packages/runner/src/cli/io.ts";
import type { TestServer } from "./servers.ts";

interface Row {
  readonly [column: string]: unknown;
}

export interface ServerProject {
  readonly folder: string;
  readonly migrations: string;
  readonly database: string;
  readonly url: string;
  write(files: { readonly [id: string]: string }): void;
  cli(
    args: readonly string[],
    io?: Partial<Io>,
  ): Promise<{ readonly exit: number; readonly out: string; readonly err: string }>;
  // Results are read field by field in tests, so their type is left open here.
  json(
    args: readonly string[],
    io?: Partial<Io>,
  ): Promise<{ readonly exit: number; readonly result: Row; readonly lines: readonly Row[] }>;
  rows(sql: string): Promise<readonly Row[]>;
  exec(...statements: readonly string[]): Promise<void>;
  /** The other sessions on this database. */
  sessions(): Promise<readonly number[]>;
  /** Ends a session; one that has ended by itself meanwhile is as good. */
  kill(session: number): Promise<void>;
  /** SHOW CREATE of every table, and the names of everything else; Surefoot's own left out. */
  schema(): Promise<readonly string[]>;
  journal(): Promise<readonly JournalRecord[]>;
}

/** Calls `act` with a new project, replays its journal, and drops everything. */
export async function withProject(
  server: TestServer,
  files: { readonly [id: string]: string },
  act: (project: ServerProject) => Promise<void>,
): Promise<void> {
  await server.withDatabase(async (database) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "surefoot-test-")));
    try {
      const project = projectOn(server, database, folder);
      project.write(files);
      await act(project);
      await replay(project);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function replay(project: ServerProject): Promise<void> {
  const records = await project.journal();
  const result = fold(records);

  expect(result).toMatchObject({ type: "folded" });
}

function projectOn(server: TestServer, database: string, folder: string): ServerProject {
  const migrations = join(folder, "migrations");
  mkdirSync(migrations);
  const url = `${server.url.replace(/^\w+:/, `${server.engine}:`).replace(/\/$/, "")}/${database}`;
  const rows = async (sql: string): Promise<readonly Row[]> => {
    const connection = await server.connect({ database, dateStrings: true });
    try {
      const [found] = await connection.query<RowDataPacket[]>(sql);
      return found;
    } finally {
      connection.destroy();
    }
  };
  const project: ServerProject = {
    folder,
    migrations,
    database,
    url,
    write(files) {
      for (const [id, text] of Object.entries(files)) writeFileSync(join(migrations, `${id}.sql`), text);
    },
    async cli(args, io = {}) {
      let out = "";
      let err = "";
      const exit = await main([...args, ...(args.includes("--db") ? [] : ["--db", url])], {
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
        .map((line) => JSON.parse(line) as Row);
      const result = lines.at(-1);
      if (result?.["type"] !== "result") throw new Error(`The last line is no result: ${out}`);
      expect(result["exit"]).toBe(exit);
      return { exit, result, lines };
    },
    rows,
    async exec(...statements) {
      const connection = await server.connect({ database });
      try {
        for (const sql of statements) await connection.query(sql);
      } finally {
        connection.destroy();
      }
    },
    async sessions() {
      const found = await rows(
        "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()",
      );
      return found.map(({ id }) => Number(id));
    },
    async kill(session) {
      try {
        await project.exec(`KILL CONNECTION ${session}`);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ER_NO_SUCH_THREAD")) throw error;
      }
    },
    async schema() {
      const names = await rows(
        `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE 'surefoot%' ORDER BY 1`,
      );
      const found: string[] = [];
      for (const { name, type } of names) {
        const [shown] = type === "BASE TABLE" ? await rows(`SHOW CREATE TABLE \`${String(name)}\``) : [];
        const text = shown?.["Create Table"];
        found.push(typeof text === "string" ? text : `${String(type)} ${String(name)}`);
      }
      for (const { name } of await rows(
        "SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1",
      ))
        found.push(`trigger ${String(name)}`);
      for (const { name } of await rows(
        "SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 1",
      ))
        found.push(`routine ${String(name)}`);
      return found;
    },
    async journal() {
      const there = await rows("SHOW TABLES LIKE 'surefoot\\_journal'");
      if (there.length === 0) return [];
      const stored = (await rows("SELECT * FROM surefoot_journal ORDER BY `first`")) as unknown as StoredRow[];
      return stored.flatMap(unpackRow).map((row) => {
        const decoded = decodeRow(row);
        if (decoded.type === "bad") throw new Error(`record ${row.seq}: ${decoded.why}`);
        return decoded.record;
      });
    },
  };
  return project;
}

/** The states that a migration went through in its last attempt, each once in a row, `idle` first. */
export async function pathOn(project: ServerProject, migration: string): Promise<readonly string[]> {
  const records = (await project.journal()).filter(
    (record) => record.kind === "transition" && record.migration === migration,
  );
  const path: string[] = ["idle"];
  for (const record of records.slice(records.findLastIndex(({ event }) => event === "start")))
    if (record.kind === "transition" && path.at(-1) !== record.to) path.push(record.to);
  return path;
}
