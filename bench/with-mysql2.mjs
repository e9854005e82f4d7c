/**
 * The least that a runner can do on a server: mysql2, each statement alone, and for each file one row. Plain JavaScript, so that
 * no types are stripped. As a script: URL FOLDER.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";

const [url, folder] = process.argv.slice(2);
const connection = await createConnection({ uri: url.replace(/^mariadb:/, "mysql:") });
await connection.query(
  "CREATE TABLE schema_migrations (name VARCHAR(255) PRIMARY KEY, applied_at VARCHAR(40) NOT NULL)",
);
for (const name of readdirSync(folder).sort()) {
  for (const sql of readFileSync(join(folder, name), "utf8").split(/;\n/))
    if (sql.trim() !== "") await connection.query(sql);
  await connection.query("INSERT INTO schema_migrations VALUES (?, ?)", [name, new Date().toISOString()]);
}
await connection.end();
