import { expect, test } from "vitest";
import type { MysqlHandle } from "./driver.ts";
import { keptBefore } from "./rehearsal.ts";

const server = { dialect: "mariadb", version: 101_100 } as const;
const columns = "CREATE TABLE `t` (\n  `id` int(11) NOT NULL,\n  PRIMARY KEY (`id`)\n)";
const handle = (text: string): MysqlHandle => ({
  query: async () => [[{ Table: "t", "Create Table": `${columns} ${text}` }], null],
});

test.each([
  ["CREATE VIEW w AS SELECT id FROM t", "ENGINE=InnoDB", true],
  ["CREATE VIEW w AS SELECT id FROM t", "ENGINE=CONNECT `FILE_NAME`='/data/t.csv'", false],
  ["CREATE VIEW w AS SELECT id FROM t", "ENGINE=Aria DATA DIRECTORY='/data/'", false],
  ["CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.id = 1", "ENGINE=FEDERATED", false],
  ["ALTER TABLE t ADD COLUMN a INT", "ENGINE=InnoDB", true],
  ["ALTER TABLE t ENGINE=CONNECT", "ENGINE=InnoDB", false],
  ["CREATE TABLE u (id INT) DATA DIRECTORY='/data/'", "ENGINE=InnoDB", false],
])("%s on a table of %s can be tried: %s", async (sql, text, can) => {
  expect((await keptBefore(handle(text), "app", sql, server)) !== null).toBe(can);
});
