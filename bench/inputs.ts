/** What is migrated: the same statements in the three forms that the sides read. No clock and no randomness. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One migration in the form of each side. */
interface Migration {
  readonly tag: string;
  readonly statements: readonly { readonly sql: string; readonly undo: string }[];
}

/** The folders that hold them. */
export interface Inputs {
  readonly migrationCount: number;
  /** Files for Surefoot: sections, and an undo below each statement. */
  readonly surefoot: string;
  /** The statements alone. */
  readonly plain: string;
  /** As drizzle-kit writes them: `meta/_journal.json`, and breakpoints between the statements. */
  readonly drizzle: string;
}

/** Writes the migrations below `folder`, once in each form. */
export function writeInputs(folder: string, migrationCount: number): Inputs {
  const inputs = {
    migrationCount,
    surefoot: join(folder, "surefoot"),
    plain: join(folder, "plain"),
    drizzle: join(folder, "drizzle"),
  };
  for (const dir of [inputs.surefoot, inputs.plain, join(inputs.drizzle, "meta")]) mkdirSync(dir, { recursive: true });
  const migrations = Array.from({ length: migrationCount }, (_, index) => migration(index + 1));
  for (const { tag, statements } of migrations) {
    const steps = statements.map(({ sql, undo }) => `${sql};\n-- migrate:undo ${undo};\n`);
    writeFileSync(join(inputs.surefoot, `${tag}.sql`), `-- migrate:up\n${steps.join("")}`);
    writeFileSync(join(inputs.plain, `${tag}.sql`), statements.map(({ sql }) => `${sql};\n`).join(""));
    const broken = statements.map(({ sql }) => `${sql};`).join("--> statement-breakpoint\n");
    writeFileSync(join(inputs.drizzle, `${tag}.sql`), broken);
  }
  const entries = migrations.map(({ tag }, idx) => ({ idx, version: "6", when: idx + 1, tag, breakpoints: true }));
  const journal = { version: "7", dialect: "sqlite", entries };
  writeFileSync(join(inputs.drizzle, "meta", "_journal.json"), JSON.stringify(journal));
  return inputs;
}

/** How many tables and indexes the first `migrationCount` migrations make. */
export function objectCount(migrationCount: number): number {
  return migrationCount + Math.floor(migrationCount / 10);
}

/** A table; every tenth migration adds an index and a row. */
function migration(number: number): Migration {
  const table = `t${number}`;
  const create = {
    sql: `CREATE TABLE ${table} (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,\n  total INTEGER NOT NULL DEFAULT 0\n)`,
    undo: `DROP TABLE ${table}`,
  };
  const more = [
    { sql: `CREATE INDEX ${table}_name ON ${table} (name)`, undo: `DROP INDEX ${table}_name` },
    {
      sql: `INSERT INTO ${table} (name, total) VALUES ('first', ${number})`,
      undo: `DELETE FROM ${table} WHERE name = 'first'`,
    },
  ];
  const tag = `${String(number).padStart(4, "0")}_${table}`;
  return { tag, statements: number % 10 === 0 ? [create, ...more] : [create] };
}
