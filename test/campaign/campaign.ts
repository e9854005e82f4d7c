/**
 * Runs trials one after the other. With a file for results it goes on where it was stopped: what is in the file is not
 * tried again.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Outcome } from "./outcome.ts";

export async function campaign<T extends { readonly key: string }>(
  trials: readonly T[],
  tryOne: (trial: T) => Promise<Outcome>,
  path: string | null,
): Promise<readonly Outcome[]> {
  const known = path === null ? new Map<string, Outcome>() : outcomesIn(path);
  const outcomes: Outcome[] = [];
  for (const trial of trials) {
    const outcome = known.get(trial.key) ?? (await tryOne(trial));
    if (path !== null && !known.has(trial.key)) {
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${JSON.stringify(outcome)}\n`);
    }
    outcomes.push(outcome);
  }
  return outcomes;
}

/** One that broke a promise is tried again: perhaps that is mended. */
function outcomesIn(path: string): Map<string, Outcome> {
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  const outcomes = lines.map((line) => JSON.parse(line) as Outcome).filter(({ broken }) => broken === null);
  return new Map(outcomes.map((outcome) => [outcome.key, outcome]));
}
