/** A campaign's outcomes in a table: for each engine, what its faults came to. */
import type { Outcome } from "./outcome.ts";
import { faultNames } from "./trial.ts";

const ends = ["applied", "rolled back", "a person", "broken"] as const;

export function summary(engine: string, outcomes: readonly Outcome[]): string {
  const rows = [
    ...faultNames.map((fault) => [fault, outcomes.filter((one) => faultsOf(one).join() === fault)] as const),
    ["several", outcomes.filter((one) => faultsOf(one).length > 1)] as const,
    ["all", outcomes] as const,
  ];
  const lines = rows
    .filter(([, some]) => some.length > 0)
    .map(([fault, some]) => {
      const counts = ends.map((end) => some.filter((one) => endOf(one) === end).length);
      const struck = some.filter((one) => one.struck === one.strikes).length;
      return `| ${engine} | ${fault} | ${some.length} | ${struck} | ${counts.join(" | ")} |`;
    });
  return [
    `| engine | fault | trials | struck | ${ends.join(" | ")} |`,
    `|${" --- |".repeat(4 + ends.length)}`,
    ...lines,
  ].join("\n");
}

function faultsOf({ key }: Outcome): readonly string[] {
  const struck = key.slice(key.indexOf(": ") + 2).split(/ then | and again /);
  return struck.map((text) => text.split(" ")[0] ?? "");
}

function endOf({ end }: Outcome): (typeof ends)[number] {
  if (end === "broken") return "broken";
  if (end === "applied") return "applied";
  return end.startsWith("person") ? "a person" : "rolled back";
}
