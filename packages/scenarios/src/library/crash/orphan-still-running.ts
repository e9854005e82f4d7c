import type { Scenario } from "../../scenario.ts";
import { applied, rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const orphanStillRunning = {
  name: "orphan-still-running",
  story:
    "The process is killed, and its ALTER is still running on the server when the next replica starts. That one does not read " +
    "what is pending before it has the lease; it ends the statement, says so, decides what it did, and only then goes on.",
  source: "liquibase-sessionlock#36 · bytebase/dbhub#384",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
    `,
  },
  when: [{ run: "up", faults: [{ step: 1, kill: "runner", when: "during", statement: "runs_on" }] }, { run: "up" }],
  then: {
    exits: ["killed", 0],
    path: [...rolledBack, ...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_email"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: [
      "A statement of a runner that has died is still running on the server",
      "step 1 was in doubt: it did not take effect",
    ],
    keeps: ["step_sent 1", "interrupted", "step_decided 1", "rollback_verified", "recorded"],
  },
  engines: {
    model: "run",
    sqlite: { skip: "a statement of SQLite ends with its process" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
