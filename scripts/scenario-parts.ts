/** What docs/scenarios.md says of each scenario, as it is played: in the model, else on SQLite, else as it is written. */
import { incidents, library, openPlayhouse } from "@surefoot/scenarios";
import type { Moment, Scenario } from "@surefoot/scenarios";
import { section } from "../packages/scenarios/src/report/section.ts";

const io = {
  out: () => undefined,
  err: () => undefined,
  env: {},
  cwd: process.cwd(),
  signal: new AbortController().signal,
  ask: null,
};

/** @throws Error when one does not end as it must */
export async function scenarioSections(): Promise<string> {
  const parts: string[] = [];
  for (const { id, title, scenarios } of library) {
    parts.push(`## ${/^\d$/.test(id) ? `${id}. ` : ""}${title}\n`);
    for (const scenario of scenarios) parts.push(section(scenario, await played(scenario)));
  }
  return `${parts.join("\n")}\n`;
}

async function played(scenario: Scenario): Promise<readonly Moment[] | null> {
  for (const on of ["model", "sqlite"] as const) {
    const call = {
      type: "replay",
      names: [],
      db: undefined,
      variant: "adjusted",
      scenarios: undefined,
      json: false,
    } as const;
    const house = await openPlayhouse({ ...call, on, format: "text" }, io);
    const result = await house.play(scenario, () => undefined);
    await house.close();
    if (result.type === "skipped") continue;
    if (result.type === "broken") throw new Error(`${scenario.name}: ${result.message}`);
    if (result.differences.length > 0) throw new Error(`${scenario.name}: ${result.differences.join("; ")}`);
    return result.moments;
  }
  return null;
}

export function incidentRows(): string {
  const rows = incidents.map(({ what, where, scenarios }) => {
    const links = scenarios.map((name) => `[${name}](#${name})`).join(", ");
    return `| ${what} | ${where} | ${links} |`;
  });
  return `| what happened | where | scenarios |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}
