import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

const file = (undo: string): string => `
  -- migrate:option transaction=step
  -- migrate:up
  ALTER TABLE users ADD COLUMN email VARCHAR(99);
  -- migrate:undo ${undo};
  CREATE INDEX users_email ON users (email);
  -- migrate:undo DROP INDEX users_email{{| ON users}};
  -- migrate:post somebody has an address
  SELECT COUNT(*) > 0 FROM users WHERE email IS NOT NULL;
`;

export const undoHasAnError = {
  name: "undo-has-an-error",
  story:
    "A check afterwards fails, and the undo of the first step has a syntax error. What is still there is named, the second " +
    "step is not any more. With the undo corrected the rollback goes on, and is verified.",
  source: "the project's validation sprint, scenario 4",
  given: users,
  pending: { "0002_email": file("ALTER TABEL users DROP COLUMN email") },
  when: [
    {
      run: "up",
      faults: [
        { check: "post", answers: "false" },
        { undoOf: 1, answers: "error" },
      ],
    },
    { run: "explain" },
    { files: { "0002_email": file("ALTER TABLE users DROP COLUMN email") } },
    { run: "retry-rollback" },
  ],
  then: {
    exits: [4, 0, 0],
    path: [
      ...(["idle", "preparing", "validating_pre", "migrating", "validating_post", "rolling_back", "failed"] as const),
      ...(["rolling_back", "idle"] as const),
    ],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: [
      "The check “somebody has an address” (line 8) does not hold",
      "Still in the database: step 1:",
      "surefoot retry-rollback",
    ],
    keeps: [
      "postcheck_failed: postcheck_false",
      "step_undone 2",
      "undo_failed 1: TABEL",
      "retry_rollback",
      "rollback_verified",
    ],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
