import type { Scenario } from "../../scenario.ts";
import { applied, rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const leaseOfTheDead = {
  name: "lease-of-the-dead",
  story:
    "The process that holds the lock is killed. Where the lock is a row, every replica waits for it and gives up, until somebody " +
    "sets it to 0 by hand. Here the lock ends with its session: the next start has it, says what it found, and goes on.",
  source: "spinnaker/spinnaker#6625 · cloudfoundry/app-autoscaler#517 · knex/knex#2125",
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
    { run: "status --check" },
    { run: "up" },
  ],
  then: {
    exits: ["killed", 7, 0],
    path: [...rolledBack, ...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_email"],
      tables: { users: ["id", "name", "email", "index users_email"] },
      rows: { users: 2 },
    },
    told: ["State: migrating (0002_email)", "was interrupted in migrating; rolling back"],
    keeps: ["step_sent 2", "interrupted", "rollback_verified", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
