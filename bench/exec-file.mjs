// The least that a script can do with a file of SQL: hand it to SQLite in one transaction. As a script: FILE.db FILE.sql.
import { readFileSync } from "node:fs";
import Driver from "better-sqlite3";

const db = new Driver(process.argv[2]);
db.pragma("synchronous = FULL");
db.exec("BEGIN IMMEDIATE");
db.exec(readFileSync(process.argv[3], "utf8"));
db.exec("COMMIT");
db.close();
