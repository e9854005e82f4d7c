/**
 * Statements with what is expected of each, for the unit test and for the test on the engine. The form of the file is told
 * in its first lines.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Entry {
  readonly sql: string;
  /** What must have happened before, beside start.sql. */
  readonly setup: readonly string[];
  /** Statements of the same migration. */
  readonly above: readonly string[];
  readonly form: string;
  /** Under `transaction=step` and under `transaction=none`. */
  readonly classes: readonly [step: string, none: string];
  readonly objects: readonly string[];
  /** Null: there is none. */
  readonly undo: readonly string[] | null;
  /** Why there is none, by the name of the rule or the obstacle. */
  readonly none: string | null;
  /** What it changes, when that is nothing but what was made above it or the values of a column. */
  readonly changes: readonly string[] | null;
  readonly destroys: string | null;
  readonly notCovered: string | null;
  /** Where it is refused. */
  readonly refused: "always" | "migration" | null;
}

export function readCorpus(): readonly Entry[] {
  const text = readFileSync(join(import.meta.dirname, "statements.txt"), "utf8");
  // The first paragraph says what the file is.
  const paragraphs = text.split("\n\n").slice(1);
  return paragraphs.filter((one) => !one.startsWith("# ")).map((one) => readEntry(one.trimEnd()));
}

/** What each entry takes for granted: tables with rows, and an object of each sort. */
export function readStart(): readonly string[] {
  return readFileSync(join(import.meta.dirname, "start.sql"), "utf8")
    .trimEnd()
    .split("\n");
}

const words = new Set(["=", ">", "undo", "none", "changes", "destroys", "notCovered", "refused", "setup", "above"]);

function readEntry(paragraph: string): Entry {
  const [sql = "", ...lines] = paragraph.split("\n");
  const facts = new Map<string, string[]>();
  for (const line of lines) {
    const [, word = "", rest = ""] = /^ {2}(\S+) (.*)$/.exec(line) ?? [];
    if (!words.has(word)) throw new Error(`The corpus has a line that is not known: ${line}`);
    facts.set(word, [...(facts.get(word) ?? []), rest]);
  }
  const one = (word: string): string | null => facts.get(word)?.[0] ?? null;
  const [form, step, none] = (one("=") ?? "").split(" ");
  const objects = one(">");
  const undo = facts.get("undo") ?? null;
  const isComplete = form !== undefined && step !== undefined && none !== undefined && objects !== null;
  if (!isComplete || (undo === null) === (one("none") === null))
    throw new Error(`The corpus does not say enough, or too much, of: ${sql}`);
  return {
    sql,
    setup: facts.get("setup") ?? [],
    above: facts.get("above") ?? [],
    form,
    classes: [step, none],
    objects: listed(objects) ?? [],
    undo: undo?.[0] === "nothing" ? [] : undo,
    none: one("none"),
    changes: listed(one("changes")),
    destroys: one("destroys"),
    notCovered: one("notCovered"),
    refused: one("refused") as Entry["refused"],
  };
}

/** `kind:name` by `kind:name`; names may hold spaces. */
function listed(text: string | null): readonly string[] | null {
  return text === null ? null : text === "-" ? [] : text.split(/ (?=[a-z]+:)/);
}
