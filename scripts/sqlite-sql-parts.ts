/** What docs/sql.md says of statements on SQLite: the tables of the code, and its answers for statements of the corpus. */
import type { StatementFacts } from "../packages/runner/src/port.ts";
import { classify } from "../packages/runner/src/sqlite/classify.ts";
import { readCorpus } from "../packages/runner/src/sqlite/corpus/read-corpus.ts";
import { generalObstacles, insertObstacles, inverseRules } from "../packages/runner/src/sqlite/inverses.ts";
import { code, table } from "./markdown.ts";

const modes = ["migration", "step", "none"] as const;

/** A row for each answer that the classifier gives in the three modes together. */
export function classesOnSqlite(): string {
  const groups = new Map<string, string[]>();
  for (const { sql, above } of readCorpus()) {
    const cells = modes.map((mode) => classIn(classify([...above, sql], mode).at(-1)!));
    const key = cells.join(" | ");
    groups.set(key, [...(groups.get(key) ?? []), sql]);
  }
  const rows = [...groups].map(([answers, found]) => {
    const [example = ""] = found.toSorted((a, b) => a.length - b.length);
    return [code(example), answers];
  });
  return table(["for example", ...modes.map((mode) => `\`transaction=${mode}\``)], rows);
}

function classIn({ kind, why, refused }: StatementFacts): string {
  return refused === null ? `${kind}: ${why}` : "refused";
}

export function inversesOnSqlite(): string {
  const rows = Object.values(inverseRules).map(({ form, undo, note }) => [
    form.replaceAll("|", "\\|"),
    undo?.replace(/^\((.*)\)$/, "$1") ?? "none",
    note,
  ]);
  return `${table(["statement", "its undo", "exact where, or why there is none"], rows)}
An INSERT has none where

${list(insertObstacles)}
Whatever the statement, there is none where

${list(generalObstacles)}`;
}

function list(texts: { readonly [name: string]: string }): string {
  return Object.values(texts)
    .map((text) => `* ${text}\n`)
    .join("");
}
