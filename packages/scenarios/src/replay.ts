/** `surefoot replay`: chooses scenarios, plays each where it is asked for, and reports. */
import type { Io, Replayed, ReplayCommand } from "surefoot/parts";
import { choose } from "./choose.ts";
import type { Group } from "./library/library.ts";
import { library } from "./library/library.ts";
import { loadFolder } from "./load-folder.ts";
import { openPlayhouse } from "./playhouse.ts";
import { Problem } from "./problem.ts";
import { junitReport } from "./report/junit.ts";
import { listing } from "./report/listing.ts";
import { markdownReport } from "./report/markdown.ts";
import { resultLine, summaryLine } from "./report/json.ts";
import { leftText, momentText, verdictText } from "./report/text.ts";
import type { Result } from "./result.ts";
import { hasHeld } from "./result.ts";

export async function replay(command: ReplayCommand, io: Io): Promise<Replayed> {
  try {
    return { type: "done", exit: await play(command, io) };
  } catch (error) {
    if (error instanceof Problem) return { type: "problem", message: error.message };
    throw error;
  }
}

async function play(command: ReplayCommand, io: Io): Promise<number> {
  const { names, on, json, format } = command;
  const groups = await groupsOf(command, io);
  if (names.length === 0) {
    io.out(listing(groups, json));
    return 0;
  }
  const scenarios = choose(groups, names);
  const quiet = json || format !== "text";
  const results: Result[] = [];
  const house = await openPlayhouse(command, io);
  try {
    for (const scenario of scenarios) {
      if (io.signal.aborted) break;
      if (!quiet) io.err(`\n${scenario.name} on ${on}\n${scenario.story}\n`);
      const result = await house.play(scenario, (moment) => {
        if (json) io.out(`${JSON.stringify({ type: "moment", scenario: scenario.name, on, ...moment })}\n`);
        else if (!quiet) io.err(momentText(moment));
      });
      results.push(result);
      if (json) io.out(`${JSON.stringify(resultLine(result))}\n`);
      else if (!quiet) {
        io.err(leftText(result));
        io.out(verdictText(result));
      }
    }
  } finally {
    await house.close();
  }
  const exit = results.length < scenarios.length ? 130 : results.every(hasHeld) ? 0 : 3;
  if (json) io.out(`${JSON.stringify(summaryLine(results, on, exit))}\n`);
  else if (format === "junit") io.out(junitReport(results));
  else if (format === "markdown") io.out(markdownReport(results));
  else io.out(countText(results));
  return exit;
}

async function groupsOf({ scenarios }: ReplayCommand, io: Io): Promise<readonly Group[]> {
  if (scenarios === undefined) return library;
  return [{ id: "own", title: `Scenarios of ${scenarios}`, scenarios: await loadFolder(scenarios, io.cwd) }];
}

function countText(results: readonly Result[]): string {
  const skipped = results.filter(({ type }) => type === "skipped").length;
  const failed = results.filter((result) => !hasHeld(result)).length;
  const held = results.length - skipped - failed;
  return `${held} ended as they must, ${failed} did not, ${skipped} skipped\n`;
}
