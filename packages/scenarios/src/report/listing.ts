import type { Group } from "../library/library.ts";
import type { Scenario } from "../scenario.ts";
import { places } from "../scenario.ts";

/** What there is to be played. */
export function listing(groups: readonly Group[], json: boolean): string {
  if (json) return listingJson(groups);
  const width = Math.max(...groups.flatMap(({ scenarios }) => scenarios.map(({ name }) => name.length)));
  const lines = groups.flatMap(({ id, title, scenarios }) => [
    "",
    `${id}  ${title}`,
    ...scenarios.map((scenario) => `   ${scenario.name.padEnd(width)}  ${firstSentence(scenario)}`),
  ]);
  return `${lines.join("\n").trimStart()}\n\nPlay one, a group, or all of them: surefoot replay NAME --on ${places.join("|")}\n`;
}

function firstSentence({ story }: Scenario): string {
  return /^.*?[.:](?=\s|$)/s.exec(story)?.[0].replace(/:$/, ".") ?? story;
}

function listingJson(groups: readonly Group[]): string {
  const scenarios = groups.flatMap((group) =>
    group.scenarios.map(({ name, story, source, engines }) => ({
      name,
      group: group.id,
      story,
      source,
      engines: Object.fromEntries(
        places.map((place) => {
          const answer = engines[place];
          return [place, typeof answer === "object" && "skip" in answer ? { skip: answer.skip } : "run"];
        }),
      ),
    })),
  );
  const result = {
    type: "result",
    command: "replay",
    exit: 0,
    state: null,
    error: null,
    next: ["surefoot replay all"],
    scenarios,
  };
  return `${JSON.stringify(result)}\n`;
}
