import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const goneAwayBetweenSteps = {
  name: "gone-away-between-steps",
  story:
    "“MySQL server has gone away”: the session has ended while it was idle, and the next step finds nobody. It did not reach the " +
    "server, so the migration connects again and goes on with it.",
  source: "nextcloud#27542 · SemanticMediaWiki#7091",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option recovery=resume
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      CREATE INDEX users_email ON users (email);
      -- migrate:undo DROP INDEX users_email{{| ON users}};
    `,
  },
  when: [{ run: "up", faults: [{ step: 2, kill: "session", when: "before_effect" }] }],
  then: {
    exits: [0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_email"],
      tables: { users: ["id", "name", "email", "index users_email"] },
      rows: { users: 2 },
    },
    told: ["the connection was lost in migrating", "step 2 was in doubt: it did not take effect"],
    keeps: ["connection_lost", "step_decided 2", "step_applied 2", "recorded"],
  },
  engines: {
    model: "run",
    sqlite: { skip: "there is no server that could go away" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
