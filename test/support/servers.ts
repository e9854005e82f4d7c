/**
 * MariaDB and MySQL for tests. A server starts when the first test file asks for it. Where there is none, its tests are
 * skipped and counted, and the reason is printed; in CI that is a failure.
 */
import { randomBytes } from "node:crypto";
import { createConnection } from "mysql2/promise";
import type { Connection, ConnectionOptions } from "mysql2/promise";
import { afterAll, describe, inject } from "vitest";
import type { EngineName } from "../../scripts/servers/engine.ts";
import { inCi } from "../../scripts/servers/keeper.ts";
import type { Found, Own } from "../../scripts/servers/keeper.ts";

/** A server that all tests share: leave nothing on it, and change no global setting. */
export interface TestServer {
  readonly engine: EngineName;
  readonly version: string;
  /** Without a database. */
  readonly url: string;
  connect(options?: ConnectionOptions): Promise<Connection>;
  /** Calls `act` with the name of a new database, which it drops afterwards. */
  withDatabase<T>(act: (name: string) => Promise<T>): Promise<T>;
}

/** A server of one test file. */
export interface OwnServer extends TestServer {
  /** SIGKILL; returns when the server is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same data and port. */
  restart(): Promise<void>;
}

/** Declares tests on the server that all share, or skips them. */
export async function onServer(engine: EngineName, name: string, declare: (server: TestServer) => void): Promise<void> {
  const found = (await ask(`find/${engine}`)) as Found;
  declareOn(engine, name, found, (url, version) => declare(serverAt(engine, url, version)));
}

/** Declares tests on a server of their own, which they may kill, or skips them. The server ends after the last one. */
export async function onOwnServer(
  engine: EngineName,
  name: string,
  declare: (server: OwnServer) => void,
): Promise<void> {
  const found = (await ask(`start/${engine}`)) as Own;
  declareOn(engine, name, found, (url, version) => {
    const id = found.type === "found" ? found.id : -1;
    afterAll(async () => void (await ask(`stop/${id}`)));
    declare({
      ...serverAt(engine, url, version),
      kill: async () => void (await ask(`kill/${id}`)),
      restart: async () => void (await ask(`restart/${id}`)),
    });
  });
}

function declareOn(
  engine: EngineName,
  name: string,
  found: Found | Own,
  declare: (url: string, version: string) => void,
): void {
  if (found.type === "found") describe(`${engine} ${name}`, () => declare(found.url, found.version));
  else if (inCi()) throw new Error(found.reason);
  else describe.skip(`${engine} ${name} (there is no server)`, () => declare("", ""));
}

function serverAt(engine: EngineName, url: string, version: string): TestServer {
  const server: TestServer = {
    engine,
    version,
    url,
    connect: (options = {}) => createConnection({ uri: url, ...options }),
    async withDatabase(act) {
      const name = `surefoot_test_${randomBytes(6).toString("hex")}`;
      await once(server, `CREATE DATABASE ${name}`);
      try {
        return await act(name);
      } finally {
        await once(server, `DROP DATABASE IF EXISTS ${name}`);
      }
    },
  };
  return server;
}

async function once(server: TestServer, sql: string): Promise<void> {
  const connection = await server.connect();
  try {
    await connection.query(sql);
  } finally {
    connection.destroy();
  }
}

async function ask(path: string): Promise<unknown> {
  const response = await fetch(`${inject("serverKeeper")}/${path}`);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
