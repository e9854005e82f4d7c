import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const undoOfWhatDidNotHappen = {
  name: "undo-of-what-did-not-happen",
  story:
    "A migration makes a table that is there already, and fails. Elsewhere its rollback then runs, and drops the old table with " +
    "everything in it. Here only what this migration is known to have done is undone: nothing.",
  source: "xataio/pgroll#777 · yogthos/migratus#125",
  given: users,
  pending: {
    "0002_users_again": `
      -- migrate:option transaction=step
      -- migrate:up
      CREATE TABLE users (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE users;
    `,
  },
  when: [{ run: "up", faults: [{ step: 1, answers: "error" }] }],
  then: {
    exits: [3],
    path: [...rolledBack, "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["Step 1", "already exists", "no rows were touched"],
    keeps: ["step_failed 1: already exists", "rollback_verified"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
