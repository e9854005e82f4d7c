import type { Scenario } from "../../scenario.ts";
import { applied, rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const idleReaderBlocks = {
  name: "idle-reader-blocks",
  story:
    "Somebody has read a table in a transaction and left it open. The ALTER waits for him, and everybody else behind the ALTER. It " +
    "waits no longer than the file allows; what took effect is taken back, and the message names the session that is in the way.",
  source: "frappe/press#2356 · magento/magento2#19220 · bytebase/dbhub#384",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option lock_timeout=1s
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
    `,
  },
  when: [
    { opens: ["SELECT COUNT(*) FROM users"] },
    { run: "up", faults: [{ step: 2, answers: "error" }] },
    { opens: null },
    { run: "up" },
  ],
  then: {
    exits: [3, 0],
    path: [...rolledBack, ...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_email"],
      tables: { users: ["id", "name", "email"], letters: ["id"] },
      rows: { users: 2 },
    },
    told: ["it is blocked by session", "step 1 taken back"],
    keeps: ["step_failed 2: blocked by session", "step_undone 1", "rollback_verified", "recorded"],
  },
  engines: {
    model: "run",
    sqlite: { skip: "there only the COMMIT waits for readers, and is tried again" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
