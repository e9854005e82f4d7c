import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unpackedInstallation } from "../../packages/scenarios/src/servers/find-server.ts";
import { initialise } from "../../packages/scenarios/src/servers/installation.ts";
import type { Installation } from "../../packages/scenarios/src/servers/installation.ts";
import { output } from "../../packages/scenarios/src/servers/output.ts";
import { unpackPackages } from "./apt.ts";
import { cacheFolder, makeOnce } from "./cache.ts";
import { engines } from "./engine.ts";
import type { Engine, EngineName } from "./engine.ts";

/** A server in the cache, with an initialised data directory to copy. */
export interface Obtained {
  readonly engine: Engine;
  readonly version: string;
  readonly from: "cache" | "download";
  /** What its packages were unpacked to. */
  readonly root: string;
  readonly installation: Installation;
}

/** What a server needs to install itself and not to run. */
const unneeded = /^(?:lib)?perl|^(?:debconf|dpkg|tar)$/;

/** Counts up when what lies in the cache would not do any more; `find-server.ts` knows it as well. */
const format = 1;

/**
 * Finds the server in the cache, without the network, or downloads it.
 * @throws Error that says why there is none and what to do
 */
export async function obtain(name: EngineName): Promise<Obtained> {
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
  const root = join(folder, "root");
  return { engine, version, from, root, installation: unpackedInstallation(name, root, join(folder, "data")) };
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
  const installation = unpackedInstallation(engine.name, root, data);
  await initialise(installation, data);
  // Each server that starts from a copy shall have an identity of its own.
  await rm(join(data, "auto.cnf"), { force: true });
  await rm(work, { recursive: true });
  const { command, args } = installation.command;
  const said = await output(command, [...args, "--no-defaults", "--version"]);
  const version = /Ver (\S+)/.exec(said)?.[1];
  if (version === undefined) throw new Error(`${engine.title} does not tell its version: ${said}`);
  await writeFile(join(folder, "version"), version);
}
