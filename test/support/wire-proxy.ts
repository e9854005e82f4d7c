/**
 * A proxy on loopback between a runner and its server that reads enough of the protocol to know which statement passes, so
 * that a fault strikes at a chosen one: before it reaches the server, when the server has just got it, or when the server
 * has answered and nobody has heard. In scope: connections that are cut, replies and whole directions that get lost,
 * silence of everything, delays. It can't read encrypted connections, and takes the first bytes of a reply for its end,
 * which they are for every statement that returns no rows.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

/** A statement on its way. */
export interface Command {
  /** The server's number for the session. */
  readonly session: number;
  readonly sql: string;
}

export type When = "before" | "during" | "after";

/** What a fault can do to the connection that it struck. */
export interface Wire {
  readonly session: number;
  /** Both sides see the connection end. What has been forwarded still reaches the server. */
  cut(): void;
  /** Nothing passes any more in either direction, and nobody is told. */
  silence(): void;
}

export interface Trap {
  /** The statement at which it struck. */
  readonly sprung: Promise<Command>;
  readonly hasSprung: () => boolean;
}

interface Fault {
  readonly when: When;
  readonly at: (command: Command) => boolean;
  readonly act: (wire: Wire, command: Command) => void | Promise<void>;
  readonly spring: (command: Command) => void;
  sprung: boolean;
}

export class WireProxy {
  /** Every statement that came by, in order. */
  readonly commands: Command[] = [];
  /** How long each reply is held back, in milliseconds. */
  delayMs = 0;
  private readonly server: Server;
  private readonly target: { readonly host: string; readonly port: number };
  private readonly wires = new Set<ProxiedWire>();
  private readonly faults: Fault[] = [];
  private readonly acts: Promise<void>[] = [];
  private isSilent = false;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.target = target;
    this.server = createServer({ noDelay: true }, (client) => this.accept(client));
  }

  /** Calls `act` with a proxy in front of the server of `url`, and the URL that goes through it. */
  static async within<T>(url: string, act: (proxy: WireProxy, url: string) => Promise<T>): Promise<T> {
    const through = new URL(url);
    const proxy = new WireProxy({ host: through.hostname, port: Number(through.port) });
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    through.hostname = "127.0.0.1";
    through.port = String((proxy.server.address() as AddressInfo).port);
    through.searchParams.set("ssl-mode", "disabled");
    try {
      const answer = await act(proxy, through.href);
      // What a fault does may take longer than those whom it strikes: a server that is started again.
      await Promise.all(proxy.acts);
      return answer;
    } finally {
      proxy.server.close();
      proxy.cut();
    }
  }

  /** Sets a trap for one statement; it springs once. */
  trap(when: When, at: (command: Command) => boolean, act: Fault["act"]): Trap {
    const { promise, resolve } = Promise.withResolvers<Command>();
    const fault: Fault = { when, at, act, spring: resolve, sprung: false };
    this.faults.push(fault);
    return { sprung: promise, hasSprung: () => fault.sprung };
  }

  /** Every connection that is there ends. */
  cut(): void {
    for (const wire of this.wires) wire.cut();
  }

  /** Nothing passes on any connection, those that are made later included. */
  silence(): void {
    this.isSilent = true;
    for (const wire of this.wires) wire.silence();
  }

  /** New connections pass again. Those that were silenced stay silent: what was dropped can't be brought back. */
  heal(): void {
    this.isSilent = false;
  }

  private accept(client: Socket): void {
    const wire = new ProxiedWire(client, connect({ ...this.target, noDelay: true }), {
      passes: (when, command) => this.strike(when, wire, command),
      saw: (command) => void this.commands.push(command),
      delay: async () => (this.delayMs > 0 ? setTimeout(this.delayMs) : undefined),
      ended: () => void this.wires.delete(wire),
    });
    this.wires.add(wire);
    if (this.isSilent) wire.silence();
  }

  private async strike(when: When, wire: Wire, command: Command): Promise<void> {
    for (const fault of this.faults) {
      if (fault.sprung || fault.when !== when || !fault.at(command)) continue;
      fault.sprung = true;
      const act = (async () => fault.act(wire, command))();
      this.acts.push(act);
      // Whoever waits for all of them hears of it.
      await act.catch(() => undefined);
      fault.spring(command);
    }
  }
}

interface Hooks {
  readonly passes: (when: When, command: Command) => Promise<void>;
  readonly saw: (command: Command) => void;
  readonly delay: () => Promise<void>;
  readonly ended: () => void;
}

/** Command bytes of the protocol. Source: MySQL source documentation, "Command Phase". */
const byte = { query: 0x03, prepare: 0x16, execute: 0x17 } as const;

class ProxiedWire implements Wire {
  session = 0;
  private readonly client: Socket;
  private readonly server: Socket;
  private readonly hooks: Hooks;
  private isOver = false;
  private isSilent = false;
  /** What was sent and not answered. */
  private pending: Command | null = null;
  /** The text whose number the server is about to tell. */
  private preparing: string | null = null;
  private readonly prepared = new Map<number, string>();

  constructor(client: Socket, server: Socket, hooks: Hooks) {
    this.client = client;
    this.server = server;
    this.hooks = hooks;
    const fromClient = inPackets((packet) => this.fromClient(packet));
    const fromServer = inOrder((chunk) => this.fromServer(chunk));
    for (const socket of [client, server]) socket.on("error", () => undefined).on("close", () => this.end());
    client.on("data", fromClient);
    server.on("data", fromServer);
  }

  cut(): void {
    if (this.isOver) return;
    this.isOver = true;
    // What lies in its buffer is still sent, and then the end of the stream.
    this.server.end();
    this.client.resetAndDestroy();
    this.hooks.ended();
  }

  silence(): void {
    this.isSilent = true;
  }

  /** One side has ended by itself. Through silence the other one does not hear of it. */
  private end(): void {
    if (this.isOver || this.isSilent) return;
    this.isOver = true;
    this.client.destroy();
    this.server.destroy();
    this.hooks.ended();
  }

  private get passes(): boolean {
    return !this.isOver && !this.isSilent;
  }

  private async fromClient(packet: Buffer): Promise<void> {
    const command = this.commandIn(packet);
    if (command === null) return this.forward(packet);
    this.hooks.saw(command);
    await this.hooks.passes("before", command);
    if (!this.passes) return undefined;
    this.pending = command;
    this.forward(packet);
    return this.hooks.passes("during", command);
  }

  private forward(packet: Buffer): void {
    if (this.passes) this.server.write(packet);
  }

  private async fromServer(chunk: Buffer): Promise<void> {
    // The greeting: length and number of the packet, a version byte, the version's text, the session.
    if (this.session === 0) this.session = chunk.readUInt32LE(chunk.indexOf(0, 5) + 1);
    if (this.preparing !== null && chunk[4] === 0) this.prepared.set(chunk.readUInt32LE(5), this.preparing);
    this.preparing = null;
    const { pending } = this;
    this.pending = null;
    if (pending !== null) await this.hooks.passes("after", pending);
    await this.hooks.delay();
    if (this.passes) this.client.write(chunk);
  }

  /** Null: it is no statement that could take effect. */
  private commandIn(packet: Buffer): Command | null {
    // Numbers of packets begin anew with each command; those of the handshake and of files that are sent are higher.
    if (packet[3] !== 0) return null;
    const body = packet.subarray(4);
    switch (body[0]) {
      case byte.query:
        return { session: this.session, sql: textIn(body) };
      case byte.prepare:
        this.preparing = body.toString("utf8", 1);
        return null;
      case byte.execute:
        return { session: this.session, sql: this.prepared.get(body.readUInt32LE(1)) ?? "" };
      default:
        return null;
    }
  }
}

/** To servers that take attributes of queries, mysql2 sends two bytes that say that there are none. */
function textIn(body: Buffer): string {
  return body.toString("utf8", body[1] === 0 ? 3 : 1);
}

/** Hands over one after the other, each when the one before is done with. */
function inOrder(handle: (chunk: Buffer) => void | Promise<void>): (chunk: Buffer) => void {
  let last = Promise.resolve();
  return (chunk) => {
    last = last.then(async () => handle(chunk));
  };
}

/** Cuts a stream into packets: three bytes of length, one of number, the body. */
function inPackets(handle: (packet: Buffer) => void | Promise<void>): (chunk: Buffer) => void {
  const next = inOrder(handle);
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const end = 4 + rest.readUIntLE(0, 3);
      if (rest.length < end) return;
      next(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}
