/** Finds a server's program on this machine: installed, or unpacked into the cache by the tests of this repository. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { ServerName } from "./engine.ts";
import { placesIn, serverEngines } from "./engine.ts";
import type { Installation } from "./installation.ts";
import { initialise } from "./installation.ts";
import { output } from "./output.ts";
import { unpacked } from "./unpacked.ts";

/** Where servers are that nobody calls by hand. */
const usual = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/bin", "/opt/homebrew/bin"];

/** MariaDB's folder has one of them. */
const sqlFiles = ["mysql_system_tables.sql", "mariadb_system_tables.sql"] as const;

interface Where {
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  /** Beside those in PATH; default: where servers usually are. */
  readonly folders?: readonly string[];
}

/** An installation to start servers of, and what is to be removed afterwards. */
export interface FoundServer {
  readonly installation: Installation;
  readonly remove: () => void;
}

/** Null: there is none. @throws Error when there is one, and it can't make a data directory */
export async function findServer(name: ServerName, { env, cwd, folders = usual }: Where): Promise<FoundServer | null> {
  for (const folder of [...(env["PATH"] ?? "").split(delimiter), ...folders])
    for (const program of serverEngines[name].programs) {
      const path = join(folder, program);
      if (folder !== "" && existsSync(path) && (await isOf(name, path))) return installed(name, path);
    }
  return cached(name, join(env["SUREFOOT_CACHE"] ?? join(cwd, ".cache"), "servers"));
}

/** MariaDB calls its program by MySQL's name as well. */
async function isOf(name: ServerName, path: string): Promise<boolean> {
  const said = await output(path, ["--no-defaults", "--version"]).catch(() => "");
  return said !== "" && /mariadb/i.test(said) === (name === "mariadb");
}

async function installed(name: ServerName, path: string): Promise<FoundServer> {
  const prefix = dirname(dirname(realpathSync(path)));
  const shares = ["share/mysql", "share/mariadb", "share"].map((folder) => join(prefix, folder));
  const share =
    shares.find((folder) => sqlFiles.some((name) => existsSync(join(folder, name)))) ?? join(prefix, "share/mysql");
  const program = { engine: serverEngines[name], command: { command: path, args: [] }, places: [], share };
  const folder = mkdtempSync(join(tmpdir(), `surefoot-${name}-data-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const data = join(folder, "data");
  mkdirSync(data);
  try {
    await initialise(program, data);
    // Each server that starts from a copy shall have an identity of its own.
    rmSync(join(data, "auto.cnf"), { force: true });
  } catch (error) {
    remove();
    throw error;
  }
  return { installation: { ...program, data }, remove };
}

/** As `npm test` leaves it. */
function cached(name: ServerName, servers: string): FoundServer | null {
  const folder = join(servers, `${name}-1`);
  if (!existsSync(join(folder, "version"))) return null;
  return {
    installation: unpackedInstallation(name, join(folder, "root"), join(folder, "data")),
    remove: () => undefined,
  };
}

/** Of packages that were unpacked to `root`. */
export function unpackedInstallation(name: ServerName, root: string, data: string): Installation {
  const program = name === "mariadb" ? "usr/sbin/mariadbd" : "usr/sbin/mysqld";
  return {
    engine: serverEngines[name],
    command: unpacked(root, program),
    places: placesIn(join(root, "usr")),
    share: join(root, "usr/share/mysql"),
    data,
  };
}
