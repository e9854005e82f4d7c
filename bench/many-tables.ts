/** One small migration on a server whose database holds many tables: what the look at the whole schema costs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { Comparison } from "./compare.ts";
import { bin, spawned } from "./spawned.ts";

/** So many tables are made by one connection at once. */
const batchCount = 100;

/** @param url of a server, without a database; one is made, and left to `end` */
export async function besideManyTables(
  url: string,
  folder: string,
  tableCount: number,
  roundCount: number,
): Promise<{ readonly comparison: Comparison; readonly end: () => Promise<void> }> {
  const migrations = join(folder, "surefoot");
  const plain = join(folder, "plain");
  for (const path of [migrations, plain]) mkdirSync(path);
  writeFileSync(join(migrations, "0001_one.sql"), "-- migrate:up\nCREATE TABLE one_more (id INT PRIMARY KEY);\n");
  writeFileSync(join(plain, "0001_one.sql"), "CREATE TABLE one_more (id INT PRIMARY KEY);\n");
  const admin = await createConnection({ uri: url.replace(/^mariadb:/, "mysql:"), multipleStatements: true });
  const database = `surefoot_bench_${process.pid}_${tableCount}`;
  await admin.query(`CREATE DATABASE ${database}; USE ${database}`);
  for (let from = 0; from < tableCount; from += batchCount) {
    const count = Math.min(batchCount, tableCount - from);
    await admin.query(Array.from({ length: count }, (_, index) => table(from + index)).join(";"));
  }
  const target = `${url.replace(/\/$/, "")}/${database}`;
  const again = "DROP TABLE IF EXISTS one_more, surefoot_journal, surefoot_lease, schema_migrations";
  return {
    comparison: {
      name: `surefoot up of 1 migration beside ${tableCount} tables / a script with mysql2`,
      ours: async () => {
        spawned([bin, "up", "--dir", migrations, "--db", target]);
        await admin.query(again);
      },
      theirs: async () => {
        spawned([join(import.meta.dirname, "with-mysql2.mjs"), target, plain]);
        await admin.query(again);
      },
      roundCount,
      goal: null,
      inProcess: false,
    },
    end: async () => {
      await admin.query(`DROP DATABASE ${database}`);
      admin.destroy();
    },
  };
}

function table(index: number): string {
  return `CREATE TABLE t${index} (id INT PRIMARY KEY, name VARCHAR(50) NOT NULL, total INT NOT NULL DEFAULT 0, KEY t${index}_name (name))`;
}
