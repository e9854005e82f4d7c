/**
 * Why three steps and two runners are enough: counts what larger bounds bring that is new, and writes the two tables of
 * docs/model.md. It takes minutes; `--check` computes only the first rows again and compares them.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  abstractTuples,
  allMutants,
  arrangementsOf,
  assemble,
  configurationsOf,
  Explored,
  mainNames,
  mutantConfigurations,
  proveConfiguration,
  stateCountMax,
  tryMutant,
} from "@surefoot/model/explorer";
import type { Bounds, Configuration, MainName } from "@surefoot/model/explorer";

const page = join(import.meta.dirname, "..", "docs", "model.md");
const arrangementStepsMax = 4;

/** Mutants take a search of everything each, so only the small bounds try them. */
const bounds: readonly (Bounds & { readonly mutants: boolean })[] = [
  { steps: 1, runners: 1, mutants: true },
  { steps: 1, runners: 2, mutants: true },
  { steps: 2, runners: 2, mutants: true },
  { steps: 3, runners: 2, mutants: false },
  { steps: 4, runners: 2, mutants: false },
  { steps: 5, runners: 2, mutants: false },
  { steps: 1, runners: 3, mutants: false },
];

function write(name: string, head: string, rows: readonly string[]): void {
  const text = readFileSync(page, "utf8");
  const part = new RegExp(`(<!-- saturation: ${name} -->\\n)[^]*?(<!-- end -->)`);
  if (!part.test(text)) throw new Error(`docs/model.md has no place for ${name}.`);
  writeFileSync(page, text.replace(part, `$1${head}\n${rows.join("\n")}\n$2`));
}

/** What is told apart of each engine, whatever the migration is called. */
function seenIn(configurations: readonly Configuration[]) {
  const tuples = new Set<string>();
  const edges = new Set<string>();
  const decisions = new Set<string>();
  let [states, transitions] = [0, 0];
  for (const configuration of configurations) {
    const explored = new Explored(configuration);
    states += explored.exploration.stateCount;
    transitions += explored.exploration.transitionCount;
    for (const tuple of abstractTuples(explored)) tuples.add(`${configuration.profile.name} ${tuple}`);
    for (const edge of explored.edgeCounts.keys()) edges.add(edge);
    for (const row of explored.decisionCounts.keys()) decisions.add(row);
  }
  return { states, transitions, tuples: tuples.size, edges: edges.size, decisions: decisions.size };
}

function boundsRow({ steps, runners }: Bounds): string {
  const seen = seenIn(configurationsOf("adjusted", { steps, runners }));
  process.stderr.write(`${steps} steps, ${runners} runners: ${seen.states} states\n`);
  const { states, transitions, edges, decisions, tuples } = seen;
  return `| ${[steps, runners, states, transitions, edges, decisions, tuples].map(number).join(" | ")} |`;
}

const boundsHead =
  "| steps | runners | states | transitions | edges of the table | rows of the doubt table | abstract tuples | mutants killed |\n" +
  "| --: | --: | --: | --: | --: | --: | --: | --: |";

/** Only by properties that hold without a defect: with one runner not every action is taken, for one. */
function killed(of: Bounds): string {
  const mutants = allMutants();
  const configurations = mutantConfigurations(of);
  const { properties } = assemble(
    "adjusted",
    configurations.map((one) => proveConfiguration(one)),
    [],
  );
  const holds = new Set(properties.filter(({ verdict }) => verdict === "holds").map(({ id }) => id));
  const count = mutants.filter((mutant) =>
    tryMutant(mutant, configurations, stateCountMax).by.some((id) => holds.has(id)),
  ).length;
  process.stderr.write(`  ${count} of ${mutants.length} mutants killed\n`);
  return `${count} of ${mutants.length}`;
}

function arrangementRow(steps: number): string {
  const counts = mainNames.map((name: MainName) => {
    const all = new Set<string>();
    for (let count = 1; count <= steps; count++)
      for (const configuration of arrangementsOf(name, count, 2))
        // A tuple is about one runner and the rest, so it makes no difference which is which.
        for (const tuple of abstractTuples(new Explored(configuration, undefined, { symmetry: true }))) all.add(tuple);
    process.stderr.write(`up to ${steps} steps in any order, ${name}: ${all.size} tuples\n`);
    return all.size;
  });
  return `| ${[steps, ...counts].map(number).join(" | ")} |`;
}

const arrangementHead = `| steps, up to | ${mainNames.join(" | ")} |\n| --: |${mainNames.map(() => " --: |").join("")}`;

function number(value: number): string {
  return value.toLocaleString("en");
}

if (process.argv.includes("--check")) {
  const text = readFileSync(page, "utf8");
  const rows = [...bounds.slice(0, 2).map(boundsRow), arrangementRow(1)];
  const stale = rows.filter((row) => !text.includes(row));
  for (const row of stale) process.stdout.write(`docs/model.md does not have: ${row}\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  write(
    "bounds",
    boundsHead,
    bounds.map((row) => `${boundsRow(row)} ${row.mutants ? killed(row) : "-"} |`),
  );
  const steps = Array.from({ length: arrangementStepsMax }, (_, index) => index + 1);
  write("arrangements", arrangementHead, steps.map(arrangementRow));
}
