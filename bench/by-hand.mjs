/**
 * The least that a runner can do which knows afterwards what it has applied: better-sqlite3, and for each file one
 * transaction and one row. Plain JavaScript, so that no types are stripped. As a script: FILE FOLDER.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Driver from "better-sqlite3";

export function applyByHand(db, folder) {
  db.pragma("synchronous = FULL");
  db.exec("CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)");
  const record = db.prepare("INSERT INTO schema_migrations (name, applied_at) VALUES (?, ?)");
  for (const name of readdirSync(folder).sort()) {
    const sql = readFileSync(join(folder, name), "utf8");
    db.exec("BEGIN IMMEDIATE");
    db.exec(sql);
    record.run(name, new Date().toISOString());
    db.exec("COMMIT");
  }
}

if (import.meta.main) {
  const db = new Driver(process.argv[2]);
  applyByHand(db, process.argv[3]);
  db.close();
}
