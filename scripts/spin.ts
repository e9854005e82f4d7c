/**
 * SPIN and the C compiler that it needs: the machine's own, or Debian's packages unpacked to a folder of the cache, so that
 * nothing of the system changes. In CI it is an error when they can't be had; elsewhere what needs them is skipped and says so.
 */
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { unpackPackages } from "./servers/apt.ts";
import { cacheFolder, makeOnce } from "./servers/cache.ts";

export const programs = ["spin", "gcc"] as const;
type Program = (typeof programs)[number];

const packages: { readonly [P in Program]: readonly string[] } = { spin: ["spin"], gcc: ["gcc", "libc6-dev"] };

/** They are of the release that this machine has, and run with its own C library. */
const unneeded = /^(?:libc6|libgcc-s1|libcrypt1)$/;

/** Counts up when what lies in the cache would not do any more. */
const format = 1;

export type Spin =
  | {
      readonly type: "found";
      /** The environment in which `spin` and `gcc` are run by their names. */
      readonly env: NodeJS.ProcessEnv;
      /** What the compiler has to be told beside. */
      readonly compilerFlags: readonly string[];
      readonly unpacked: readonly Program[];
    }
  | { readonly type: "missing"; readonly programs: readonly Program[]; readonly why: string };

/** Looks, and gets nothing. */
export function findSpin(env: NodeJS.ProcessEnv = process.env, cache: string = cacheFolder()): Spin {
  const elsewhere = programs.filter((name) => !isOnPath(name, env["PATH"]));
  const missing = elsewhere.filter((name) => !existsSync(folderOf(name, cache)));
  if (missing.length > 0) {
    const why = `${missing.join(" and ")} not found; Debian has it: apt-get install ${missing.flatMap((name) => packages[name]).join(" ")}`;
    return { type: "missing", programs: missing, why };
  }
  const roots = elsewhere.map((name) => folderOf(name, cache));
  const path = [...roots.map((root) => join(root, "usr", "bin")), env["PATH"] ?? ""].join(delimiter);
  if (!elsewhere.includes("gcc"))
    return { type: "found", env: { ...env, PATH: path }, compilerFlags: [], unpacked: elsewhere };
  const root = folderOf("gcc", cache);
  const libraries = [...librariesIn(root), env["LD_LIBRARY_PATH"] ?? ""].filter((one) => one !== "");
  return {
    type: "found",
    env: { ...env, PATH: path, LD_LIBRARY_PATH: libraries.join(delimiter) },
    // What it compiles needs nothing of the folder when it runs.
    compilerFlags: [`--sysroot=${root}`, "-static"],
    unpacked: elsewhere,
  };
}

function folderOf(name: Program, cache: string): string {
  return join(cache, "programs", `${name}-${format}`);
}

function isOnPath(name: string, path = ""): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

/** The folders' names depend on the architecture. */
function librariesIn(root: string): readonly string[] {
  return [join(root, "usr", "lib"), join(root, "lib")]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).flatMap((name) => (/-linux-/.test(name) ? [join(folder, name)] : [])));
}

async function unpack(name: Program): Promise<void> {
  await makeOnce(folderOf(name, cacheFolder()), async (root) => {
    const work = join(root, "work");
    await mkdir(work);
    await unpackPackages({ packages: packages[name], suite: "own", unneeded }, root, work);
    await rm(work, { recursive: true });
  });
}

if (import.meta.main) {
  let spin = findSpin();
  try {
    if (spin.type === "missing") for (const name of spin.programs) await unpack(name);
    spin = findSpin();
  } catch (error) {
    process.stdout.write(`${(error as Error).message}\n`);
  }
  const place = (name: Program) =>
    `${name} ${spin.type === "found" && spin.unpacked.includes(name) ? "from Debian's package" : "of this machine"}`;
  process.stdout.write(
    spin.type === "found" ? `${programs.map(place).join(", ")}\n` : `${spin.why}\nTests that need it are skipped.\n`,
  );
  if (spin.type === "missing" && process.env["CI"] !== undefined) process.exitCode = 1;
}
