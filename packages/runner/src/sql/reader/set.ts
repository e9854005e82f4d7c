import { Cursor } from "./cursor.ts";
import { unquoted } from "./names.ts";
import type { Assignment, Read } from "./statement.ts";

/** From behind SET, when it is not MariaDB's SET STATEMENT. */
export function readSet(cursor: Cursor): Read {
  if (cursor.is("PASSWORD") || cursor.is("DEFAULT", "ROLE")) {
    cursor.skipAll();
    return { kind: "server", what: "users and privileges", reads: [], calls: [] };
  }
  if (cursor.is("ROLE") || cursor.is("RESOURCE", "GROUP")) {
    cursor.skipAll();
    return { kind: "session" };
  }
  const names = cursor.is("NAMES") || cursor.is("CHARACTER", "SET") || cursor.is("CHARSET");
  // `SET names = 1` would be a variable, which no server has.
  const parts = cursor.parts();
  const assignments: Assignment[] = [];
  let scope: "session" | "global" | "persist" = "session";
  for (const [index, part] of parts.entries()) {
    if (names && index === 0) {
      assignments.push({ scope: "session", name: "names", value: part.token(1)?.text.toLowerCase() ?? null });
      continue;
    }
    const word = part.acceptOne("GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY");
    // The last word counts for the assignments behind it, too. Source: MySQL Reference Manual, "SET Syntax".
    if (word !== "") scope = scopeOf(word);
    if (part.is("TRANSACTION")) assignments.push({ scope, name: "transaction", value: null });
    else assignments.push(readAssignment(part, scope));
  }
  return { kind: "set", assignments };
}

function scopeOf(word: string): "session" | "global" | "persist" {
  const scope = word.toUpperCase();
  return scope === "GLOBAL" ? "global" : scope.startsWith("PERSIST") ? "persist" : "session";
}

function readAssignment(part: Cursor, given: "session" | "global" | "persist"): Assignment {
  let scope = given;
  let name: string;
  const first = part.token();
  if (first?.kind === "variable") {
    part.at++;
    if (!first.text.startsWith("@@")) {
      readAssign(part);
      return { scope: "user", name: unquoted(first.text.slice(1)).toLowerCase() };
    }
    name = unquoted(first.text.slice(2)).toLowerCase();
    // `@@x` without a word is the session's, whatever stood before.
    scope = "session";
    if (part.isMark(".") && /^(?:global|session|local|persist|persist_only)$/.test(name)) {
      scope = scopeOf(name);
      part.at++;
      name = part.identifier().toLowerCase();
    }
  } else name = part.identifier().toLowerCase();
  while (part.acceptMark(".")) name += `.${part.identifier().toLowerCase()}`;
  readAssign(part);
  const value = part.token();
  const single = value !== undefined && part.token(1) === undefined;
  return { scope, name, value: single ? unquoted(value.text).toLowerCase() : null };
}

function readAssign(part: Cursor): void {
  part.acceptMark(":");
  if (!part.acceptMark("=") || part.done) throw part.unread("= and a value");
}

/** MariaDB: from behind SET STATEMENT to behind FOR, where the statement stands that the settings are for. */
export function skipStatementSettings(cursor: Cursor): readonly Assignment[] {
  const start = cursor.at;
  while (!cursor.done && !cursor.is("FOR")) cursor.skip();
  const settings = new Cursor(cursor.list, start, cursor.at);
  cursor.expect("FOR");
  return settings.parts().map((part) => readAssignment(part, "session"));
}
