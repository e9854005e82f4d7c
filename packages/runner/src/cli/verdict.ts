import type { Judgement, VerdictTable, WorldJudgement as World } from "@surefoot/model/explorer";
import { plots, verdictTable } from "@surefoot/model/explorer";
import type { Io } from "./io.ts";
import type { Replayed } from "./replay.ts";
import type { VerdictCommand } from "./verdict-command.ts";
import { verdictMarkdown } from "./verdict-markdown.ts";
import { verdictText } from "./verdict-text.ts";

/** What the checker says of each story under each variant. Exit 3 where the model as it is does not pass one. */
export function verdict({ names, variant, json, format }: VerdictCommand, io: Io): Replayed {
  const known = plots.map(({ scenario }) => scenario);
  const unknown = names.find((name) => name !== "all" && !known.includes(name));
  if (unknown !== undefined)
    return { type: "problem", message: `There is no verdict on ${unknown}: the stories are ${known.join(", ")}.` };
  if (format === "junit")
    return { type: "problem", message: "Verdicts are printed as text or markdown, or with --json." };
  const table = verdictTable({
    ...(names.length === 0 || names.includes("all") ? {} : { scenarios: names }),
    ...(variant === null ? {} : { variants: [variant] }),
  });
  const exit = exitOf(table.judgements);
  if (json) io.out(`${JSON.stringify(resultOf(table, exit))}\n`);
  else io.out(format === "markdown" ? verdictMarkdown(table) : verdictText(table));
  return { type: "done", exit };
}

/** The alternatives may fail a story: that is why they are alternatives. */
export function exitOf(judgements: readonly Pick<Judgement, "variant" | "verdict">[]): 0 | 3 {
  return judgements.some((one) => one.variant === "adjusted" && one.verdict !== "passes") ? 3 : 0;
}

function resultOf({ judgements, costs }: VerdictTable, exit: number): unknown {
  return {
    type: "result",
    command: "replay",
    exit,
    state: null,
    error: null,
    next: [],
    verdicts: judgements.map(({ worlds, ...judgement }) => ({ ...judgement, worlds: worlds.map(worldOf) })),
    costs,
  };
}

/** Without the story: the judgement tells the one that counts. */
function worldOf({ configuration, verdict: own, because, touched, violated, states, transitions, bound, ends }: World) {
  return { configuration, verdict: own, because, touched, violated, states, transitions, bound, ends };
}
