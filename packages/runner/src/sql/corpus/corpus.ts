/**
 * Texts that are easily split wrongly, for each dialect. The unit test splits them; `test/sql/` gives every statement to
 * the real engine.
 */
import type { Dialect } from "../dialect.ts";
import { onBothServers } from "./both-servers.ts";
import type { Case } from "./case.ts";
import { everywhere } from "./everywhere.ts";
import { onMariadb } from "./mariadb.ts";
import { onMysql } from "./mysql.ts";
import { onSqlite } from "./sqlite.ts";

export const corpus: Readonly<Record<Dialect, readonly Case[]>> = {
  sqlite: [...everywhere, ...onSqlite],
  mysql: [...everywhere, ...onBothServers, ...onMysql],
  mariadb: [...everywhere, ...onBothServers, ...onMariadb],
};
