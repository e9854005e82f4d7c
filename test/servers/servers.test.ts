import { expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import { onOwnServer, onServer } from "../support/servers.ts";
import type { TestServer } from "../support/servers.ts";

for (const engine of engineNames) {
  await onServer(engine, "as all tests share it", (server) => {
    test("is the engine that was asked for, and says so", async () => {
      const connection = await server.connect();
      const [rows] = await connection.query("SELECT VERSION() AS version");
      connection.destroy();

      const { version } = (rows as { version: string }[])[0]!;
      expect(version).toBe(server.version);
      expect(/mariadb/i.test(version)).toBe(engine === "mariadb");
    });

    test("has a database for whoever asks, and it is gone afterwards", async () => {
      const connection = await server.connect();
      const count = async (name: string): Promise<number> => {
        const [rows] = await connection.query("SELECT 1 FROM information_schema.schemata WHERE schema_name = ?", [
          name,
        ]);
        return (rows as unknown[]).length;
      };

      const { name, within } = await server.withDatabase(async (name) => ({ name, within: await count(name) }));

      expect([within, await count(name)]).toEqual([1, 0]);
      connection.destroy();
    });
  });

  await onOwnServer(engine, "of one test file", (server) => {
    test("listens on this machine only, and has its data and temporary files apart", async () => {
      const connection = await server.connect();
      const [rows] = await connection.query(
        "SELECT @@bind_address AS address, @@datadir AS data, @@tmpdir AS temporary, @@port AS port",
      );
      connection.destroy();

      const settings = (rows as { address: string; data: string; temporary: string; port: number }[])[0]!;
      expect(settings.address).toBe("127.0.0.1");
      expect(settings.data).toContain(`surefoot-${engine}-`);
      expect(settings.temporary).toContain(`surefoot-${engine}-`);
      expect(Number(new URL(server.url).port)).toBe(settings.port);
    });

    test("keeps what was committed when it is killed, and drops what was not", async () => {
      const before = await server.connect();
      await before.query("CREATE DATABASE kept");
      await before.query("CREATE TABLE kept.t (a INT) ENGINE = InnoDB");
      await before.query("INSERT INTO kept.t VALUES (1)");
      await before.query("BEGIN");
      await before.query("INSERT INTO kept.t VALUES (2)");
      const lost = before.query("SELECT SLEEP(100)").catch((error: { code: string }) => error.code);
      await untilRunning(server, "SELECT SLEEP");

      await server.kill();
      await expect(server.connect()).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await server.restart();

      expect(await lost).toBe("PROTOCOL_CONNECTION_LOST");
      const after = await server.connect();
      const [rows] = await after.query("SELECT a FROM kept.t");
      after.destroy();
      expect(rows).toEqual([{ a: 1 }]);
    });
  });
}

/** Returns when a session runs a statement that begins like this. */
async function untilRunning(server: TestServer, statement: string): Promise<void> {
  const connection = await server.connect();
  const query = "SELECT 1 FROM information_schema.processlist WHERE info LIKE ?";
  for (let count = 0; count === 0;) {
    const [rows] = await connection.query(query, [`${statement}%`]);
    count = (rows as unknown[]).length;
  }
  connection.destroy();
}
