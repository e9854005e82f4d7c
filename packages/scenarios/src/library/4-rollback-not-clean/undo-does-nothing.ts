import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

const file = (undo: string): string => `
  -- migrate:option transaction=step
  -- migrate:up
  ALTER TABLE users ADD COLUMN email VARCHAR(99);
  -- migrate:undo ${undo};
  ALTER TABLE usrs ADD COLUMN phone VARCHAR(99);
  -- migrate:undo ALTER TABLE users DROP COLUMN phone;
`;

export const undoDoesNothing = {
  name: "undo-does-nothing",
  story:
    "The undo runs without an error and does not bring the table back. It is not called a rollback: the objects are compared with " +
    "the snapshot, and the one that differs is named. The operator puts it back by hand and says so.",
  source: "the project's validation sprint, scenario 4: how is a rollback verified",
  given: users,
  pending: { "0002_contact": file("SELECT 1") },
  when: [
    {
      run: "up",
      faults: [
        { step: 2, answers: "error" },
        { undoOf: 1, answers: "nothing" },
      ],
    },
    { byHand: ["ALTER TABLE users DROP COLUMN email"], leaves: "restored" },
    { run: "resolve --reverted" },
  ],
  then: {
    exits: [4, 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed", "idle"],
    outcome: "restored",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["Not as before the migration: table:users", "table:users: as before"],
    keeps: ["step_failed 2", "step_undone 1", "rollback_unverified: fingerprint_differs", "resolve_reverted"],
  },
  engines: {
    model: {
      skip: "in the model an undo that runs takes back; that it is compared all the same is a property with its mutant",
    },
    sqlite: "run",
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
