/** Servers that are installed on a machine are found and started, without what the tests have unpacked. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placesIn, serverNames } from "../../packages/scenarios/src/servers/engine.ts";
import { findServer } from "../../packages/scenarios/src/servers/find-server.ts";
import { ServerAccess } from "../../packages/scenarios/src/play/server-access.ts";
import { PrivateServer } from "../../packages/scenarios/src/servers/private-server.ts";
import { obtain } from "../../scripts/servers/installation.ts";
import { onServer } from "../support/servers.ts";

for (const name of serverNames)
  await onServer(name, "installed on a machine", () => {
    test("is found in PATH, gets a data directory, starts, and leaves nothing", async () => {
      const { root, installation } = await obtain(name);
      const usr = join(mkdtempSync(join(tmpdir(), "surefoot-installed-")), "usr");
      const program = join(usr, "sbin", installation.engine.programs[0]!);
      mkdirSync(join(usr, "sbin"), { recursive: true });
      mkdirSync(join(usr, "share"));
      symlinkSync(join(root, "usr/share/mysql"), join(usr, "share/mysql"));
      // What is installed knows by itself where everything is; what was unpacked must be told.
      const { command, args } = installation.command;
      const words = [command, ...args].map((word) => `'${word}'`).join(" ");
      const places = placesIn(join(root, "usr"))
        .map((word) => `'${word}'`)
        .join(" ");
      writeFileSync(program, `#!/bin/sh\nfirst=$1\nshift\nexec ${words} "$first" ${places} "$@"\n`);
      chmodSync(program, 0o755);

      const found = await findServer(name, { env: { PATH: join(usr, "sbin"), SUREFOOT_CACHE: usr }, cwd: usr });
      const server = new PrivateServer(found!.installation);
      try {
        await server.start();
        const [row] = await new ServerAccess(server.url).rows("SELECT VERSION() AS version");

        expect(found?.installation.command.command).toBe(program);
        expect(/mariadb/i.test(String(row?.["version"]))).toBe(name === "mariadb");
      } finally {
        await server.stop();
        found?.remove();
        rmSync(join(usr, ".."), { recursive: true });
      }
    });
  });

test("where there is none, nothing is found", async () => {
  const empty = mkdtempSync(join(tmpdir(), "surefoot-empty-"));
  const where = { env: { PATH: empty, SUREFOOT_CACHE: empty }, cwd: empty, folders: [] };
  const found = await Promise.all(serverNames.map((name) => findServer(name, where)));
  rmSync(empty, { recursive: true });

  expect(found).toEqual([null, null]);
});
