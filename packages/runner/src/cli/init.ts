import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configNames } from "../config.ts";
import { SurefootError } from "../error.ts";
import { databaseOf } from "../url.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";

/** Sets up a project. What is there already is never overwritten. */
export async function init(command: Extract<Command, { type: "init" }>, io: Io): Promise<number> {
  const there = configNames.find((name) => existsSync(join(io.cwd, name)));
  if (there !== undefined)
    throw new SurefootError("USAGE", `${there} is here already, so this project is set up. Nothing was written.`, {
      next: ["surefoot new NAME"],
    });
  const url = command.db ?? io.env["DATABASE_URL"] ?? "sqlite:app.db";
  const dir = command.dir ?? "migrations";
  const keys = await countForeignKeys(url, io);
  const name = "surefoot.config.json";
  const config = {
    ...(io.env["DATABASE_URL"] === undefined || command.db !== undefined ? { database: url } : {}),
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
    "A SQLite database gets two small files beside it while Surefoot works: *-surefoot-lock and *-surefoot-owner. Ignore them in git.",
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
async function countForeignKeys(url: string, io: Io): Promise<number> {
  const path = /^(?:sqlite3?|file):(?!\/)(.+)$/i.exec(url)?.[1];
  const reader = await databaseOf(path === undefined ? url : `sqlite:${join(io.cwd, path)}`).read();
  try {
    return await reader.countForeignKeys();
  } finally {
    await reader.close();
  }
}
