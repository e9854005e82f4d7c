import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { MysqlDatabase } from "../../packages/runner/src/mysql/database.ts";
import { targetOf } from "../../packages/runner/src/mysql/target.ts";
import { SqliteDatabase } from "../../packages/runner/src/sqlite/adapter.ts";
import { engineNames } from "../../scripts/servers/engine.ts";
import { onServer } from "../support/servers.ts";
import { conforms } from "./port.ts";

describe("SQLite", () =>
  conforms(async (act) => {
    const folder = mkdtempSync(join(tmpdir(), "surefoot-test-"));
    try {
      await act({ open: () => new SqliteDatabase({ path: join(folder, "app.db") }) });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }));

for (const engine of engineNames)
  await onServer(engine, "as a port", (server) =>
    conforms((act) =>
      server.withDatabase(async (name) => {
        const url = `${server.url.replace(/^\w+:/, `${engine}:`).replace(/\/$/, "")}/${name}`;
        await act({ open: () => new MysqlDatabase(targetOf(url)) });
      }),
    ),
  );
