/**
 * A story in a database of its own on a server. Faults are real: processes are killed, sockets cut, sessions ended by KILL,
 * servers by SIGKILL. What happens `during` a statement happens while it waits for a lock that the player holds.
 */
import { randomBytes } from "node:crypto";
import type { JournalRecord } from "@surefoot/model";
import type { Connection } from "mysql2/promise";
import type { Progress } from "surefoot/parts";
import type { Engine } from "../scenario.ts";
import { callCommand } from "./call-command.ts";
import { ChildCommand } from "./child-command.ts";
import { Pool } from "./pool.ts";
import { readRecords } from "./read-records.ts";
import { ServerAccess, TableLock } from "./server-access.ts";
import { copyOnServer, lookOnServer } from "./server-database.ts";
import type { Call, Hearer, Left, Stage, Strike } from "./stage.ts";
import { CannotPlay } from "./stage.ts";
import { StoryFolder } from "./story-folder.ts";
import { aimOf } from "./target.ts";
import type { Address } from "./wire.ts";
import { Wire } from "./wire.ts";

/** A server to play on. */
export interface PlayServer {
  /** With user and password; a database in it does not count. */
  readonly url: string;
  /** Only for a server of one's own: SIGKILL, and a start on the same data and port. */
  readonly power?: { readonly kill: () => Promise<void>; readonly restart: () => Promise<void> };
}

/** What a statement that has lost its client is doing: it waits for a lock of ours. */
interface Orphan {
  readonly session: number;
  readonly lock: TableLock;
}

export class ServerStage implements Stage {
  readonly engine: Engine;
  readonly silent = false;
  readonly violations = [];
  private readonly server: PlayServer;
  private readonly access: ServerAccess;
  private readonly folder = new StoryFolder();
  /** The last one is the story's; the others are what it was copied from. */
  private readonly databases = [nameOf()];
  private orphan: Orphan | null = null;
  /** Somebody's open transaction. */
  private other: Connection | null = null;

  private constructor(engine: Engine, server: PlayServer) {
    this.engine = engine;
    this.server = server;
    this.access = new ServerAccess(server.url);
  }

  static async open(engine: Engine, server: PlayServer): Promise<ServerStage> {
    const stage = new ServerStage(engine, server);
    await stage.access.rows(`CREATE DATABASE ${stage.database}`);
    return stage;
  }

  write(files: { readonly [id: string]: string | null }): void {
    this.folder.write(files);
  }

  async command({ words, faults, through }: Call, hearer: Hearer): Promise<number | "killed"> {
    const heard: Hearer = { ...hearer, watch: (event) => void this.watch(event, hearer) };
    const aim = aimOf(faults, this.folder.migrations, this.engine);
    if (through === "pool") {
      const pool = await Pool.open(addressOf(this.server.url));
      try {
        return await callCommand(this.call(words, this.url(pool.port)), heard);
      } finally {
        await pool.close();
      }
    }
    if (aim === null) return callCommand(this.call(words, this.url()), heard);
    const { fault } = aim;
    if ("kill" in fault && fault.kill === "server" && this.server.power === undefined)
      throw new CannotPlay("its server would be killed, and this one is not the player's own");
    const wire = await Wire.open(addressOf(this.server.url));
    try {
      return await this.struck(words, aim, heard, wire);
    } finally {
      await wire.close();
    }
  }

  private async struck(
    words: readonly string[],
    { fault, sql }: { readonly fault: Strike; readonly sql: string | RegExp },
    hearer: Hearer,
    wire: Wire,
  ): Promise<number | "killed"> {
    const call = this.call(words, this.url(wire.port));
    if ("lose" in fault && fault.meanwhile !== undefined) {
      wire.watch(sql, {
        sent: async () => {
          hearer.struck();
          wire.refuse();
          wire.cut();
          // The server hears of it in its own time.
          await this.access.deserted(this.database);
          await hearer.meanwhile();
          wire.accept();
          return false;
        },
      });
      return callCommand(call, hearer);
    }
    if (!("kill" in fault) && !("lose" in fault)) {
      wire.watch(sql, {
        sent: async () => {
          hearer.struck();
          await hearer.meanwhile();
          return true;
        },
      });
      return callCommand(call, hearer);
    }
    if ("lose" in fault) {
      if (fault.lose === "reply") this.afterEffect(wire, sql, hearer, async () => wire.cut());
      else this.during(wire, sql, hearer, (session, lock) => this.lose(fault.statement, wire, session, lock));
      return callCommand(call, hearer);
    }
    if (fault.kill === "session") {
      const end = async (session: number): Promise<void> => {
        await this.access.rows(`KILL CONNECTION ${session}`);
        await this.access.gone(session);
      };
      if (fault.when === "during") this.during(wire, sql, hearer, end);
      else
        wire.watch(sql, {
          sent: async (port) => {
            hearer.struck();
            await end(await this.access.sessionAt(port));
            return false;
          },
        });
      return callCommand(call, hearer);
    }
    if (fault.kill === "server") {
      const end = async (): Promise<void> => {
        await this.server.power?.kill();
        await this.server.power?.restart();
      };
      if (fault.when === "during") this.during(wire, sql, hearer, end);
      else this.at(fault.when, wire, sql, hearer, end);
      return callCommand(call, hearer);
    }
    const child = new ChildCommand({ call, gate: null }, (heard) => {
      if (heard.type === "said") hearer.said(heard.text, heard.stream);
      else if (heard.type === "watch") hearer.watch(heard.event);
    });
    if (fault.when === "during")
      this.during(wire, sql, hearer, async (session, lock) => {
        await child.kill();
        if (fault.statement === "runs_on") this.orphan = { session, lock };
        else {
          lock.release();
          await this.access.gone(session);
        }
      });
    else this.at(fault.when, wire, sql, hearer, () => child.kill());
    return child.ended();
  }

  private async lose(
    statement: "finishes" | "ends" | undefined,
    wire: Wire,
    session: number,
    lock: TableLock,
  ): Promise<void> {
    if (statement === "finishes") {
      wire.refuse();
      wire.cut();
      lock.release();
      await this.access.gone(session);
      wire.accept();
      return;
    }
    // The runner connects again and ends it.
    wire.cut();
    await this.access.gone(session);
  }

  private at(
    when: "before_effect" | "after_effect" | "after_answer",
    wire: Wire,
    sql: string | RegExp,
    hearer: Hearer,
    strike: () => Promise<void>,
  ): void {
    if (when === "after_effect") return this.afterEffect(wire, sql, hearer, strike);
    const struck = async (): Promise<boolean> => {
      hearer.struck();
      await strike();
      return false;
    };
    wire.watch(sql, when === "before_effect" ? { sent: struck } : { next: struck });
  }

  private afterEffect(wire: Wire, sql: string | RegExp, hearer: Hearer, strike: () => Promise<void>): void {
    wire.watch(sql, {
      answered: async () => {
        hearer.struck();
        await strike();
        return false;
      },
    });
  }

  /** Strikes once the server has the statement and can't go on with it. */
  private during(
    wire: Wire,
    sql: string | RegExp,
    hearer: Hearer,
    strike: (session: number, lock: TableLock) => Promise<void>,
  ): void {
    const ended = new AbortController();
    let isBlocked = false;
    const act = async (lock: TableLock): Promise<void> => {
      const session = await this.access.blocked(this.database, String(sql), ended.signal);
      isBlocked = true;
      hearer.struck();
      await strike(session, lock);
    };
    wire.watch(sql, {
      sent: async () => {
        const lock = await TableLock.take(this.access, this.database);
        wire.beside(act(lock).finally(() => (this.orphan?.lock === lock ? undefined : lock.release())));
        return true;
      },
      answered: async () => {
        if (!isBlocked) ended.abort();
        return true;
      },
    });
  }

  /** Somebody has found the orphan. If he waits for its end it may have it; if he ends it, the lock is in nobody's way. */
  private async watch(event: Progress, hearer: Hearer): Promise<void> {
    hearer.watch(event);
    const { orphan } = this;
    if (orphan === null || event.type !== "waiting" || event.for !== "orphan") return;
    this.orphan = null;
    if (!event.message.includes("Waiting for its end")) await this.access.gone(orphan.session);
    orphan.lock.release();
  }

  async byHand(statements: readonly string[]): Promise<void> {
    await this.access.once(async (connection) => {
      for (const sql of statements) await connection.query(sql);
    }, this.database);
  }

  async opens(statements: readonly string[] | null): Promise<void> {
    this.other?.destroy();
    this.other = null;
    if (statements === null) return;
    this.other = await this.access.connect(this.database);
    for (const sql of ["START TRANSACTION", ...statements]) await this.other.query(sql);
  }

  async copy(): Promise<void> {
    const to = nameOf();
    this.databases.push(to);
    await copyOnServer(this.access, this.databases.at(-2) ?? "", to);
  }

  async look(): Promise<Left> {
    return lookOnServer(this.access, this.database);
  }

  async journal(): Promise<readonly JournalRecord[]> {
    return readRecords(this.url());
  }

  async close(): Promise<void> {
    this.orphan?.lock.release();
    this.other?.destroy();
    this.folder.remove();
    for (const name of this.databases) await this.access.rows(`DROP DATABASE IF EXISTS ${name}`);
  }

  private get database(): string {
    return this.databases.at(-1) ?? "";
  }

  private url(port?: number): string {
    return urlOf(this.server.url, this.engine, this.database, port);
  }

  private call(words: readonly string[], url: string): Parameters<typeof callCommand>[0] {
    return { words, url, folder: this.folder.path };
  }
}

function nameOf(): string {
  return `surefoot_replay_${randomBytes(6).toString("hex")}`;
}

/** Through the proxy: by its port, and without TLS, whose packets it could not read. */
function urlOf(url: string, engine: Engine, database: string, port: number | undefined): string {
  const parsed = new URL(url);
  if (port !== undefined) {
    parsed.hostname = "127.0.0.1";
    parsed.port = String(port);
    parsed.searchParams.delete("socket");
    parsed.searchParams.set("ssl-mode", "disabled");
  }
  parsed.pathname = database;
  return parsed.href.replace(/^\w+:/, `${engine}:`);
}

function addressOf(url: string): Address {
  const { hostname, port, searchParams } = new URL(url);
  return {
    host: hostname === "" ? "127.0.0.1" : decodeURIComponent(hostname),
    port: port === "" ? 3306 : Number(port),
    socket: searchParams.get("socket"),
  };
}
