import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import type { Own } from "../../scripts/servers/keeper.ts";
import { onServer } from "../support/servers.ts";

const scripts = join(import.meta.dirname, "..", "..", "scripts", "servers");
const empty = mkdtempSync(join(tmpdir(), "surefoot-empty-"));
afterAll(() => rmSync(empty, { recursive: true }));

/** Runs the set-up where there is no program at all, so that it can't download anything. */
function getOffline(env: NodeJS.ProcessEnv): { readonly out: string; readonly exit: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [join(scripts, "get.ts")], {
    encoding: "utf8",
    env: { PATH: empty, ...env },
  });
  return { out: stdout, exit: status };
}

test("without a cache and a network, the set-up says for each engine what to do; in CI it fails", () => {
  const elsewhere = getOffline({ SUREFOOT_CACHE: empty });
  const inCi = getOffline({ SUREFOOT_CACHE: empty, CI: "true" });

  expect(elsewhere.exit).toBe(0);
  expect(elsewhere.out).toContain("Tests that need it are skipped.");
  expect(inCi.exit).toBe(1);
  for (const { out } of [elsewhere, inCi]) {
    expect(out).toMatch(/^MariaDB is missing\. .*\nSet SUREFOOT_TEST_MARIADB_URL to/m);
    expect(out).toMatch(/^MySQL is missing\. .*\nSet SUREFOOT_TEST_MYSQL_URL to/m);
  }
});

await onServer("mariadb", "for the set-up", (mariadb) => {
  test("a server of the user's is used, and its password is not shown", async () => {
    const url = new URL(mariadb.url);
    const admin = await mariadb.connect();
    await admin.query("CREATE USER IF NOT EXISTS surefoot_get IDENTIFIED BY 'secret'");
    url.username = "surefoot_get";
    url.password = "secret";

    const { out } = getOffline({ SUREFOOT_CACHE: empty, SUREFOOT_TEST_MARIADB_URL: url.href });

    await admin.query("DROP USER surefoot_get");
    admin.destroy();
    expect(out).toContain(`MariaDB ${mariadb.version}, at mariadb://surefoot_get:***@${url.host}/\n`);
    expect(out).not.toContain("secret");
  });

  test("a server of another engine is refused", () => {
    const { out, exit } = getOffline({ SUREFOOT_CACHE: empty, CI: "1", SUREFOOT_TEST_MYSQL_URL: mariadb.url });

    expect(exit).toBe(1);
    expect(out).toContain(`which is not MySQL: its version is ${mariadb.version}`);
  });

  test("what is cached needs no network", () => {
    // Where the run itself uses servers of the user's, nothing need be cached.
    const cached = process.env["SUREFOOT_TEST_MARIADB_URL"] === undefined;

    const { out } = getOffline({
      ...(process.env["SUREFOOT_CACHE"] === undefined ? {} : { SUREFOOT_CACHE: process.env["SUREFOOT_CACHE"] }),
      ...(cached ? {} : { SUREFOOT_TEST_MARIADB_URL: mariadb.url }),
    });

    expect(out).toContain(`MariaDB ${mariadb.version}, ${cached ? "from the cache" : "at "}`);
  });

  test("servers end with the process that started their keeper", async () => {
    const keeper = spawn(process.execPath, [join(scripts, "keeper-process.ts")], { stdio: ["pipe", "pipe", "ignore"] });
    const [address] = (await once(createInterface({ input: keeper.stdout }), "line")) as [string];
    const own = (await (await fetch(`${address}/start/mariadb`)).json()) as Own;
    if (own.type === "missing") throw new Error(own.reason);
    const { createConnection } = await import("mysql2/promise");
    const connection = await createConnection({ uri: own.url });
    const [rows] = await connection.query("SELECT @@datadir AS folder");
    const { folder } = (rows as { folder: string }[])[0]!;
    const lost = new Promise((resolve) => connection.on("error", resolve));

    // This is what the keeper sees when that process dies, however it dies.
    keeper.stdin.destroy();
    await once(keeper, "close");

    expect(await lost).toMatchObject({ code: "PROTOCOL_CONNECTION_LOST" });
    expect(existsSync(folder)).toBe(false);
  });
});
