import type { RowDataPacket } from "mysql2/promise";
import { PrivateServer } from "../../packages/scenarios/src/servers/private-server.ts";
import { engines } from "./engine.ts";
import type { Engine, EngineName } from "./engine.ts";
import { obtain } from "./installation.ts";

/** A server to test on, or why there is none. */
export type Found =
  | { readonly type: "found"; readonly url: string; readonly version: string }
  | { readonly type: "missing"; readonly reason: string };

/** A server that only one test has, and may kill. */
export type Own =
  | { readonly type: "found"; readonly url: string; readonly version: string; readonly id: number }
  | { readonly type: "missing"; readonly reason: string };

/** Starts servers when they are first asked for, and ends them all when it closes. `say` gets one line for each engine. */
export class Keeper {
  private readonly say: (line: string) => void;
  private readonly servers: PrivateServer[] = [];
  private readonly versions = new Map<PrivateServer, string>();
  private readonly shared = new Map<EngineName, Promise<Found>>();
  private readonly told = new Set<string>();

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  /** The server that all tests share: the user's, if the environment names one, else one of our own. */
  async find(name: EngineName): Promise<Found> {
    const asked = this.shared.get(name) ?? this.findOnce(name);
    this.shared.set(name, asked);
    return asked;
  }

  /** A new server of our own, to be killed and started again. */
  async start(name: EngineName): Promise<Own> {
    try {
      const server = await this.startServer(name);
      return { type: "found", ...this.foundAt(server), id: this.servers.indexOf(server) };
    } catch (error) {
      return this.missing(name, error);
    }
  }

  async kill(id: number): Promise<void> {
    await this.server(id).kill();
  }

  async restart(id: number): Promise<void> {
    await this.server(id).restart();
  }

  async stop(id: number): Promise<void> {
    await this.server(id).stop();
  }

  /** Ends every server without waiting, for the end of this process. */
  close(): void {
    for (const server of this.servers) server.remove();
  }

  private async findOnce(name: EngineName): Promise<Found> {
    const engine = engines[name];
    const url = process.env[engine.variable];
    try {
      if (url === undefined || url === "") return { type: "found", ...this.foundAt(await this.startServer(name)) };
      const version = await versionAt(engine, url);
      this.sayOnce(described(engine, version, `at ${withoutPassword(url)}`));
      return { type: "found", url, version };
    } catch (error) {
      return this.missing(name, error);
    }
  }

  private async startServer(name: EngineName): Promise<PrivateServer> {
    const { engine, version, from, installation } = await obtain(name);
    this.sayOnce(described(engine, version, origins[from]));
    const server = new PrivateServer(installation);
    this.versions.set(server, version);
    // Before it starts, so that one that is still starting is ended with the others.
    this.servers.push(server);
    await server.start();
    return server;
  }

  private missing(name: EngineName, error: unknown): { readonly type: "missing"; readonly reason: string } {
    const reason = (error as Error).message;
    this.sayOnce(`${engines[name].title} is missing. ${reason}`);
    return { type: "missing", reason };
  }

  private foundAt(server: PrivateServer): { readonly url: string; readonly version: string } {
    return { url: server.url, version: this.versions.get(server) ?? "" };
  }

  private server(id: number): PrivateServer {
    const server = this.servers[id];
    if (server === undefined) throw new Error(`There is no server ${id}.`);
    return server;
  }

  private sayOnce(line: string): void {
    if (this.told.has(line)) return;
    this.told.add(line);
    this.say(line);
  }
}

/**
 * Makes sure that there is a server to test on, without starting one of our own, and says where it is from in one line.
 * @throws Error that says why there is none and what to do
 */
export async function check(name: EngineName): Promise<string> {
  const engine = engines[name];
  const url = process.env[engine.variable];
  if (url !== undefined && url !== "")
    return described(engine, await versionAt(engine, url), `at ${withoutPassword(url)}`);
  const { version, from } = await obtain(name);
  return described(engine, version, origins[from]);
}

/** Whether this is CI, where a server that is missing is a failure. */
export function inCi(): boolean {
  return !["", "0", "false"].includes(process.env["CI"] ?? "");
}

const origins = { cache: "from the cache", download: "downloaded" } as const;

function described(engine: Engine, version: string, origin: string): string {
  return `${engine.title} ${version}, ${origin}`;
}

/** The version of the user's server, which must be of the engine that the variable is for. */
async function versionAt(engine: Engine, url: string): Promise<string> {
  const shown = withoutPassword(url);
  // Loaded here, because most runs have no use for it and it takes as long to load as all the rest.
  const { createConnection } = await import("mysql2/promise");
  const connection = await createConnection({ uri: url, connectTimeout: 10_000 }).catch((error: unknown) => {
    throw new Error(`${engine.variable} names ${shown}, which can't be reached: ${(error as Error).message}`, {
      cause: error,
    });
  });
  try {
    const [rows] = await connection.query<RowDataPacket[]>("SELECT VERSION() AS version");
    const version = String(rows[0]?.["version"]);
    if (/mariadb/i.test(version) !== (engine.name === "mariadb"))
      throw new Error(`${engine.variable} names ${shown}, which is not ${engine.title}: its version is ${version}`);
    return version;
  } finally {
    connection.destroy();
  }
}

function withoutPassword(url: string): string {
  return url.replace(/(:\/\/[^:@/]*):[^@/]*@/, "$1:***@");
}
