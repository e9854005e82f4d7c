/** A scenario as a section of a page: its story, where it was seen, how it goes, and what is left. */
import type { Actor, Moment } from "../play/observation.ts";
import type { Act, Left, Place, Scenario } from "../scenario.ts";
import { places } from "../scenario.ts";
import { faultText } from "../play/fault-text.ts";

const titles: { readonly [P in Place]: string } = {
  model: "the model",
  sqlite: "SQLite",
  mariadb: "MariaDB",
  mysql: "MySQL",
};

/** `moments`: as it was played; null: nobody has played it for this page, and it is told as it is written. */
export function section(scenario: Scenario, moments: readonly Moment[] | null): string {
  const { name, story, source, then } = scenario;
  return [
    `### ${name}`,
    "",
    story,
    "",
    `Seen in ${source}. ${playedOn(scenario)}`,
    "",
    "```mermaid",
    diagram(moments ?? written(scenario)),
    "```",
    "",
    `Ends with ${then.exits.map((exit) => (exit === "killed" ? "a kill" : `exit ${exit}`)).join(", ")}: \`${then.outcome}\`. ${leftText(then.left)}`,
    "",
    ...differing(scenario),
  ].join("\n");
}

function playedOn({ engines }: Scenario): string {
  const played = places.filter((place) => !isSkip(engines[place]));
  const skipped = places.flatMap((place) => {
    const answer = engines[place];
    return isSkip(answer) ? [`not on ${titles[place]} (${answer.skip})`] : [];
  });
  return `Played on ${played.map((place) => titles[place]).join(", ")}${skipped.map((text) => `; ${text}`).join("")}.`;
}

function isSkip(answer: Scenario["engines"][Place]): answer is { readonly skip: string } {
  return typeof answer === "object" && "skip" in answer;
}

function leftText({ applied, tables, rows = {} }: Left): string {
  const shown = Object.entries(tables).map(([table, parts]) => {
    const count = rows[table];
    return `\`${table}\` (${parts.join(", ")})${count === undefined ? "" : ` with ${count} rows`}`;
  });
  return `Applied: ${applied.join(", ") || "nothing"}. In the database: ${shown.join("; ") || "nothing"}.`;
}

/** Where it ends otherwise. */
function differing({ engines, variants = {} }: Scenario): readonly string[] {
  const lines = [
    ...places.map((place) => [`on ${titles[place]}`, engines[place]] as const),
    ...Object.entries(variants).map(([name, answer]) => [`under \`${name}\``, answer] as const),
  ];
  return lines.flatMap(([where, answer]) => {
    if (typeof answer !== "object" || !("because" in answer)) return [];
    const fields = Object.keys(answer.then).join(", ");
    return [`Otherwise ${where}, because ${answer.because} (${fields}).`, ""];
  });
}

/** As it is written, for those that were not played. */
function written({ when, then }: Scenario): readonly Moment[] {
  const told = when.flatMap(momentsOf);
  return [...told, { actor: "runner", text: then.path.join(" → ") }];
}

function momentsOf(act: Act): readonly Moment[] {
  if ("byHand" in act) return act.byHand.map((sql) => ({ actor: "operator", text: `by hand: ${sql}` }));
  if ("files" in act) return Object.keys(act.files).map((id) => ({ actor: "operator", text: `writes ${id}.sql` }));
  if ("opens" in act)
    return [{ actor: "operator", text: act.opens === null ? "ends the transaction" : "opens a transaction" }];
  if ("copied" in act) return [{ actor: "operator", text: "restores the database from a dump" }];
  const { run, faults = [], through } = act;
  return [
    { actor: "operator", text: `surefoot ${run}${through === undefined ? "" : ", through a pool"}` },
    ...faults.flatMap((fault): readonly Moment[] => [
      { actor: "fault", text: faultText(fault) },
      ...("meanwhile" in fault ? (fault.meanwhile ?? []).flatMap(momentsOf) : []),
    ]),
  ];
}

const lanes: { readonly [A in Exclude<Actor, "fault">]: string } = {
  operator: "operator",
  runner: "runner",
  "second runner": "second",
  database: "database",
};

/** A sequence diagram of what people do, what strikes, and how the state changes. */
function diagram(moments: readonly Moment[]): string {
  const shown = moments.filter(({ actor, text }) => actor === "operator" || actor === "fault" || isTurn(text));
  const actors = (Object.keys(lanes) as (keyof typeof lanes)[]).filter(
    (lane) => lane !== "second runner" || shown.some(({ actor }) => actor === lane),
  );
  const lines = shown.map(({ actor, text }) => {
    const words = plain(text);
    if (actor === "operator")
      return words.startsWith("surefoot ") ? `operator->>runner: ${words}` : `operator->>database: ${words}`;
    return actor === "fault" ? `Note over runner,database: ✕ ${words}` : `Note over ${lanes[actor]}: ${words}`;
  });
  return [
    "sequenceDiagram",
    ...[...actors.map((lane) => `participant ${lanes[lane]}`), ...lines].map((line) => `  ${line}`),
  ].join("\n");
}

/** It changes the state, or ends. */
function isTurn(text: string): boolean {
  return (text.includes(" → ") && !text.includes("\n")) || text === "is gone" || text.startsWith("ends with");
}

/** Mermaid reads semicolons as ends of lines, and # as the beginning of a code. */
function plain(text: string): string {
  return text.replaceAll(";", ",").replaceAll("#", "").replaceAll(/\s+/g, " ");
}
