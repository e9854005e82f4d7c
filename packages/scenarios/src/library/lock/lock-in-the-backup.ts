import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const lockInTheBackup = {
  name: "lock-in-the-backup",
  story:
    "A backup is taken while a migration is under way, and restored elsewhere. A lock that is a row comes back with it, and the " +
    "restored system can never start. Here the lock is no row: the copy is recovered like any other interrupted database.",
  source: "nordic-institute/X-Road#3076",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      CREATE INDEX users_email ON users (email);
      -- migrate:undo DROP INDEX users_email{{| ON users}};
    `,
  },
  when: [
    { run: "up", faults: [{ step: 2, kill: "runner", when: "before_effect" }] },
    { copied: true },
    { run: "recover" },
  ],
  then: {
    exits: ["killed", 0],
    path: [...rolledBack, "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["was interrupted in migrating; rolling back", "0002_email was rolled back"],
    keeps: ["step_sent 2", "interrupted", "step_undone 1", "rollback_verified"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
