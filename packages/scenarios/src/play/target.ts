/** Finds the statement that a fault means in the files as they are now. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MigrationFile } from "surefoot/parts";
import { readMigration } from "surefoot/parts";
import type { Engine, Fault } from "../scenario.ts";
import type { Aimed, Strike } from "./stage.ts";
import { isStrike } from "./stage.ts";

function fileOf(migrations: string, id: string, engine: Engine): MigrationFile {
  const path = join(migrations, `${id}.sql`);
  return readMigration(path, readFileSync(path, "utf8"), engine);
}

/**
 * The fault that comes from outside, and the statement at which it strikes; null: none does.
 * @throws Error when the file has no such statement
 */
export function aimOf(
  faults: readonly Aimed[],
  migrations: string,
  engine: Engine,
): { readonly fault: Strike; readonly sql: string | RegExp } | null {
  for (const { fault, migration } of faults)
    if (isStrike(fault)) {
      const sql = fault.making === undefined ? statementOf(fileOf(migrations, migration, engine), fault) : makesJournal;
      return { fault, sql };
    }
  return null;
}

/** The first of the tables that Surefoot makes for itself. */
const makesJournal = /^CREATE TABLE (IF NOT EXISTS )?\S*surefoot_journal/;

function statementOf(file: MigrationFile, { step, undoOf }: Fault): string {
  const source = file.up[(step ?? undoOf ?? 0) - 1];
  const undo = source?.undo?.type === "given" ? source.undo.statements[0] : undefined;
  const found = step === undefined ? undo : source;
  if (found === undefined)
    throw new Error(
      `${file.id} has no ${step === undefined ? `undo of step ${undoOf ?? 0} written out` : `step ${step}`}, and a fault is to strike there`,
    );
  return found.sql;
}
