/** Ratios as they are printed: the median, and between what they lie. */
import { median } from "./compare.ts";

export function spread(ratios: readonly number[]): string {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)} in ${ratios.length} rounds)`;
}

export function goalLine(ratios: readonly number[], goal: number | null): string {
  if (goal === null) return spread(ratios);
  return `${spread(ratios)}; goal at most ${goal.toFixed(2)}: ${median(ratios) <= goal ? "met" : "missed"}`;
}
