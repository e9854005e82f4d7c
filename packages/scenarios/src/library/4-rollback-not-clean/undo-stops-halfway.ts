import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

const file = (undo: string): string => `
  -- migrate:option transaction=step
  -- migrate:up
  ALTER TABLE users ADD COLUMN email VARCHAR(99);
  -- migrate:undo ALTER TABLE users DROP COLUMN email;
  ALTER TABLE users ADD COLUMN phone VARCHAR(99);
  -- migrate:undo ${undo};
  CREATE TABLE letters (id INTEGER PRIMARY KEY);
  -- migrate:undo DROP TABLE letters;
  ALTER TABLE usrs ADD COLUMN street VARCHAR(99);
  -- migrate:undo ALTER TABLE users DROP COLUMN street;
`;

export const undoStopsHalfway = {
  name: "undo-stops-halfway",
  story:
    "Three steps are in effect when the fourth fails. The last of them is taken back, the undo of the second has an error: what " +
    "remains is named step by step, and the rollback goes on from there.",
  source: "the project's validation sprint, scenario 4: partial rollback",
  given: users,
  pending: { "0002_contact": file("ALTER TABLE users DROP COLUMN phon") },
  when: [
    {
      run: "up",
      faults: [
        { step: 4, answers: "error" },
        { undoOf: 2, answers: "error" },
      ],
    },
    { files: { "0002_contact": file("ALTER TABLE users DROP COLUMN phone") } },
    { run: "retry-rollback" },
  ],
  then: {
    exits: [4, 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed", "rolling_back", "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: [
      "Still in the database: step 2: ALTER TABLE users ADD COLUMN phone VARCHAR(99) step 1: ALTER TABLE users ADD COLUMN email",
    ],
    keeps: ["step_failed 4", "step_undone 3", "undo_failed 2", "step_undone 2", "step_undone 1", "rollback_verified"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
