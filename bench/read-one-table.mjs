// The least that a process can do which looks what is applied. Plain JavaScript, so that no types are stripped.
import Driver from "better-sqlite3";

const db = new Driver(process.argv[2]);
const rows = db.prepare("SELECT name FROM schema_migrations").all();
db.close();
process.stdout.write(`${rows.length}\n`);
