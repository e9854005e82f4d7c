import type { Token } from "../lexer.ts";
import { tokens } from "../lexer.ts";
import type { Server } from "./server.ts";

/** The code that a server runs of a text, without the marks of executable comments. */
export interface ServerTokens {
  readonly list: readonly Token[];
  /** What keeps it from being known, and where; null when nothing does. */
  readonly unread: { readonly offset: number; readonly message: string } | null;
}

/**
 * Drops what the server skips: the content of executable comments of the other product, or of a later version.
 * Measured on MySQL 9.7 and MariaDB 10.11: a comment without a version always runs; `M!` runs on MariaDB only.
 */
export function serverTokens(sql: string, server: Server): ServerTokens {
  const list: Token[] = [];
  let unread: ServerTokens["unread"] = null;
  /** For each open executable comment, whether its content runs. */
  const open: { readonly runs: boolean; readonly start: number }[] = [];
  let skippedFrom = -1;
  for (const token of tokens(sql, server.dialect)) {
    if (token.unterminated) unread ??= { offset: token.start, message: "its end expected, nothing left" };
    if (token.kind === "executable_open") {
      const runs = (open.at(-1)?.runs ?? true) && runsOn(token.text, server);
      if (!runs && skippedFrom === -1) skippedFrom = token.end;
      open.push({ runs, start: token.start });
    } else if (token.kind === "executable_close") {
      open.pop();
      if (skippedFrom === -1 || !(open.at(-1)?.runs ?? true)) continue;
      // A server that skips looks for the next end of a comment, also in what would be a string.
      if (sql.indexOf("*/", skippedFrom) !== token.start)
        unread ??= {
          offset: skippedFrom,
          message: "a comment without */ inside expected, since it is skipped here",
        };
      skippedFrom = -1;
    } else if (open.at(-1)?.runs ?? true) list.push(token);
  }
  const [unclosed] = open;
  if (unclosed !== undefined) unread ??= { offset: unclosed.start, message: "*/ expected, nothing left" };
  return { list, unread };
}

function runsOn(mark: string, { dialect, version }: Server): boolean {
  const ofMariadb = mark.startsWith("/*M!");
  if (ofMariadb && dialect === "mysql") return false;
  const digits = mark.slice(ofMariadb ? 4 : 3);
  if (digits === "") return true;
  const from = Number(digits);
  // MariaDB leaves out what MySQL 5.7 to 9 brought. Source: MariaDB documentation, "Comment Syntax".
  if (dialect === "mariadb" && !ofMariadb && from >= 50_700 && from <= 99_999) return false;
  return from <= version;
}
