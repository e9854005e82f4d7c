import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configNames } from "../config.ts";
import { SurefootError } from "../error.ts";
import { databaseOf, takePassword } from "../url.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { fromEnvironment, inFolder } from "./project.ts";

/** Sets up a project. What is there already is never overwritten. */
export async function init(command: Extract<Command, { type: "init" }>, io: Io): Promise<number> {
  const there = configNames.find((name) => existsSync(join(io.cwd, name)));
  if (there !== undefined)
    throw new SurefootError("USAGE", `${there} is here already, so this project is set up. Nothing was written.`, {
      next: ["surefoot new NAME"],
    });
  const named = command.db ?? fromEnvironment("DATABASE_URL", io);
  const url = named ?? "sqlite:app.db";
  const dir = command.dir ?? "migrations";
  const { keys, onFile } = await lookAt(url, io);
  const name = "surefoot.config.json";
  const { rest, password } = takePassword(url);
  const config = {
    ...(command.db !== undefined || named === undefined ? { database: rest } : {}),
    ...(dir === "migrations" ? {} : { dir }),
    ...(keys > 0 ? { doctrine: { "no-foreign-key": "off" } } : {}),
  };
  const hadFolder = existsSync(join(io.cwd, dir));
  mkdirSync(join(io.cwd, dir), { recursive: true });
  writeFileSync(join(io.cwd, name), `${JSON.stringify(config, null, 2)}\n`, { flag: "wx" });
  const lines = [
    `Wrote ${name}${hadFolder ? "" : ` and the folder ${dir}`}.`,
    ...(keys > 0
      ? [
          `The database has ${keys} foreign key${keys === 1 ? "" : "s"} already, so the rule no-foreign-key is "off" in ${name}.`,
        ]
      : []),
    ...(onFile
      ? [
          "A SQLite database gets two small files beside it while Surefoot works: *-surefoot-lock and *-surefoot-owner. Ignore them in git.",
        ]
      : []),
    ...(password !== "" && "database" in config
      ? [
          `The password is not in ${name}, which belongs in git. Put it in MYSQL_PWD, or the whole URL in DATABASE_URL (environment or .env).`,
        ]
      : []),
    "Next: surefoot new NAME",
  ];
  if (command.json) {
    const result = {
      type: "result",
      command: "init",
      exit: 0,
      state: null,
      error: null,
      next: ["surefoot new NAME"],
      config: name,
      dir,
    };
    io.out(`${JSON.stringify(result)}\n`);
  } else io.out(`${lines.join("\n")}\n`);
  return 0;
}

/** A team that has foreign keys has decided; a database that isn't there yet has none. */
async function lookAt(url: string, io: Io): Promise<{ readonly keys: number; readonly onFile: boolean }> {
  const database = databaseOf(inFolder(url, io.cwd));
  const reader = await database.read();
  try {
    return { keys: await reader.countForeignKeys(), onFile: database.engine === "sqlite" };
  } finally {
    await reader.close();
  }
}
