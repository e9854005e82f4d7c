/** A scenario in the words of one engine, with the end that it has there. */
import type { VariantName } from "@surefoot/model";
import type { Act, Answer, Engine, Fault, Files, Otherwise, Place, Scenario, Then } from "./scenario.ts";

const alternatives = /\{\{([^{}]*)\}\}/g;

/** Null: every `{{…}}` of the text has words for each engine. Otherwise the first that has not. */
export function wordless(text: string): string | null {
  for (const [whole, inner = ""] of text.matchAll(alternatives)) {
    const count = inner.split("|").length;
    if (count !== 2 && count !== 3) return whole;
  }
  return null;
}

/** Takes the engine's words, and the indentation that all lines share. */
function textFor(engine: Engine, text: string): string {
  return dedented(text).replace(alternatives, (_, inner: string) => {
    const [sqlite = "", mariadb = "", mysql = mariadb] = inner.split("|");
    return { sqlite, mariadb, mysql }[engine];
  });
}

/** The scenario as it is played: no `{{…}}`, and `then` as it holds there. */
export function inWords(scenario: Scenario, engine: Engine, place: Place, variant: VariantName): Scenario {
  const filesIn = (files: Files): Files =>
    Object.fromEntries(Object.entries(files).map(([id, text]) => [id, textFor(engine, text)]));
  const then = [answerAt(scenario, engine), answerAt(scenario, place), scenario.variants?.[variant]].reduce<Then>(
    (before, answer) => (typeof answer === "object" && "then" in answer ? { ...before, ...answer.then } : before),
    scenario.then,
  );
  return {
    ...scenario,
    given: filesIn(scenario.given),
    pending: filesIn(scenario.pending),
    when: scenario.when.map((act) => actFor(engine, act)),
    then: {
      ...then,
      told: then.told.map((text) => textFor(engine, text)),
      keeps: then.keeps.map((text) => textFor(engine, text)),
    },
  };
}

function answerAt({ engines }: Scenario, place: Place): Answer | Otherwise {
  return engines[place];
}

function actFor(engine: Engine, act: Act): Act {
  if ("files" in act) {
    const files = Object.entries(act.files).map(([id, text]) => [id, text === null ? null : textFor(engine, text)]);
    return { files: Object.fromEntries(files) as { readonly [id: string]: string | null } };
  }
  if ("byHand" in act) return { ...act, byHand: act.byHand.map((sql) => textFor(engine, sql)) };
  if ("opens" in act) return { opens: act.opens?.map((sql) => textFor(engine, sql)) ?? null };
  if ("copied" in act) return act;
  const { faults = [] } = act;
  return { ...act, faults: faults.map((fault) => faultFor(engine, fault)) };
}

function faultFor(engine: Engine, fault: Fault): Fault {
  if (!("meanwhile" in fault) || fault.meanwhile === undefined) return fault;
  return { ...fault, meanwhile: fault.meanwhile.map((one) => actFor(engine, one)) };
}

function dedented(text: string): string {
  if (!text.includes("\n")) return text;
  const lines = text.replace(/^\n/, "").split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const width = Math.min(...indents);
  const cut = lines.map((line) => line.slice(Math.min(width, line.length))).join("\n");
  return `${cut.trimEnd()}\n`;
}

/** Each text of the scenario in the words of an engine, and the same in SQLite's. */
export function wordsInSqlite(scenario: Scenario, engine: Engine, variant: VariantName): ReadonlyMap<string, string> {
  const [own, plain] = [engine, "sqlite" as const].map((words) => textsOf(inWords(scenario, words, "model", variant)));
  return new Map(own?.map((text, at) => [text, plain?.[at] ?? text]));
}

function textsOf({ given, pending, when }: Scenario): readonly string[] {
  return [...Object.values(given), ...Object.values(pending), ...when.flatMap(textsIn)];
}

function textsIn(act: Act): readonly string[] {
  if ("files" in act) return Object.values(act.files).flatMap((text) => text ?? []);
  if ("byHand" in act) return act.byHand;
  if (!("run" in act)) return [];
  return (act.faults ?? []).flatMap((fault) => ("meanwhile" in fault ? (fault.meanwhile ?? []).flatMap(textsIn) : []));
}
