/** The parts of the documentation that are made from the code: between `<!-- generated: NAME -->` and its end. */
import { eventTypes, mermaid, stateTypes, table } from "@surefoot/model";
import type { Table } from "@surefoot/model";
import {
  adjustmentName,
  adjustments,
  assemble,
  configurationsOf,
  documentedWith,
  judgePlot,
  plots,
  production,
  proveConfiguration,
  smallBounds,
  variantNames,
  verdictTable,
} from "@surefoot/model/explorer";
import type { PropertyResult, VariantName, VerdictTable } from "@surefoot/model/explorer";
import { costRows, verdictRows } from "../packages/runner/src/cli/verdict-markdown.ts";
import { exitCodeOf } from "../packages/runner/src/error.ts";
import { incidentRows, scenarioSections } from "./scenario-parts.ts";
import {
  classesOnServers,
  differencesOfServers,
  inversesOnServers,
  refusedOnServers,
  withoutInverse,
} from "./server-sql-parts.ts";
import { classesOnSqlite, inversesOnSqlite } from "./sqlite-sql-parts.ts";

const parts: { readonly [name: string]: () => string | Promise<string> } = {
  scenarios: scenarioSections,
  incidents: incidentRows,
  "state diagram": () => `\`\`\`mermaid\n${mermaid()}\`\`\`\n`,
  "transition table": transitionTable,
  "exit codes": exitCodes,
  verdicts: () => verdictRows(verdictsOnce().judgements),
  reasons,
  costs: () => costRows(verdictsOnce().costs),
  adjustments: adjustmentRows,
  "classes on sqlite": classesOnSqlite,
  "inverses on sqlite": inversesOnSqlite,
  "classes on servers": classesOnServers,
  "differences of servers": differencesOfServers,
  "refused on servers": refusedOnServers,
  "inverses on servers": inversesOnServers,
  "without inverse on servers": withoutInverse,
  variants: () =>
    `| variant | breaks, with the shortest story | states | to a sink |\n| --- | --- | --: | --: |\n${variantNames.map(variantRow).join("")}`,
};

const part = /(<!-- generated: ([a-z ]+) -->\n)[^]*?(<!-- end -->)/g;

/** The page with every generated part as the code makes it. */
export async function withGeneratedParts(page: string): Promise<string> {
  const made = new Map<string, string>();
  for (const [, , name = ""] of page.matchAll(part)) {
    const make = parts[name];
    if (make === undefined) throw new Error(`Nothing generates “${name}”.`);
    made.set(name, await make());
  }
  return page.replace(part, (_, begin: string, name: string, end: string) => `${begin}${made.get(name) ?? ""}${end}`);
}

function transitionTable(): string {
  const rows = stateTypes.flatMap((from) =>
    eventTypes.flatMap((event) => {
      const row: Table[typeof from] = table[from];
      const to = row[event];
      return to === undefined ? [] : [`| ${from} | ${event} | ${to.join(", or under `resume` ")} |`];
    }),
  );
  return `| from | event | to |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

function exitCodes(): string {
  const rows = Object.entries(exitCodeOf).map(([code, exit]) => `| \`${code}\` | ${exit} |`);
  return `| code | exit |\n| --- | --- |\n${rows.join("\n")}\n`;
}

let verdicts: VerdictTable | null = null;

function verdictsOnce(): VerdictTable {
  verdicts ??= verdictTable();
  return verdicts;
}

function reasons(): string {
  return verdictsOnce()
    .judgements.filter(({ variant }) => variant === "documented")
    .map(({ scenario, title, verdict, because }) => `${scenario}. *${title}*: ${verdict}. ${because}\n`)
    .join("");
}

/** `adjusted` with one adjustment withdrawn, for each of them. */
function adjustmentRows(): string {
  const names = adjustments.map(adjustmentName);
  const rows = names.map((name) => {
    const variant = documentedWith(names.filter((other) => other !== name));
    const cells = plots.map((plot) => judgePlot(plot, "adjusted", { subject: { ...production, variant } }).verdict);
    return `| \`${name}\` | ${cells.map((verdict) => (verdict === "passes" ? "-" : verdict)).join(" | ")} |\n`;
  });
  const head = `| without | ${plots.map(({ scenario }) => scenario).join(" | ")} |\n`;
  return `${head}| --- |${plots.map(() => " --- |").join("")}\n${rows.join("")}`;
}

/** At the bounds of `prove --quick`. */
function variantRow(variant: VariantName): string {
  const results = configurationsOf(variant, smallBounds).map((configuration) => proveConfiguration(configuration));
  const { properties } = assemble(variant, results, []);
  const broken = properties.filter(({ kind, verdict }) => kind !== "reachability" && verdict === "violated");
  const states = results.reduce((sum, one) => sum + one.states, 0).toLocaleString("en");
  const bounds = results.map(({ bound }) => bound ?? Infinity);
  const bound = bounds.includes(Infinity) ? "never, perhaps" : `at most ${Math.max(...bounds)} steps`;
  return `| \`${variant}\` | ${broken.map(storyOf).join(", ") || "nothing"} | ${states} | ${bound} |\n`;
}

function storyOf({ id, counterexample }: PropertyResult): string {
  const { steps, faults } = counterexample ?? { steps: [], faults: 0 };
  const struck = faults === 0 ? "no fault" : faults === 1 ? "one fault" : `${faults} faults`;
  return `\`${id}\` (${steps.length} steps, ${struck})`;
}
