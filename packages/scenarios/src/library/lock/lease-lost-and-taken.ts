import type { Scenario } from "../../scenario.ts";
import { applied, rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const leaseLostAndTaken = {
  name: "lease-lost-and-taken",
  story:
    "The connection of a runner is lost, and with it the lock. Before it can connect again another one comes, has the lock, and " +
    "does the work. Elsewhere a driver reconnects in silence and the first goes on without a lock. Here it reads the journal " +
    "again, finds that somebody else has written to it, says so, and stops.",
  source: "rails/rails#58658",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      CREATE INDEX users_email ON users (email);
      -- migrate:undo DROP INDEX users_email ON users;
    `,
  },
  when: [
    { run: "up", faults: [{ step: 2, lose: "connection", statement: "ends", meanwhile: [{ run: "up" }] }] },
    { run: "up" },
  ],
  then: {
    exits: [8, 0, 0],
    path: [...rolledBack, ...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_email"],
      tables: { users: ["id", "name", "email", "index users_email"] },
      rows: { users: 2 },
    },
    told: [
      "another Surefoot has written to the journal since this one took the lease",
      "Nothing to do: every migration is applied",
    ],
    keeps: ["step_sent 2", "interrupted", "rollback_verified", "recorded"],
  },
  engines: {
    model: { skip: "the story is of two runners, one of which comes back; the model explores that for every property" },
    sqlite: { skip: "the database is a library in the process: there is no connection to lose" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
