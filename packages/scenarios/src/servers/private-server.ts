import { execFileSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { spawnServer } from "./installation.ts";
import type { Installation } from "./installation.ts";

/**
 * A server of our own, with data and temporary files of its own in a folder that goes with it. It listens on 127.0.0.1
 * only; `root` has no password.
 */
export class PrivateServer {
  readonly installation: Installation;
  private readonly folder: string;
  private port = 0;
  private child: ChildProcess | null = null;

  constructor(installation: Installation) {
    this.installation = installation;
    this.folder = mkdtempSync(join(tmpdir(), `surefoot-${installation.engine.name}-`));
    mkdirSync(join(this.folder, "tmp"));
    // Most of a new data directory is zeros, which a sparse copy leaves out. It takes a moment, and no `remove` can
    // come in the middle of it.
    const sparse = process.platform === "linux" ? ["--sparse=always", "--reflink=auto"] : [];
    execFileSync("cp", ["-R", ...sparse, installation.data, join(this.folder, "data")]);
  }

  /** Starts it for the first time. Between finding a free port and taking it, somebody else may have taken it. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.port = await freePort();
      try {
        return await this.spawn([]);
      } catch (error) {
        if (attempt === 5 || !/Address already in use|TCP\/IP port/.test((error as Error).message)) throw error;
      }
    }
  }

  get url(): string {
    return `${this.installation.engine.name}://root@127.0.0.1:${this.port}/`;
  }

  /** Ends the server with SIGKILL and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.child;
    if (child === null) return;
    const gone = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** Starts it again on the same data directory and port. */
  async restart(): Promise<void> {
    if (this.child !== null) throw new Error("The server is running; kill it first.");
    await this.spawn(["--port-open-timeout=10"]);
  }

  /** Ends the server and removes all that it had. */
  async stop(): Promise<void> {
    await this.kill();
    this.remove();
  }

  /** The same without waiting, for the end of the process. */
  remove(): void {
    this.child?.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Settles when the server takes connections, or has ended without. */
  private spawn(more: readonly string[]): Promise<void> {
    const { installation, folder, port } = this;
    const child = spawnServer(installation, join(folder, "data"), [
      `--tmpdir=${join(folder, "tmp")}`,
      `--socket=${join(folder, "socket")}`,
      `--pid-file=${join(folder, "pid")}`,
      "--bind-address=127.0.0.1",
      `--port=${port}`,
      ...more,
    ]);
    this.child = child;
    return new Promise((resolve, reject) => {
      const said: string[] = [];
      createInterface({ input: child.stderr! }).on("line", (line) => {
        appendFileSync(join(folder, "log"), `${line}\n`);
        said.push(line);
        if (/: ready for connections\./.test(line)) resolve();
      });
      child.once("error", reject);
      child.once("close", (code, signal) => {
        this.child = null;
        const why = said.filter((line) => line.includes("[ERROR]")).join("\n") || said.slice(-5).join("\n");
        reject(new Error(`${installation.engine.title} ended while it started (${code ?? signal}):\n${why}`));
      });
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
