/** Finds what a command works on: the config file, the database's URL, the folder. */
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { parseEnv } from "node:util";
import type { Config } from "../config.ts";
import { loadConfig } from "../config.ts";
import { SurefootError } from "../error.ts";
import type { Progress } from "../progress.ts";
import type { Runner } from "../runner.ts";
import { createRunner } from "../runner.ts";
import { databaseOf } from "../url.ts";
import type { Common } from "./command.ts";
import type { Io } from "./io.ts";

interface Project {
  readonly config: Config;
  readonly url: string;
  readonly dir: string;
}

/** @throws SurefootError CONFIG_INVALID, or USAGE when no database is named anywhere */
async function findProject(given: Common, io: Io): Promise<Project> {
  const config = await loadConfig(io.cwd);
  const url = given.db ?? fromEnvironment("DATABASE_URL", io) ?? config.database;
  if (url === undefined || url === "")
    throw new SurefootError(
      "USAGE",
      "Which database? Name it with --db sqlite:app.db, in DATABASE_URL (environment or .env), or in the config file (`surefoot init`).",
      { next: ["surefoot init"] },
    );
  return { config, url: inFolder(url, io.cwd), dir: folderOf(given, config, io) };
}

export function folderOf(given: Common, config: Config, io: Io): string {
  const dir = given.dir ?? config.dir ?? "migrations";
  return io.cwd === process.cwd() || isAbsolute(dir) ? dir : join(io.cwd, dir);
}

/** A SQLite path is relative to the folder that the command was called in, whose name is no part of a URL yet. */
export function inFolder(url: string, cwd: string): string {
  const [, scheme, path] = /^(sqlite3?|file):(?!\/)(.+)$/i.exec(url) ?? [];
  return path === undefined || path.startsWith(":")
    ? url
    : `${scheme}:${join(cwd.replace(/[%?]/g, encodeURIComponent), path)}`;
}

/** A variable that is set to nothing is as good as none. */
function filled(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

/** What a variable says, or else the file `.env` beside the migrations. */
export function fromEnvironment(name: string, { env, cwd }: Io): string | undefined {
  return filled(env[name]) ?? filled(fromDotEnv(name, cwd));
}

function fromDotEnv(name: string, cwd: string): string | undefined {
  const path = join(cwd, ".env");
  return existsSync(path) ? parseEnv(readFileSync(path, "utf8"))[name] : undefined;
}

export async function runnerFor(given: Common, io: Io, onEvent?: (event: Progress) => void): Promise<Runner> {
  const { config, url, dir } = await findProject(given, io);
  return createRunner({
    database: io.between === undefined ? url : io.between(databaseOf(url)),
    migrations: dir,
    config,
    signal: io.signal,
    ...(onEvent === undefined ? {} : { onEvent }),
  });
}
