/**
 * A proxy on loopback that treats sessions as alike, as a pool does: once two clients are there, each goes on with the session
 * of the other.
 */
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import type { Address } from "./wire.ts";
import { isStatement } from "./wire.ts";

/** A client and the session that it has now. */
interface Pair {
  readonly client: Socket;
  session: Socket;
}

export class Pool {
  private readonly address: Address;
  private readonly server: Server;
  private readonly pairs: Pair[] = [];
  private isShared = false;

  private constructor(address: Address) {
    this.address = address;
    this.server = createServer((client) => this.join(client));
  }

  static async open(address: Address): Promise<Pool> {
    const pool = new Pool(address);
    await new Promise<void>((resolve, reject) => {
      pool.server.once("error", reject);
      pool.server.listen(0, "127.0.0.1", resolve);
    });
    return pool;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const { client, session } of this.pairs) for (const socket of [client, session]) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const { host, port, socket } = this.address;
    const session = socket === null ? connect(port, host) : connect(socket);
    const pair: Pair = { client, session };
    this.pairs.push(pair);
    for (const one of [client, session]) one.on("error", () => undefined);
    client.on("data", (chunk) => {
      // Both have logged in by now, and the first one waits for nothing.
      if (this.pairs.length === 2 && pair === this.pairs[1] && isStatement(chunk)) this.share();
      pair.session.write(chunk);
    });
    client.on("close", () => {
      // A client that has gone before the other came shares nothing with it.
      if (!this.isShared) this.pairs.splice(this.pairs.indexOf(pair), 1);
      pair.session.end();
    });
    session.on("data", (chunk) => this.pairs.find((one) => one.session === session)?.client.write(chunk));
    session.on("close", () => this.pairs.find((one) => one.session === session)?.client.destroy());
  }

  private share(): void {
    const [first, second] = this.pairs;
    if (this.isShared || first === undefined || second === undefined) return;
    this.isShared = true;
    [first.session, second.session] = [second.session, first.session];
  }
}
