/** Texts that are nearly statements of a corpus: for fuzzing. */
import * as fc from "fast-check";
import { tokens } from "../lexer.ts";
import type { ServerDialect } from "./corpus/read-corpus.ts";
import { readCorpus, readStart } from "./corpus/read-corpus.ts";

/** What a reader of SQL may stumble over. */
const oddities = [
  ...Array.from("(),;.@'\"`=*-#\\\0\u00e9\u{1f600}"),
  "/*!",
  "/*!99999 ",
  "/*M!",
  "/*",
  "*/",
  "-- ",
  "''",
  "``",
  "0x",
  "IF EXISTS",
  "BEGIN",
  "END",
  "AS",
  "SELECT",
  "FROM",
  "VALUES",
  "PARTITION BY",
  "ADD",
  "DROP",
  "RENAME TO",
  "ON",
  "TEMPORARY",
];

/** Tokens of statements with a few of them dropped, doubled, exchanged, or replaced by those of other statements. */
export function mutated(dialect: ServerDialect): fc.Arbitrary<string> {
  const sqls = [...readCorpus(dialect).map(({ sql }) => sql), ...readStart(dialect)];
  const texts = sqls.map((sql) => tokens(sql, dialect).map(({ text }) => text));
  const all = [...new Set(texts.flat()), ...oddities];
  const change = fc.record({
    kind: fc.constantFrom("drop", "double", "insert", "replace", "swap", "cut", "graft"),
    at: fc.nat(60),
    word: fc.constantFrom(...all),
    other: fc.constantFrom(...texts),
    space: fc.constantFrom(" ", "", "\n", "/* */"),
  });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([text, changes]) => {
      let list = text;
      let space = " ";
      for (const { kind, at: drawn, word, other, space: between } of changes) {
        const at = list.length === 0 ? 0 : drawn % list.length;
        const [head, here, tail] = [list.slice(0, at), list.slice(at, at + 1), list.slice(at + 1)];
        if (kind === "drop") list = [...head, ...tail];
        else if (kind === "double") list = [...head, ...here, ...here, ...tail];
        else if (kind === "insert") list = [...head, word, ...here, ...tail];
        else if (kind === "replace") list = [...head, word, ...tail];
        else if (kind === "swap") list = [...head, ...tail.slice(0, 1), ...here, ...tail.slice(1)];
        else if (kind === "cut") list = head;
        else list = [...head, ...other.slice(drawn % other.length)];
        space = between;
      }
      return list.join(space === "" ? " " : space);
    });
}
