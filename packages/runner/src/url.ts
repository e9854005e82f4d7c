import { SurefootError } from "./error.ts";
import type { Database } from "./port.ts";
import { MysqlDatabase } from "./mysql/database.ts";
import { targetOf } from "./mysql/target.ts";
import { SqliteDatabase } from "./sqlite/adapter.ts";
import type { SqliteHandle } from "./sqlite/driver.ts";

/**
 * Finds the adapter for a URL or an open handle.
 * @throws SurefootError USAGE for a URL that can't be read, ENGINE_UNSUPPORTED for an engine that Surefoot doesn't drive
 */
export function databaseOf(target: string | SqliteHandle): Database {
  if (typeof target !== "string") return new SqliteDatabase({ handle: target });
  const [, scheme, rest] = /^([a-z0-9+]+):(.*)$/is.exec(target) ?? [];
  if (scheme === undefined || rest === undefined)
    throw new SurefootError(
      "USAGE",
      `“${withoutPassword(target)}” is no database URL. Write sqlite:FILE, for example sqlite:app.db.`,
    );
  switch (scheme.toLowerCase()) {
    case "sqlite":
    case "sqlite3":
    case "file":
      return new SqliteDatabase({ path: sqlitePath(rest) });
    case "mysql":
    case "mariadb":
      return new MysqlDatabase(targetOf(target, process.env["MYSQL_PWD"] ?? ""));
    default:
      throw new SurefootError(
        "ENGINE_UNSUPPORTED",
        `Surefoot doesn't know the engine “${scheme}”. It drives SQLite, MySQL and MariaDB: sqlite:FILE, mysql://…, mariadb://….`,
      );
  }
}

/** `sqlite:app.db`, `sqlite:/var/app.db`, `sqlite:///var/app.db`; dbmate writes the same. */
function sqlitePath(rest: string): string {
  const path = rest.replace(/^\/\/(?=\/|[^/])/, "");
  if (path.includes("?")) throw new SurefootError("USAGE", "sqlite: takes no parameters; write sqlite:FILE.");
  if (path === "" || path === "/") throw new SurefootError("USAGE", "sqlite: needs a file: sqlite:app.db.");
  if (path === ":memory:")
    throw new SurefootError("USAGE", "A database in memory is gone when the command ends. Name a file: sqlite:app.db.");
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    const message = `sqlite:${path} holds a % that begins no percent-encoded character. Write a % in a file's name as %25.`;
    throw new SurefootError("USAGE", message, { cause });
  }
}

/** The URL without its password, which is no matter for a file in git. The URL can be read: see `databaseOf`. */
export function takePassword(url: string): { readonly rest: string; readonly password: string } {
  if (!/^(?:mysql|mariadb):/i.test(url)) return { rest: url, password: "" };
  const parsed = new URL(url);
  const { password } = parsed;
  parsed.password = "";
  return { rest: password === "" ? url : parsed.href, password };
}

/** For messages: whatever stands between `user:` and `@` is not shown. */
function withoutPassword(url: string): string {
  return url.replace(/(:\/\/[^:@/]*):[^@/]*@/, "$1:***@");
}
