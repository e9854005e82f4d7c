/** Compares Surefoot with doing the same by hand, with drizzle-orm and with SPIN. Prints ratios: below 1 Surefoot is quicker. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { allAtOnce, allAtOnceInside, oneByOne, oneByOneInside } from "./apply.ts";
import { bigFile } from "./big-file.ts";
import type { Comparison } from "./compare.ts";
import { compare } from "./compare.ts";
import { besideSpin } from "./explorer.ts";
import { writeInputs } from "./inputs.ts";
import { besideManyTables } from "./many-tables.ts";
import { forServer, onServer } from "./on-server.ts";
import { goalLine, spread } from "./report.ts";
import { splitting } from "./splitter.ts";
import { nothingToDo } from "./startup.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
    starts: { type: "string", default: "25" },
  },
});
const roundCount = Number(values.rounds);
const startCount = Number(values.starts);

const folder = mkdtempSync(join(tmpdir(), "surefoot-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

/** Where `server` runs: a server whose durability is its own default, which that of the tests is not. */
const server = process.env["SUREFOOT_BENCH_URL"];
const inputs = writeInputs(join(folder, "inputs"), 1_000);
const comparisons: { readonly [name: string]: () => Comparison | Promise<Comparison> } = {
  up: () => oneByOne(subfolder("up"), inputs, roundCount),
  atomic: () => allAtOnce(subfolder("atomic"), inputs, roundCount),
  "up-inside": () => oneByOneInside(subfolder("up-inside"), inputs, roundCount),
  "atomic-inside": () => allAtOnceInside(subfolder("atomic-inside"), inputs, roundCount),
  "start-10": () => nothingToDo(folder, 10, startCount),
  "start-1000": () => nothingToDo(folder, 1_000, startCount),
  "big-file": () => bigFile(subfolder("big-file"), roundCount),
  ...(server === undefined
    ? {}
    : { server: () => onServer(server, forServer(writeInputs(subfolder("server"), 300)), roundCount) }),
  "splitter-dump": () => splitting(folder, "dump", roundCount),
  "splitter-small": () => splitting(folder, "small", roundCount),
};

/** Tables are made once, and dropped at the end. */
async function manyTables(tableCount: number): Promise<void> {
  const folder = subfolder(`tables-${tableCount}`);
  const { comparison, end } = await besideManyTables(server ?? "", folder, tableCount, roundCount);
  try {
    await report(comparison);
  } finally {
    await end();
  }
}

for (const [name, make] of Object.entries(comparisons))
  if (values.only === undefined || values.only === name || name.startsWith(`${values.only}-`))
    await report(await make());
if (server !== undefined && (values.only === undefined || values.only === "tables"))
  for (const tableCount of [10, 1_000, 10_000]) await manyTables(tableCount);
if (values.only === undefined || values.only === "explorer") process.stdout.write(await besideSpin(folder, roundCount));

async function report(comparison: Comparison): Promise<void> {
  const { name, goal, inProcess, note } = comparison;
  const { time, cpu } = await compare(comparison);
  process.stdout.write(`${name}\n`);
  process.stdout.write(`  time ${goalLine(time, goal)}\n`);
  if (inProcess) process.stdout.write(`  cpu  ${spread(cpu)}\n`);
  if (note !== undefined) process.stdout.write(`  ${note()}\n`);
}

function subfolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}
