import type { Subject } from "../explorer/explored.ts";
import { Explored, production } from "../explorer/explored.ts";
import type { Story } from "../explorer/story.ts";
import type { VariantName } from "../variant.ts";
import type { StoryVerdict, WorldJudgement } from "./judge-world.ts";
import { judgeWorld, simplest, storyVerdicts } from "./judge-world.ts";
import type { Plot } from "./plot.ts";
import { belongsTo } from "./plot.ts";
import { worldsOf } from "./plot-worlds.ts";

/** One story in all its worlds: the worst of them counts. */
export interface Judgement {
  readonly scenario: string;
  readonly title: string;
  readonly variant: VariantName;
  readonly verdict: StoryVerdict;
  /** In sentences. */
  readonly because: string;
  /** The one of the simplest world that shows it; null where it passes. */
  readonly counterexample: Story | null;
  readonly worlds: readonly WorldJudgement[];
}

export interface PlotOptions {
  /** The machine and its protocol, as they are or mutated. A variant in it counts more than the one by name. */
  readonly subject?: Subject;
  /** Default: 1. */
  readonly runners?: number;
}

export function judgePlot(plot: Plot, variant: VariantName, options: PlotOptions = {}): Judgement {
  const { scenario, title } = plot;
  const worlds = explorePlot(plot, variant, options).map(judgeWorld);
  const verdict = storyVerdicts.findLast((one) => worlds.some((world) => world.verdict === one)) ?? "passes";
  const shown = worlds.filter((world) => world.verdict === verdict);
  const { because = "", counterexample = null } = simplest(shown) ?? {};
  const touched = new Set(worlds.flatMap((world) => world.touched));
  return {
    scenario,
    title,
    variant,
    verdict,
    because:
      verdict === "passes"
        ? `It never stops, and the ${touched.size} properties that it touches hold.`
        : `${because}${whereOf(shown, worlds)}`,
    counterexample,
    worlds,
  };
}

/** The worlds of a story, each searched whole. */
export function explorePlot(
  plot: Plot,
  variant: VariantName,
  { subject = production, runners }: PlotOptions = {},
): readonly Explored[] {
  const isAllowed = belongsTo(plot);
  return worldsOf(plot, variant, runners).map((configuration) => new Explored(configuration, subject, { isAllowed }));
}

function whereOf(shown: readonly WorldJudgement[], worlds: readonly WorldJudgement[]): string {
  return shown.length === worlds.length
    ? ""
    : ` Only in ${shown.map(({ configuration }) => `\`${configuration}\``).join(", ")}.`;
}
