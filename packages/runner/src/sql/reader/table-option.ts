import type { AlterAction } from "./alter-action.ts";
import type { Cursor } from "./cursor.ts";
import { unquoted } from "./names.ts";

type Option = Extract<AlterAction, { type: "option" }> | { readonly type: "add_system_versioning" };

/** Options whose value may follow without `=`. Those of other engines always have it. */
const known = new Set(
  (
    "ENGINE TYPE AUTO_INCREMENT AVG_ROW_LENGTH CHECKSUM COMMENT COMPRESSION CONNECTION DELAY_KEY_WRITE ENCRYPTION " +
    "ENGINE_ATTRIBUTE INSERT_METHOD KEY_BLOCK_SIZE MAX_ROWS MIN_ROWS PACK_KEYS PASSWORD ROW_FORMAT STATS_AUTO_RECALC " +
    "STATS_PERSISTENT STATS_SAMPLE_PAGES TABLESPACE STORAGE UNION SECONDARY_ENGINE SECONDARY_ENGINE_ATTRIBUTE " +
    "AUTOEXTEND_SIZE PAGE_CHECKSUM TABLE_CHECKSUM TRANSACTIONAL SEQUENCE CHARSET COLLATE"
  ).split(" "),
);

/** One option of a table. `name` is in capitals, the character set always `CHARSET`; `value` without quotes. */
export function readOption(cursor: Cursor): Option {
  if (cursor.accept("WITH", "SYSTEM", "VERSIONING")) return { type: "add_system_versioning" };
  if (cursor.accept("START", "TRANSACTION")) return { type: "option", name: "START TRANSACTION", value: "" };
  cursor.accept("DEFAULT");
  const name = readOptionName(cursor);
  if (!cursor.acceptMark("=") && !known.has(name)) throw cursor.unread(`the value of ${name}`);
  if (cursor.isMark("(")) {
    const start = cursor.at;
    cursor.parentheses();
    return { type: "option", name, value: cursor.textFrom(start) };
  }
  const sign = cursor.acceptMark("-") ? "-" : "";
  const token = cursor.token();
  if (token === undefined || token.kind === "punctuation") throw cursor.unread(`the value of ${name}`);
  cursor.at++;
  return { type: "option", name, value: sign + unquoted(token.text) };
}

function readOptionName(cursor: Cursor): string {
  if (cursor.accept("CHARACTER", "SET") || cursor.accept("CHAR", "SET")) return "CHARSET";
  if (cursor.accept("DATA", "DIRECTORY")) return "DATA DIRECTORY";
  if (cursor.accept("INDEX", "DIRECTORY")) return "INDEX DIRECTORY";
  return cursor.identifier().toUpperCase();
}
