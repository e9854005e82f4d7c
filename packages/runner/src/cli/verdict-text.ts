/** The verdicts for people: the table, why each is not better, and what each variant costs. */
import type { Judgement, VariantCost, VerdictTable } from "@surefoot/model/explorer";
import { storyText } from "@surefoot/model/explorer";

export function verdictText({ judgements, costs }: VerdictTable): string {
  const [only, ...others] = judgements;
  return only !== undefined && others.length === 0
    ? cellText(only)
    : `${verdictsText(judgements)}${reasonsText(judgements)}\n${costsText(costs)}`;
}

/** One story under one variant, and the story that shows it. */
function cellText({ scenario, title, variant, verdict, because, counterexample, worlds }: Judgement): string {
  const seen = worlds.map(({ configuration, verdict: own, states }) => [configuration, own, `${states} states`]);
  const told =
    counterexample === null
      ? ""
      : `\nThe shortest story that shows it, in ${counterexample.configuration}:\n\n${storyText(counterexample)}`;
  return `${scenario} ${title}, ${variant}: ${verdict}\n${because}\n\n${columns(seen)}${told}`;
}

function verdictsText(judgements: readonly Judgement[]): string {
  const variants = [...new Set(judgements.map(({ variant }) => variant))];
  const scenarios = [...new Set(judgements.map(({ scenario }) => scenario))];
  const rows = scenarios.map((scenario) => {
    const own = judgements.filter((one) => one.scenario === scenario);
    const verdicts = variants.map((variant) => own.find((one) => one.variant === variant)?.verdict ?? "");
    return [`${scenario} ${own[0]?.title ?? ""}`, ...verdicts];
  });
  return columns([["", ...variants], ...rows]);
}

function reasonsText(judgements: readonly Judgement[]): string {
  return judgements
    .filter(({ verdict }) => verdict !== "passes")
    .map(({ scenario, variant, verdict, because }) => `\n${scenario} ${variant}: ${verdict}\n  ${because}\n`)
    .join("");
}

function costsText(costs: readonly VariantCost[]): string {
  const rows = costs.map(({ variant, states, moves, bounds, cannotPromise }) => [
    variant,
    states.toLocaleString("en"),
    String(moves),
    Object.values(bounds)
      .map((bound) => bound ?? "-")
      .join(" "),
    cannotPromise.map(({ id }) => id).join(", ") || "-",
  ]);
  const claims = new Map(costs.flatMap(({ cannotPromise }) => cannotPromise.map(({ id, sentence }) => [id, sentence])));
  const legend = [...claims].map(([id, sentence]) => `${id}: ${sentence}\n`);
  return `${columns([["", "states", "moves", "steps to a sink", "cannot promise"], ...rows])}\n${legend.join("")}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join("");
}
