import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const rollbackFailsToo = {
  name: "rollback-fails-too",
  story:
    "The second statement fails, and the undo of the first one names a column that does not exist. Nothing is pretended: the " +
    "migration stops, and every later `up` refuses until somebody has decided.",
  source: "the project's validation sprint, scenario 1: what if the rollback fails too",
  given: users,
  pending: {
    "0002_contact": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN email TEXT;
      -- migrate:undo ALTER TABLE users DROP COLUMN e_mail;
      ALTER TABLE usrs ADD COLUMN phone TEXT;
      -- migrate:undo ALTER TABLE users DROP COLUMN phone;
    `,
  },
  when: [
    {
      run: "up",
      faults: [
        { step: 2, answers: "error" },
        { undoOf: 1, answers: "error" },
      ],
    },
    { run: "up" },
  ],
  then: {
    exits: [4, 4],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed"],
    outcome: "failed_unclean",
    left: { applied: ["0001_users"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: ["The undo of step 1 failed", "Still in the database: step 1: ALTER TABLE users ADD COLUMN email TEXT"],
    keeps: ["step_applied 1", "step_failed 2: usrs", "undo_failed 1: e_mail"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
