/** What a user of drizzle-orm runs: its migrator, which takes one transaction for all. As a script: FILE FOLDER. */
import Driver from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";

export function applyWithDrizzle(db, migrationsFolder) {
  db.pragma("synchronous = FULL");
  migrate(drizzle(db), { migrationsFolder });
}

if (import.meta.main) {
  const db = new Driver(process.argv[2]);
  applyWithDrizzle(db, process.argv[3]);
  db.close();
}
