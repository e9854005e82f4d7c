import type { Result } from "../result.ts";
import { hasHeld } from "../result.ts";
import type { Place } from "../scenario.ts";

/** A result as a line of JSON. */
export function resultLine(result: Result): object {
  const { name, on, milliseconds } = result;
  const about = { type: "scenario", name, on, held: hasHeld(result), milliseconds };
  switch (result.type) {
    case "skipped":
      return { ...about, skipped: result.reason };
    case "broken":
      return { ...about, broken: result.message };
    default: {
      const { exits, path, outcome, applied, tables, rows } = result.seen;
      return {
        ...about,
        differences: result.differences,
        seen: { exits, path, outcome, left: { applied, tables, rows } },
      };
    }
  }
}

/** The last line. */
export function summaryLine(results: readonly Result[], on: Place, exit: number): object {
  const failed = results.filter((result) => !hasHeld(result));
  const error =
    failed.length === 0
      ? null
      : {
          code: "REPLAY_FAILED",
          message: `These did not end as they must: ${failed.map(({ name }) => name).join(", ")}`,
        };
  return {
    type: "result",
    command: "replay",
    exit,
    state: null,
    error,
    next: failed.map(({ name }) => `surefoot replay ${name} --on ${on}`),
    on,
    scenarios: results.map((result) => ({
      name: result.name,
      held: hasHeld(result),
      skipped: result.type === "skipped",
    })),
  };
}
