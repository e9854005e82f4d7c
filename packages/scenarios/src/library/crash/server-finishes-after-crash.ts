import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const serverFinishesAfterCrash = {
  name: "server-finishes-after-crash",
  story:
    "The process is killed while the server executes its ALTER, and the server goes on to its end. Elsewhere a flag stays and " +
    "every start refuses. Here the next start decides from the schema that the step took effect, and goes on behind it.",
  source: "golang-migrate/migrate#325 · sourcegraph/sourcegraph-public-snapshot#25089",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option recovery=resume
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      CREATE INDEX users_email ON users (email);
      -- migrate:undo DROP INDEX users_email{{| ON users}};
    `,
  },
  when: [
    { run: "up", faults: [{ step: 2, kill: "runner", when: "during", statement: "finishes" }] },
    { run: "status" },
    { run: "up" },
  ],
  then: {
    exits: ["killed", 0, 0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_email"],
      tables: { users: ["id", "name", "email", "index users_email"], letters: ["id"] },
      rows: { users: 2 },
    },
    told: ["was interrupted in migrating", "step 2 was in doubt: it took effect", "Applied 1 migration: 0002_email"],
    keeps: ["step_sent 2", "interrupted", "step_decided 2", "step_applied 3", "recorded"],
  },
  engines: {
    model: "run",
    sqlite: { skip: "a statement of SQLite ends with its process" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
