/** A server's program, how it is called, and data directories for it. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerEngine } from "./engine.ts";
import { output } from "./output.ts";
import type { Command } from "./unpacked.ts";

export interface Installation {
  readonly engine: ServerEngine;
  readonly command: Command;
  /** Where it finds what belongs to it, as options; none: it knows by itself. */
  readonly places: readonly string[];
  /** The folder of the SQL files that make MariaDB's own tables. */
  readonly share: string;
  /** An initialised data directory, to be copied. */
  readonly data: string;
}

/** Fills an empty data directory. */
export async function initialise(installation: Omit<Installation, "data">, data: string): Promise<void> {
  await (installation.engine.name === "mysql" ? initialiseMysql : bootstrapMariadb)({ ...installation, data });
}

async function initialiseMysql(installation: Installation): Promise<void> {
  const { command, args } = serverCommand(installation, installation.data);
  await output(command, [...args, "--initialize-insecure", "--skip-log-bin"]);
}

/** What mariadb-install-db does; that script would run the server by its plain name. */
async function bootstrapMariadb(installation: Installation): Promise<void> {
  const { command, args } = serverCommand(installation, installation.data);
  const files = [
    "mysql_system_tables.sql",
    "mysql_performance_tables.sql",
    "mysql_system_tables_data.sql",
    "fill_help_tables.sql",
    "maria_add_gis_sp_bootstrap.sql",
    "mysql_sys_schema.sql",
  ];
  const texts = await Promise.all(files.map((name) => readFile(placeOf(installation.share, name), "utf8")));
  const first = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n";
  await output(command, [...args, "--bootstrap"], { input: first + texts.join("\n") });
}

/** Since 11 most of these files have MariaDB's own name. */
function placeOf(share: string, name: string): string {
  const newer = join(share, name.replace(/^mysql_/, "mariadb_"));
  return existsSync(newer) ? newer : join(share, name);
}

function serverCommand({ engine, command, places }: Installation, data: string): Command {
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  // MySQL and MariaDB want --no-defaults first: it keeps the machine's own configuration out.
  const args = [...command.args, "--no-defaults", ...user, ...places, ...engine.settings, `--datadir=${data}`];
  return { command: command.command, args };
}

/** Starts a server on a data directory; its messages come on stderr. */
export function spawnServer(installation: Installation, data: string, more: readonly string[]): ChildProcess {
  const { command, args } = serverCommand(installation, data);
  // In a process group of its own, so that Ctrl-C reaches only those who then end it in order.
  return spawn(command, [...args, ...installation.engine.startSettings, ...more], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
}
