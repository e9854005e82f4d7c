/** Finds the statement that a fault means in the files as they are now. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MigrationFile } from "surefoot/parts";
import { readMigration } from "surefoot/parts";
import type { Engine, Fault } from "../scenario.ts";

export function fileOf(migrations: string, id: string, engine: Engine): MigrationFile {
  const path = join(migrations, `${id}.sql`);
  return readMigration(path, readFileSync(path, "utf8"), engine);
}

/** @throws Error when the file has no such statement */
export function statementOf(file: MigrationFile, { step, undoOf }: Fault): string {
  const source = file.up[(step ?? undoOf ?? 0) - 1];
  const undo = source?.undo?.type === "given" ? source.undo.statements[0] : undefined;
  const found = step === undefined ? undo : source;
  if (found === undefined)
    throw new Error(
      `${file.id} has no ${step === undefined ? `undo of step ${undoOf ?? 0} written out` : `step ${step}`}, and a fault is to strike there`,
    );
  return found.sql;
}
