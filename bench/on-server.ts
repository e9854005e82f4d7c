/** Small migrations on a server whose URL the caller names, beside the same SQL through mysql2. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { RowDataPacket } from "mysql2/promise";
import type { Comparison } from "./compare.ts";
import { objectCount } from "./inputs.ts";
import type { Inputs } from "./inputs.ts";
import { bin, spawned } from "./spawned.ts";

/** @param url of a server, without a database; each call makes one of its own and drops it */
export function onServer(url: string, inputs: Inputs, roundCount: number): Comparison {
  const side = (act: (database: string) => void) => async (call: number) => {
    const admin = await createConnection({ uri: url.replace(/^mariadb:/, "mysql:") });
    const database = `surefoot_bench_${process.pid}_${call}`;
    await admin.query(`CREATE DATABASE ${database}`);
    try {
      act(`${url.replace(/\/$/, "")}/${database}`);
      const [rows] = await admin.query<RowDataPacket[]>(
        `SELECT (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}' AND TABLE_NAME REGEXP '^t[0-9]')
 + (SELECT COUNT(DISTINCT TABLE_NAME) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '${database}' AND INDEX_NAME REGEXP '_name$') AS n`,
      );
      assert.equal(Number(rows[0]?.["n"]), objectCount(inputs.migrationCount));
    } finally {
      await admin.query(`DROP DATABASE ${database}`);
      admin.destroy();
    }
  };
  return {
    name: `surefoot up of ${inputs.migrationCount} migrations on a server / a script with mysql2`,
    ours: side((target) => void spawned([bin, "up", "--dir", inputs.surefoot, "--db", target])),
    theirs: side((target) => void spawned([join(import.meta.dirname, "with-mysql2.mjs"), target, inputs.plain])),
    roundCount,
    goal: 1.25,
    inProcess: false,
  };
}

/** SQLite's words in the server's. */
export function forServer(inputs: Inputs): Inputs {
  for (const folder of [inputs.surefoot, inputs.plain])
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const text = readFileSync(path, "utf8")
        .replaceAll("name TEXT", "name VARCHAR(50)")
        .replaceAll("INTEGER PRIMARY KEY", "INTEGER AUTO_INCREMENT PRIMARY KEY")
        .replaceAll(/DROP INDEX (t\d+)_name/g, "DROP INDEX $1_name ON $1");
      writeFileSync(path, text);
    }
  return inputs;
}
