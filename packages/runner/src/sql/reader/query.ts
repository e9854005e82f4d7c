import type { Cursor } from "./cursor.ts";
import type { Name } from "./names.ts";
import { unquoted } from "./names.ts";

const fromInside = new Set(["EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "MID"]);

/** What tokens from here on read and call. Names of common table expressions are left out. */
export function readQuery(cursor: Cursor): { readonly reads: readonly Name[]; readonly calls: readonly string[] } {
  const reads = new Map<string, Name>();
  const calls = new Set<string>();
  const expressions = new Set<string>();
  /** For each open parenthesis, the word before it. */
  const open: string[] = [];
  for (let at = cursor.at; at < cursor.end; at++) {
    const token = cursor.list[at]!;
    const next = cursor.list[at + 1];
    if (token.text === "(") open.push(wordBefore(cursor, at));
    else if (token.text === ")") open.pop();
    if ((token.kind === "word" || token.kind === "quoted_identifier") && next?.text === "(" && at + 1 < cursor.end) {
      calls.add(unquoted(token.text).toLowerCase());
    }
    if (token.kind !== "word") continue;
    const word = token.text.toUpperCase();
    if (word === "AS" && next?.text === "(" && isName(cursor, at - 1))
      expressions.add(unquoted(cursor.list[at - 1]!.text).toLowerCase());
    // MariaDB: the same as NEXTVAL(…).
    if (word === "NEXT" && wordBefore(cursor, at + 3) === "FOR") calls.add("nextval");
    const opens =
      word === "JOIN" || word === "STRAIGHT_JOIN" || (word === "FROM" && !fromInside.has(open.at(-1) ?? ""));
    if (opens) for (const name of namesBehind(cursor, at + 1)) reads.set(`${name.database ?? ""}.${name.name}`, name);
  }
  const tables = [...reads.values()].filter(
    ({ database, name }) => database !== null || !expressions.has(name.toLowerCase()),
  );
  return { reads: tables, calls: [...calls] };
}

function wordBefore(cursor: Cursor, at: number): string {
  const token = at > 0 ? cursor.list[at - 1] : undefined;
  return token?.kind === "word" ? token.text.toUpperCase() : "";
}

function isName(cursor: Cursor, at: number): boolean {
  const kind = cursor.list[at]?.kind;
  return kind === "word" || kind === "quoted_identifier";
}

const endsList = new Set(
  "FROM WHERE GROUP ORDER HAVING LIMIT UNION EXCEPT INTERSECT FOR INTO ON USING JOIN LEFT RIGHT INNER CROSS NATURAL STRAIGHT_JOIN WINDOW SET PROCEDURE LOCK VALUES SELECT".split(
    " ",
  ),
);

/** The names in `a, b AS x, (c)` behind FROM or JOIN, as far as they follow each other. */
function namesBehind(cursor: Cursor, from: number): Name[] {
  const found: Name[] = [];
  let at = from;
  for (;;) {
    while (cursor.list[at]?.text === "(") at++;
    if (at >= cursor.end || !isName(cursor, at)) return found;
    const token = cursor.list[at]!;
    const word = token.kind === "word" ? token.text.toUpperCase() : "";
    if (endsList.has(word) || word === "LATERAL" || word === "DUAL" || cursor.list[at + 1]?.text === "(") return found;
    if (cursor.list[at + 1]?.text === "." && isName(cursor, at + 2)) {
      found.push({ database: unquoted(token.text), name: unquoted(cursor.list[at + 2]!.text) });
      at += 3;
    } else {
      found.push({ database: null, name: unquoted(token.text) });
      at++;
    }
    while (at < cursor.end && cursor.list[at]!.text !== ",") {
      const next = cursor.list[at]!;
      if (next.text === "(" || next.text === ")" || (next.kind === "word" && endsList.has(next.text.toUpperCase())))
        return found;
      at++;
    }
    if (at >= cursor.end) return found;
    at++;
  }
}
