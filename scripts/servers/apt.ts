/**
 * Debian packages without touching the system: apt keeps its lists, its idea of what is installed and its downloads in a
 * folder of ours, and the packages are unpacked there. Mirror, proxy and keys are those of this machine; apt verifies
 * every download against the signed lists.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { output } from "../../packages/scenarios/src/servers/output.ts";

export interface Wanted {
  /** Debian's packages, and whose: the release's that this machine has, or those of the unstable suite. */
  readonly packages: readonly string[];
  readonly suite: "own" | "unstable";
  /** What they depend on, and can do without here. */
  readonly unneeded: RegExp;
}

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Unpacks packages, and all that they depend on, to `root`. `work` is for what can be removed afterwards. */
export async function unpackPackages(wanted: Wanted, root: string, work: string): Promise<void> {
  if (!existsSync("/etc/debian_version") || !existsSync("/usr/bin/apt-get"))
    throw new Error("the packages are Debian's, and this machine has no apt");
  const conf = await privateState(wanted, work);
  // A source that fails need not be one that is wanted; if it is, its error says more than what follows from it.
  const failed = await output("apt-get", ["-c", conf, "update", "-qq", "--error-on=any"]).catch(asError);
  const plan = await output("apt-get", ["-c", conf, "install", "--simulate", ...wanted.packages]).catch(
    (error: unknown) => {
      throw failed instanceof Error ? failed : error;
    },
  );
  const versions = [...plan.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) /gm)]
    .filter(([, name = ""]) => !wanted.unneeded.test(name))
    .map(([, name, version]) => `${name}=${version}`);
  const debs = join(work, "debs");
  await mkdir(debs);
  await output("apt-get", ["-c", conf, "download", "-qq", ...versions], { cwd: debs });
  for (const name of await readdir(debs)) await output("dpkg-deb", ["--extract", join(debs, name), root]);
}

function asError(error: unknown): Error {
  return error as Error;
}

/** Makes the folders that apt wants, and returns the configuration that points to them. */
async function privateState(wanted: Wanted, work: string): Promise<string> {
  const conf = join(work, "apt.conf");
  const status = join(work, "status");
  for (const folder of ["lists/partial", "archives/partial"]) await mkdir(join(work, folder), { recursive: true });
  await writeFile(status, "");
  // What an update or an install would run on this machine is not for these; in images it empties the system's cache.
  const hooks = ["APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success"];
  const settings = {
    "Dir::State": work,
    "Dir::State::Lists": join(work, "lists"),
    "Dir::State::status": status,
    "Dir::Cache": work,
    "Dir::Etc::Preferences": "/dev/null",
    "Dir::Etc::PreferencesParts": "/dev/null",
    "APT::Install-Recommends": "false",
    // As root, apt would download as a user who may not be allowed to enter the folder.
    "APT::Sandbox::User": "root",
    "Acquire::Retries": "1",
    "Acquire::http::Timeout": "20",
    "Acquire::https::Timeout": "20",
    "Acquire::Languages": "none",
  };
  const own = [
    ...["DPkg::Post-Invoke", ...hooks].map((name) => `#clear ${name};`),
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
  ].join("\n");
  await writeFile(conf, own);
  if (wanted.suite === "unstable") {
    const sources = join(work, "sources.list");
    const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
    await writeFile(sources, `deb ${signed}${await mirror(conf)} unstable main\n`);
    await writeFile(conf, `${own}\nDir::Etc::SourceList "${sources}";\nDir::Etc::SourceParts "/dev/null";\n`);
  }
  return conf;
}

/** The archive that this machine gets its own release from. */
async function mirror(conf: string): Promise<string> {
  const release = /^VERSION_CODENAME=(\S+)/m.exec(await readFile("/etc/os-release", "utf8"))?.[1];
  const uris = await output("apt-get", ["-c", conf, "update", "--print-uris"]);
  const archives = [...uris.matchAll(/^'(\S+?)\/dists\/(\S+)\/InRelease'/gm)];
  const found = archives.find(([, , suite]) => suite === release) ?? archives[0];
  if (found?.[1] === undefined) throw new Error("apt knows no archive of Debian on this machine");
  return found[1];
}
