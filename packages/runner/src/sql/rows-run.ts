/**
 * Dumps and seeds are thousands of INSERTs of literal rows in a row, alike up to their values. They are found by their form
 * alone, read as one step, and run as one: whatever is known of the first is known of all of them.
 */

/** Shorter runs are steps like others, each with an undo of its own. */
const runCountMin = 1_000;
/** A run is sent in pieces of about so many UTF-16 code units. */
const pieceLength = 1 << 18;

const blank = String.raw`[ \t\n\r\f]*`;
const name = String.raw`(?:[A-Za-z_]\w*|"[^"\0]*")`;
const values = String.raw`\((?:[^'"\`()\[\]{};\-/?@:$#\0]|'[^'\0]*'|-(?!-))*\)`;
const rows = String.raw`${blank}${values}(?:${blank},${blank}${values})*${blank};`;
const columns = String.raw`\(${blank}${name}(?:${blank},${blank}${name})*${blank}\)`;
const head = new RegExp(
  String.raw`${blank}(INSERT[ \t\n\r]+INTO[ \t\n\r]+${name}(?:\.${name})?${blank}(?:${columns}${blank})?VALUES)(?=${rows})`,
  "iy",
);
const space = new RegExp(blank, "y");
const comment = /--|\/\*/y;

export interface RowsRun {
  /** Offset of its first character, in UTF-16 code units. */
  readonly start: number;
  /** Offset behind its last delimiter. */
  readonly end: number;
  readonly count: number;
}

/** Where a run could begin, but doesn't: up to here none does. */
export interface NoRun {
  readonly start: null;
  readonly end: number;
}

/**
 * The run that begins at `from`, where a statement may begin. A comment behind it may be a directive for its last
 * statement, which is then no part of it.
 */
export function rowsRunAt(text: string, from: number): RowsRun | NoRun {
  const start = after(space, text, from);
  const same = alike(text, start);
  if (same === null) return { start: null, end: from };
  let count = 0;
  let last = start;
  let end = start;
  for (same.lastIndex = start; matches(same, text); count++) [last, end] = [end, same.lastIndex];
  const behind = after(space, text, end);
  comment.lastIndex = behind;
  const isLeftOut = comment.test(text);
  const found = isLeftOut ? { end: last, count: count - 1 } : { end, count };
  return found.count < runCountMin ? { start: null, end } : { start, ...found };
}

/** The first statement of a run, without its delimiter; null when the text is one statement, of whatever kind. */
export function firstOfRun(sql: string): string | null {
  // Two statements are in one text only where a run was found.
  if (sql.length < runCountMin) return null;
  const same = alike(sql, 0);
  if (same === null || !matches(same, sql)) return null;
  const end = same.lastIndex;
  return matches(same, sql) ? sql.slice(0, end - 1) : null;
}

/** The pieces in which a run is sent, each with its offset; they end where statements end. */
export function* piecesOf(run: string): Generator<{ readonly sql: string; readonly offset: number }> {
  yield* cut(run, pieceLength);
}

/** The statements of a run or of a piece of one. */
export function* statementsOf(run: string): Generator<{ readonly sql: string; readonly offset: number }> {
  yield* cut(run, 0);
}

function* cut(run: string, length: number): Generator<{ readonly sql: string; readonly offset: number }> {
  const same = alike(run, 0);
  let from = 0;
  if (same !== null)
    while (same.test(run)) {
      const end = same.lastIndex;
      if (end - from < length) continue;
      yield { sql: run.slice(from, end), offset: from };
      from = end;
    }
  // The last one has no delimiter.
  if (from < run.length) yield { sql: run.slice(from), offset: from };
}

/** Statements that begin as the one at `from` does, up to VALUES; null when that is none of these. */
function alike(text: string, from: number): RegExp | null {
  head.lastIndex = from;
  if (!matches(head, text)) return null;
  head.lastIndex = from;
  const found = head.exec(text);
  const literally = (found?.[1] ?? "").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const same = new RegExp(`${blank}${literally}${rows}`, "y");
  same.lastIndex = from;
  return same;
}

/** A statement of millions of rows is more than a pattern can remember; it is read as any other. */
function matches(pattern: RegExp, text: string): boolean {
  try {
    return pattern.test(text);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  pattern.test(text);
  return pattern.lastIndex;
}
