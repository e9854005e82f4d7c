/**
 * A proxy on loopback between a runner and its server. It knows one thing of the protocol: what a packet looks like that
 * sends a statement. When the watched statement passes, it stops and asks how to go on.
 */
import { createServer, connect } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

export interface Address {
  readonly host: string;
  readonly port: number;
  /** A path; null: by host and port. */
  readonly socket: string | null;
}

/** Each is asked once. What it answers with `false` is not passed on. */
export interface Watching {
  /** The runner has sent the statement, and the server has not got it yet. `port`: from which the proxy talks to the server. */
  readonly sent?: (port: number) => Promise<boolean>;
  /** The server has answered it, and the runner has not heard so. */
  readonly answered?: () => Promise<boolean>;
  /** The runner has heard the answer and sends the next thing on that session. */
  readonly next?: () => Promise<boolean>;
}

/** Of a packet that holds a statement: its length in three bytes, its number, and this. */
const queryCommand = 3;
const headerLength = 4;

export class Wire {
  private readonly address: Address;
  private readonly server: Server;
  private readonly clients = new Set<Socket>();
  private readonly upstreams = new Set<Socket>();
  private watched: RegExp | string | null = null;
  private watching: Watching = {};
  private refusing = false;
  private failure: unknown = null;
  private readonly working: Promise<void>[] = [];

  private constructor(address: Address) {
    this.address = address;
    this.server = createServer((client) => this.join(client));
  }

  static async open(address: Address): Promise<Wire> {
    const wire = new Wire(address);
    await new Promise<void>((resolve, reject) => {
      wire.server.once("error", reject);
      wire.server.listen(0, "127.0.0.1", resolve);
    });
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** `sql`: the statement, or how it begins. */
  watch(sql: string | RegExp, watching: Watching): void {
    this.watched = sql;
    this.watching = watching;
  }

  /** Cuts every connection of the runner. The server hears of it as of a client that is gone: when it looks. */
  cut(): void {
    for (const client of this.clients) client.resetAndDestroy();
  }

  refuse(): void {
    this.refusing = true;
  }

  accept(): void {
    this.refusing = false;
  }

  /** Something that goes on beside what is passed on. Its error is the wire's. */
  beside(work: Promise<void>): void {
    this.working.push(work.catch((error: unknown) => void (this.failure ??= error)));
  }

  /** @throws whatever one of the questions threw */
  async close(): Promise<void> {
    await Promise.all(this.working);
    for (const socket of [...this.clients, ...this.upstreams]) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    if (this.failure !== null) throw this.failure;
  }

  private join(client: Socket): void {
    client.on("error", () => undefined);
    if (this.refusing) {
      client.resetAndDestroy();
      return;
    }
    const { host, port, socket } = this.address;
    const upstream = socket === null ? connect(port, host) : connect(socket);
    this.clients.add(client);
    this.upstreams.add(upstream);
    upstream.on("error", () => undefined);
    // What is left of a connection whose client is gone ends by itself, so that a statement can go on to its end.
    client.on("close", () => {
      this.clients.delete(client);
      upstream.end();
    });
    upstream.on("close", () => {
      this.upstreams.delete(upstream);
      client.destroy();
    });
    // What is tried in a database that is made for that is not what the runner does.
    let isTrial = false;
    let place: "before" | "sent" | "answered" = "before";
    this.carry(client, upstream, async (chunk) => {
      const { watching } = this;
      isTrial ||= textIn(chunk).includes("USE `surefoot_scratch_");
      if (place === "before" && !isTrial && this.isWatched(chunk)) {
        place = "sent";
        this.watched = null;
        return (await watching.sent?.(upstream.localPort ?? 0)) ?? true;
      }
      if (place !== "answered" || watching.next === undefined) return true;
      place = "before";
      return watching.next();
    });
    this.carry(upstream, client, async () => {
      if (place !== "sent") return true;
      place = "answered";
      return (await this.watching.answered?.()) ?? true;
    });
  }

  /** Passes on, in order, what `pass` lets through. */
  private carry(from: Socket, to: Socket, pass: (chunk: Buffer) => Promise<boolean>): void {
    let before = Promise.resolve();
    from.on("data", (chunk: Buffer) => {
      before = before.then(async () => {
        try {
          if ((await pass(chunk)) && !to.destroyed) to.write(chunk);
        } catch (error) {
          this.failure ??= error;
          from.destroy();
        }
      });
    });
  }

  private isWatched(chunk: Buffer): boolean {
    const { watched } = this;
    const text = textIn(chunk);
    if (watched === null || text === "") return false;
    return typeof watched === "string" ? text === watched : watched.test(text);
  }
}

export function isStatement(chunk: Buffer): boolean {
  return chunk[headerLength] === queryCommand;
}

/** The statement that a packet sends; nothing when it does something else. */
function textIn(chunk: Buffer): string {
  if (!isStatement(chunk)) return "";
  const text = chunk.toString("utf8", headerLength + 1);
  // With MySQL two bytes say before it that there are no attributes.
  return text.startsWith("\0\x01") ? text.slice(2) : text;
}
