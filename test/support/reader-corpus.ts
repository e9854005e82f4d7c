/** Databases as the reader's corpus takes them for granted. */
import type { Connection } from "mysql2/promise";
import { readStatement } from "../../packages/runner/src/sql/reader/read-statement.ts";
import { readStart } from "../../packages/runner/src/sql/reader/corpus/read-corpus.ts";
import type { ServerDialect } from "../../packages/runner/src/sql/reader/corpus/read-corpus.ts";

/** Both are made anew, with nothing of an earlier statement left. */
export async function makeStart(connection: Connection, dialect: ServerDialect): Promise<void> {
  for (const name of ["here", "surefoot_other", "surefoot_made"])
    await connection.query(`DROP DATABASE IF EXISTS ${name}`);
  await connection.query("CREATE DATABASE surefoot_other");
  await connection.query("CREATE TABLE surefoot_other.kept (id INT)");
  await connection.query("CREATE DATABASE here");
  await connection.query("USE here");
  for (const sql of readStart(dialect)) await connection.query(sql);
}

/**
 * Makes only those objects of `here` anew that a statement changed, which is much quicker. Whether all is as it was then
 * is for the caller to see.
 */
export async function mend(connection: Connection, dialect: ServerDialect, changed: readonly string[]): Promise<void> {
  await connection.query("SET SESSION foreign_key_checks = 0");
  const server = { dialect, version: 1_000_000 };
  const statements = readStart(dialect).map((sql) => ({ sql, ...readStatement(sql, server) }));
  const names = new Set(changed);
  for (const object of changed) {
    const [type = "", name = ""] = object.split(":");
    await connection.query(`DROP ${type.replace("_", " ")} IF EXISTS \`${name.replaceAll("`", "``")}\``);
  }
  for (const { sql, targets, ...statement } of statements) {
    // The triggers of a table went with it.
    const table = statement.kind === "create_trigger" ? `table:${statement.table.name}` : "";
    if (targets.some(({ type, name }) => names.has(`${type}:${name}`)) || names.has(table)) await connection.query(sql);
  }
}
