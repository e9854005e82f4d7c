/** Texts that are nearly statements, and bytes that are none: for fuzzing. */
import * as fc from "fast-check";
import type { Dialect } from "./dialect.ts";
import { tokens } from "./lexer.ts";

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
  "[",
  "]",
  ";",
  "--",
  "CASE",
  "TRIGGER",
  "WITH",
];

/** Whatever bytes, read as UTF-8, and texts with more of what is written. */
export const anything: fc.Arbitrary<string> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((list) => Buffer.from(list).toString("utf8")),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.string({ maxLength: 100 }),
);

/** Tokens of statements with a few of them dropped, doubled, exchanged, or replaced by those of other statements. */
export function mutated(sqls: readonly string[], dialect: Dialect, changeCountMax = 4): fc.Arbitrary<string> {
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
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: changeCountMax }))
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
