/** Splitting large texts: ours beside the splitter that its users would otherwise take. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mysqlSplitterOptions, splitQuery } from "dbgate-query-splitter";
import { split } from "../packages/runner/src/sql/splitter.ts";
import type { Comparison } from "./compare.ts";
import type { Once } from "./split-once.ts";

const size = 50_000_000;

interface Text {
  readonly text: string;
  readonly statementCount: number;
}

/** 50 MB of SQL for MySQL, of one kind. */
export function splitting(folder: string, kind: "dump" | "small", roundCount: number): Comparison {
  const { text, statementCount } = kind === "dump" ? dump() : smallStatements();
  return {
    name: `splitting ${mega(text.length)} MB, ${statementCount} statements (${kind}) / dbgate-query-splitter`,
    ours: () => assert.equal(split(text, "mysql").length, statementCount),
    theirs: () => assert.equal(splitQuery(text, mysqlSplitterOptions).length, statementCount),
    roundCount,
    goal: 0.5,
    inProcess: true,
    note: () => {
      const file = join(folder, `${kind}.sql`);
      writeFileSync(file, text);
      const script = join(import.meta.dirname, "split-once.ts");
      const once = JSON.parse(
        execFileSync(process.execPath, ["--expose-gc", script, file], { encoding: "utf8" }),
      ) as Once;
      const perByte = (bytes: number): string => (bytes / text.length).toFixed(1);
      return (
        `alone ${once.cpuMs.toFixed(0)} ms of processor time, ${mega((1_000 * text.length) / once.cpuMs)} MB/s; ` +
        `memory per byte of text: ${perByte(once.peakBytes)} at the peak, the text and Node itself included, ` +
        `${perByte(once.heldBytes)} for the statements, ${(once.heldBytes / statementCount).toFixed(0)} bytes for each`
      );
    },
  };
}

/** What mysqldump writes: settings in executable comments, and rows by the hundred in each INSERT. */
function dump(): Text {
  const head = [
    "/*!40101 SET NAMES utf8mb4 */",
    "/*!40014 SET FOREIGN_KEY_CHECKS=0 */",
    "CREATE TABLE `orders` (`id` INT, `note` TEXT)",
  ];
  const row = (id: number): string =>
    `(${id},'It''s number ${id}; it\\'s said \\"so\\" -- twice',${id}.25,'2026-01-01 00:00:00',NULL)`;
  return filled(head, (index) => {
    const rows = Array.from({ length: 250 }, (_, at) => row(250 * index + at));
    return `INSERT INTO \`orders\` VALUES ${rows.join(",")}`;
  });
}

function smallStatements(): Text {
  return filled([], (index) => `INSERT INTO t${index % 100} (id, name) VALUES (${index}, 'name ${index}')`);
}

function filled(head: readonly string[], statement: (index: number) => string): Text {
  const statements = [...head];
  let length = 0;
  for (let index = 0; length < size; index++) {
    const sql = statement(index);
    statements.push(sql);
    length += sql.length + 2;
  }
  // Through bytes, so that it is one flat string, as a file that was read.
  return { text: Buffer.from(`${statements.join(";\n")};\n`).toString(), statementCount: statements.length };
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
