import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const connectionLostStatementEnds = {
  name: "connection-lost-statement-ends",
  story:
    "The connection is lost halfway through an ALTER TABLE that is still waiting for its turn on the server. The runner " +
    "connects again, ends what is left of it, finds that it did not take effect, and takes back what did.",
  source: "the project's validation sprint, scenario 1",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
      ALTER TABLE users ADD COLUMN email TEXT;
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
    `,
  },
  when: [{ run: "up", faults: [{ step: 2, lose: "connection", statement: "ends" }] }],
  then: {
    exits: [3],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["the connection was lost in migrating", "step 2 was in doubt: it did not take effect", "step 1 taken back"],
    keeps: ["step_sent 2", "connection_lost", "step_decided 2", "step_undone 1", "rollback_verified"],
  },
  engines: {
    model: "run",
    sqlite: { skip: "the database is a library in the process: there is no connection to lose" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
