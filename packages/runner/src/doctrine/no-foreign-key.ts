import { tokens } from "../sql/lexer.ts";
import { pointAt } from "../sql/place.ts";
import type { Rule } from "./rule.ts";

/**
 * Finds FOREIGN KEY clauses and inline REFERENCES, in CREATE TABLE and ALTER TABLE, inside MySQL's executable comments
 * too; not in strings, names or comments. It goes by words: whether the engine would enforce the key is not asked.
 */
export const noForeignKey: Rule = {
  id: "no-foreign-key",
  statement: "A migration adds no foreign key.",
  reason:
    "A foreign key locks both tables when it is added, stands in the way of copying and splitting tables, and lets one " +
    "DELETE remove rows elsewhere without a word. Teams that shard or use online schema changes do without.",
  level: "error",
  check(statement, dialect) {
    if (!/foreign|references/i.test(statement.sql)) return [];
    const list = tokens(statement.sql, dialect);
    const words = list.map(({ kind, text }) => (kind === "word" ? text.toUpperCase() : ""));
    const texts = list.map(({ kind, text }) => (kind === "word" ? text.toUpperCase() : text));
    const verb = words.find((word) => word !== "");
    if (verb !== "CREATE" && verb !== "ALTER") return [];
    // A GRANT REFERENCES is no key, and neither is a trigger's body: REFERENCES there would be a column's name.
    const object = words.find(
      (word) => word === "TABLE" || word === "TRIGGER" || word === "VIEW" || word === "PROCEDURE",
    );
    if (object !== "TABLE") return [];
    return list.flatMap(({ start }, at) => {
      const constraint = words[at] === "FOREIGN" && words[at + 1] === "KEY" && !isDrop(words, at);
      const inline = words[at] === "REFERENCES" && !belongsToConstraint(texts, at);
      if (!constraint && !inline) return [];
      const point = pointAt(statement.sql, start);
      const line = statement.line + point.line - 1;
      const column = point.line === 1 ? statement.column + point.column - 1 : point.column;
      const what = constraint ? "FOREIGN KEY" : "REFERENCES";
      return [
        {
          line,
          column,
          message: `${what} is not allowed here. Keep the column and leave the key out, or say why it is needed: -- migrate:allow no-foreign-key: REASON`,
        },
      ];
    });
  },
};

/** `ALTER TABLE t DROP FOREIGN KEY fk` takes one away. */
function isDrop(words: readonly string[], at: number): boolean {
  return words[at - 1] === "DROP";
}

/** The REFERENCES of a FOREIGN KEY clause, which is told at its beginning: `FOREIGN KEY [name] (columns) REFERENCES`. */
function belongsToConstraint(texts: readonly string[], at: number): boolean {
  if (texts[at - 1] !== ")") return false;
  let depth = 0;
  for (let back = at - 1; back >= 0; back--) {
    if (texts[back] === ")") depth++;
    if (texts[back] === "(" && --depth === 0) return texts[back - 1] === "KEY" || texts[back - 2] === "KEY";
  }
  return false;
}
