import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const hour = 3_600_000;

/** What was downloaded stays here; git ignores it. */
export function cacheFolder(): string {
  return process.env["SUREFOOT_CACHE"] ?? join(import.meta.dirname, "..", "..", ".cache");
}

/**
 * Makes a folder of the cache, or leaves the one that is there. It is filled beside its place and renamed at the end, so
 * it is there completely or not at all, also when two do this at once: the first one's stays.
 */
export async function makeOnce(
  folder: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<"made" | "was there"> {
  if (existsSync(folder)) return "was there";
  await mkdir(dirname(folder), { recursive: true });
  await removeAbandoned(folder);
  const unfinished = await mkdtemp(`${folder}.unfinished-`);
  try {
    await fill(unfinished);
    await rename(unfinished, folder);
    return "made";
  } catch (error) {
    // A folder that has files is never replaced by a rename.
    if (existsSync(folder)) return "was there";
    throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What was being filled when its process was killed. Nothing takes an hour to fill. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.unfinished-`)) continue;
    const path = join(dirname(folder), name);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > hour) await rm(path, { recursive: true, force: true });
  }
}
