/** The verdicts as tables of Markdown. */
import type { Judgement, VariantCost, VerdictTable } from "@surefoot/model/explorer";

export function verdictMarkdown({ judgements, costs }: VerdictTable): string {
  return `${verdictRows(judgements)}\n${reasons(judgements)}${costRows(costs)}`;
}

function reasons(judgements: readonly Judgement[]): string {
  const items = judgements
    .filter(({ verdict }) => verdict !== "passes")
    .map(({ scenario, variant, verdict, because }) => `* ${scenario}, \`${variant}\`: ${verdict}. ${because}\n`);
  return items.length === 0 ? "" : `${items.join("")}\n`;
}

/** A row for each story, a column for each variant. */
export function verdictRows(judgements: readonly Judgement[]): string {
  const variants = [...new Set(judgements.map(({ variant }) => variant))];
  const scenarios = [...new Set(judgements.map(({ scenario }) => scenario))];
  const rows = scenarios.map((scenario) => {
    const own = judgements.filter((one) => one.scenario === scenario);
    const verdicts = variants.map((variant) => own.find((one) => one.variant === variant)?.verdict ?? "");
    return `| ${scenario}. ${own[0]?.title ?? ""} | ${verdicts.join(" | ")} |\n`;
  });
  const head = `| story | ${variants.map((variant) => `\`${variant}\``).join(" | ")} |\n`;
  return `${head}| --- |${variants.map(() => " --- |").join("")}\n${rows.join("")}`;
}

/** What each variant costs in the worlds of these stories. */
export function costRows(costs: readonly VariantCost[]): string {
  const rows = costs.map(({ variant, states, moves, bounds, ends, cannotPromise }) => {
    const steps = Object.values(bounds).map((bound) => bound ?? "-");
    const { interrupted, applied, rolledBack, failed, none } = ends;
    const after = [applied, rolledBack, failed, none].map((count) => share(count, interrupted));
    const broken = cannotPromise.map(({ id }) => `\`${id}\``);
    return `| \`${variant}\` | ${states.toLocaleString("en")} | ${moves} | ${steps.join(", ")} | ${after.join(" | ")} | ${broken.join(", ") || "-"} |\n`;
  });
  return (
    "| variant | states | moves | steps to a sink, by story | applied | rolled back | failed | never | cannot promise |\n" +
    `| --- | --: | --: | --- | --: | --: | --: | --: | --- |\n${rows.join("")}`
  );
}

function share(count: number, all: number): string {
  return all === 0 ? "-" : `${Math.round((100 * count) / all)} %`;
}
