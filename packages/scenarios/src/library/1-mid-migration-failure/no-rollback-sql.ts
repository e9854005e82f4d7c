import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

const file = (undo: string): string => `
  -- migrate:option transaction=step
  -- migrate:up
  ALTER TABLE users ADD COLUMN email TEXT;
  -- migrate:undo ${undo}
  ALTER TABLE usrs ADD COLUMN phone TEXT;
  -- migrate:undo ALTER TABLE users DROP COLUMN phone;
`;

export const noRollbackSql = {
  name: "no-rollback-sql",
  story:
    "The second statement fails, and the author has said that the first one has no way back. The migration stops and names " +
    "the step that is still there. With an undo in the file the rollback goes on.",
  source: "the project's validation sprint, scenario 1: what if there is no rollback SQL",
  given: users,
  pending: { "0002_contact": file("none: addresses are not thrown away") },
  when: [
    { run: "up", faults: [{ step: 2, answers: "error" }] },
    { files: { "0002_contact": file("ALTER TABLE users DROP COLUMN email;") } },
    { run: "retry-rollback" },
  ],
  then: {
    exits: [4, 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed", "rolling_back", "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["Still in the database: step 1: ALTER TABLE users ADD COLUMN email TEXT", "surefoot retry-rollback"],
    keeps: ["step_failed 2", "no_rollback 1", "retry_rollback", "step_undone 1", "rollback_verified"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
