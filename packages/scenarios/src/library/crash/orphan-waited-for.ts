import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const orphanWaitedFor = {
  name: "orphan-waited-for",
  story:
    "The same in a long migration that asks to be resumed: the next start waits for the statement to end, decides that it took " +
    "effect, and goes on behind it.",
  source: "golang-migrate/migrate#325 · bytebase/dbhub#384",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option recovery=resume
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      UPDATE users SET email = name;
      -- migrate:undo UPDATE users SET email = NULL;
    `,
  },
  when: [{ run: "up", faults: [{ step: 1, kill: "runner", when: "during", statement: "runs_on" }] }, { run: "up" }],
  then: {
    exits: ["killed", 0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_email"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: ["Waiting for its end", "step 1 was in doubt: it took effect"],
    keeps: ["step_sent 1", "interrupted", "step_decided 1", "step_applied 2", "recorded"],
  },
  engines: {
    model: "run",
    sqlite: { skip: "a statement of SQLite ends with its process" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
