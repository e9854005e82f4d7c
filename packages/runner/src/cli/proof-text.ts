/** A proof as people read it. */
import type { Proof, PropertyResult } from "@surefoot/model/explorer";
import { storyText, variants } from "@surefoot/model/explorer";
import type { Answer } from "../prove/task.ts";

/** What is told while the proof is under way; null: too small to tell. */
export function answerLine(one: Answer): string | null {
  if (one.type === "mutant") return null;
  const { name, states, transitions, complete } = one.result;
  return `${name}: ${count(states)} states, ${count(transitions)} transitions${complete ? "" : ", not searched whole"}`;
}

export function proofText(proof: Proof, seconds: number): string {
  const { variant, configurations, properties, mutants, complaints } = proof;
  const sections = [
    `The model of Surefoot, variant ${variant}. ${variants[variant].summary}`,
    table(
      ["configuration", "engine", "runners", "steps", "states", "transitions", "depth", "to a sink"],
      [
        ...configurations.map(({ name, profile, runners, steps, states, transitions, depth, complete, bound }) => [
          name,
          profile,
          String(runners),
          String(steps),
          `${count(states)}${complete ? "" : "+"}`,
          count(transitions),
          String(depth),
          bound === null ? "-" : `<= ${bound}`,
        ]),
        [
          "together",
          "",
          "",
          "",
          count(sum(configurations.map(({ states }) => states))),
          count(sum(configurations.map(({ transitions }) => transitions))),
          "",
          "",
        ],
      ],
    ),
    "Faults are unlimited: crashes, lost connections, killed sessions, refused journals and orphans, at any time and any number.",
    ...(["safety", "liveness", "reachability"] as const).map((kind) =>
      [`${kind}:`, ...properties.filter((property) => property.kind === kind).map(propertyLine)].join("\n"),
    ),
    ...(mutants.length === 0 ? [] : [mutantText(proof)]),
    ...properties.flatMap(({ id, sentence, counterexample }) =>
      counterexample === null
        ? []
        : [
            `${id} is violated. ${sentence}\nIn ${counterexample.configuration}, with ${faults(counterexample.faults)}:\n\n${storyText(counterexample).trimEnd()}`,
          ],
    ),
    ...(complaints.length === 0
      ? []
      : [`The proof itself is not sound:\n${complaints.map((line) => `  ${line}`).join("\n")}`]),
    verdictText(proof, seconds),
  ];
  return `${sections.join("\n\n")}\n`;
}

function propertyLine({ id, verdict, witnesses, counts, holes, sentence }: PropertyResult): string {
  const tested = verdict === "violated" && holes.length === 0 ? "" : `${count(witnesses)} witnesses`;
  const missing = holes.length === 0 ? "" : `\n            never seen: ${holes.join("; ")}`;
  const [rarest] = Object.entries(counts).toSorted(([, one], [, other]) => one - other);
  const least =
    rarest === undefined || holes.length > 0 ? "" : `\n            the rarest: ${rarest[0]}, ${count(rarest[1])} times`;
  return `  ${verdict.toUpperCase().padEnd(8)}  ${id.padEnd(24)}  ${tested.padStart(18)}  ${sentence}${missing}${least}`;
}

function mutantText({ mutants }: Proof): string {
  const by = (outcome: string) => mutants.filter((mutant) => mutant.outcome === outcome);
  const [killed, survived, equivalent, invalid] = [by("killed"), by("survived"), by("equivalent"), by("invalid")];
  return [
    `mutants: ${mutants.length} seeded defects, ${killed.length} killed, ${equivalent.length} equivalent, ${survived.length} survived, ${invalid.length} invalid`,
    ...survived.map(({ id, because }) => `  survived    ${id}: ${because ?? "nobody knows why"}`),
    ...equivalent.map(({ id, because }) => `  equivalent  ${id}: ${because ?? ""}`),
    ...invalid.map(({ id, because }) => `  invalid     ${id}: ${because ?? ""}`),
  ].join("\n");
}

function verdictText({ verdict, configurations, properties }: Proof, seconds: number): string {
  const time = `${seconds.toFixed(1)} s`;
  switch (verdict) {
    case "holds": {
      const bound = Math.max(...configurations.map((configuration) => configuration.bound ?? 0));
      return `HOLDS (${time}): whatever starts comes to rest in idle or failed, at most ${bound} steps after the last fault.`;
    }
    case "violated": {
      const names = properties.filter((property) => property.verdict === "violated").map(({ id }) => id);
      return `VIOLATED (${time}): ${names.join(", ") || "see above"}.`;
    }
    default:
      return `UNKNOWN (${time}): a bound has ended the search (raise --states), something was never put to the test, or --symmetry left liveness out.`;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((text, at) => (at < 2 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!))).join("  ")}`.trimEnd();
  return [line(head), ...rows.map(line)].join("\n");
}

function faults(number: number): string {
  return number === 0 ? "no fault at all" : number === 1 ? "one fault" : `${number} faults`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function count(number: number): string {
  return number.toLocaleString("en");
}
