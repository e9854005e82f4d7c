/**
 * Statements with what is expected of each, for unit tests and for tests on the servers. The form of the files is told in
 * the first lines of both.txt.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type ServerDialect = "mysql" | "mariadb";

export interface Entry {
  readonly sql: string;
  /** What must have happened before, beside start.sql. */
  readonly setup: readonly string[];
  readonly kind: string;
  /** Types of the actions of an ALTER TABLE. */
  readonly actions: readonly string[];
  readonly class: string;
  readonly objects: readonly string[];
  readonly undo: { readonly type: "undo"; readonly sql: string } | { readonly type: "none"; readonly reason: string };
  readonly destroys: string | null;
  readonly notCovered: string | null;
  /** Keys of `refusals` and `skips`. */
  readonly refused: string | null;
  readonly skipped: string | null;
  /** Why nothing changes in start.sql's database; null: something does, where its class says so. */
  readonly idle: string | null;
}

/** Every statement for a dialect, those that both read alike included. */
export function readCorpus(dialect: ServerDialect): readonly Entry[] {
  return [...readFile("both", dialect), ...readFile(dialect, dialect)];
}

/** What each entry takes for granted: tables with rows, and an object of each sort. */
export function readStart(dialect: ServerDialect): readonly string[] {
  const lines = readFileSync(join(import.meta.dirname, "start.sql"), "utf8")
    .trimEnd()
    .split("\n");
  return dialect === "mariadb" ? [...lines, "CREATE SEQUENCE s"] : lines;
}

function readFile(name: string, dialect: ServerDialect): Entry[] {
  const text = readFileSync(join(import.meta.dirname, `${name}.txt`), "utf8");
  // The first paragraph says what the file is.
  const paragraphs = text.split("\n\n").slice(1);
  return paragraphs.filter((one) => !one.startsWith("# ")).map((one) => readEntry(one.trimEnd(), dialect));
}

function readEntry(paragraph: string, dialect: ServerDialect): Entry {
  const lines = paragraph.split("\n");
  const sql = lines.filter((line) => !line.startsWith("  ")).join("\n");
  const facts = new Map<string, string[]>();
  for (const line of lines) {
    if (!line.startsWith("  ")) continue;
    const [, only, word = "", rest = ""] = /^ {2}(?:(mysql|mariadb) )?(\S+) (.*)$/.exec(line) ?? [];
    if (!words.has(word)) throw new Error(`The corpus has a line that is not known: ${line}`);
    if (only !== undefined && only !== dialect) continue;
    if (only !== undefined && (word === "undo" || word === "none")) {
      facts.delete("undo");
      facts.delete("none");
    }
    if (only !== undefined && word !== "setup") facts.set(word, [rest]);
    else if (!facts.has(word)) facts.set(word, [rest]);
    else if (word === "setup") facts.get(word)!.push(rest);
    else throw new Error(`The corpus says ${word} twice of: ${sql}`);
  }
  const one = (word: string): string | null => facts.get(word)?.[0] ?? null;
  const [kind = "", ...read] = (one("=") ?? "").split(" ");
  const [undo, none] = [one("undo"), one("none")];
  const objects = one(">");
  if (read.length === 0 || objects === null || (undo === null) === (none === null))
    throw new Error(`The corpus does not say enough, or too much, of: ${sql}`);
  return {
    sql,
    setup: facts.get("setup") ?? [],
    kind,
    actions: read.slice(0, -1),
    class: read.at(-1)!,
    objects: objects === "-" ? [] : objects.split(/ (?=[a-z_]+:)/),
    undo: undo === null ? { type: "none", reason: none! } : { type: "undo", sql: undo },
    destroys: one("destroys"),
    notCovered: one("notCovered"),
    refused: one("refused"),
    skipped: one("skipped"),
    idle: one("idle"),
  };
}

const words = new Set(["=", ">", "undo", "none", "setup", "destroys", "notCovered", "refused", "skipped", "idle"]);
