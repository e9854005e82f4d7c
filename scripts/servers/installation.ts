import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unpackPackages } from "./apt.ts";
import { cacheFolder, makeOnce } from "./cache.ts";
import { output } from "./command.ts";
import { engines, placesIn } from "./engine.ts";
import type { Engine, EngineName } from "./engine.ts";
import { unpacked } from "./unpacked.ts";
import type { Command } from "./unpacked.ts";

/** A server's files in the cache, with an initialised data directory to copy. */
export interface Installation {
  readonly engine: Engine;
  readonly version: string;
  readonly from: "cache" | "download";
  readonly root: string;
  readonly data: string;
}

/** What a server needs to install itself and not to run. */
const unneeded = /^(?:lib)?perl|^(?:debconf|dpkg|tar)$/;

/** Counts up when what lies in the cache would not do any more. */
const format = 1;

/**
 * Finds the server in the cache, without the network, or downloads it.
 * @throws Error that says why there is none and what to do
 */
export async function obtain(name: EngineName): Promise<Installation> {
  const engine = engines[name];
  const folder = join(cacheFolder(), "servers", `${name}-${format}`);
  const made = await withSecondTry(() => makeOnce(folder, (unfinished) => install(engine, unfinished))).catch(
    (error: unknown) => {
      throw new Error(
        `There is no ${engine.title} to test with: ${(error as Error).message}\n` +
          `Set ${engine.variable} to the URL of a server that you have, or put ${folder} back from a run that had it.`,
        { cause: error },
      );
    },
  );
  const version = await readFile(join(folder, "version"), "utf8");
  const from = made === "made" ? "download" : "cache";
  return { engine, version, from, root: join(folder, "root"), data: join(folder, "data") };
}

/** The archive may change between its list and its packages, and the unstable one does so several times a day. */
async function withSecondTry<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch {
    return await act();
  }
}

async function install(engine: Engine, folder: string): Promise<void> {
  const root = join(folder, "root");
  const data = join(folder, "data");
  const work = join(folder, "work");
  for (const path of [root, data, work]) await mkdir(path);
  await unpackPackages({ ...engine, unneeded }, root, work);
  await (engine.name === "mysql" ? initializeMysql : bootstrapMariadb)(engine, root, data);
  // Each server that starts from a copy shall have an identity of its own.
  await rm(join(data, "auto.cnf"), { force: true });
  await rm(work, { recursive: true });
  const { command, args } = unpacked(root, engine.program);
  const said = await output(command, [...args, "--no-defaults", "--version"]);
  const version = /Ver (\S+)/.exec(said)?.[1];
  if (version === undefined) throw new Error(`${engine.title} does not tell its version: ${said}`);
  await writeFile(join(folder, "version"), version);
}

async function initializeMysql(engine: Engine, root: string, data: string): Promise<void> {
  const { command, args } = serverCommand(engine, root, data);
  await output(command, [...args, "--initialize-insecure", "--skip-log-bin"]);
}

/** What mariadb-install-db does; that script would run the server without the loader that came with it. */
async function bootstrapMariadb(engine: Engine, root: string, data: string): Promise<void> {
  const { command, args } = serverCommand(engine, root, data);
  const files = [
    "mysql_system_tables.sql",
    "mysql_performance_tables.sql",
    "mysql_system_tables_data.sql",
    "fill_help_tables.sql",
    "maria_add_gis_sp_bootstrap.sql",
    "mysql_sys_schema.sql",
  ];
  const texts = await Promise.all(files.map((name) => readFile(join(root, "usr/share/mysql", name), "utf8")));
  const first = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n";
  await output(command, [...args, "--bootstrap"], { input: first + texts.join("\n") });
}

/** A server of this installation on a data directory. */
function serverCommand(engine: Engine, root: string, data: string): Command {
  const { command, args } = unpacked(root, engine.program);
  const user = process.getuid?.() === 0 ? ["--user=root"] : [];
  // MySQL and MariaDB want --no-defaults first: it keeps the machine's own configuration out.
  const all = [...args, "--no-defaults", ...user, ...placesIn(root), ...engine.settings, `--datadir=${data}`];
  return { command, args: all };
}

/** Starts a server of this installation; its messages come on stderr. */
export function spawnServer({ engine, root }: Installation, data: string, more: readonly string[]): ChildProcess {
  const { command, args } = serverCommand(engine, root, data);
  // In a process group of its own, so that Ctrl-C reaches only those who then end it in order.
  return spawn(command, [...args, ...engine.startSettings, ...more], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
}
