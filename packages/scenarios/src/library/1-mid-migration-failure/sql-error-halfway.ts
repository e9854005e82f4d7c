import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

const file = (table: string): string => `
  -- migrate:option transaction=step
  -- migrate:up
  ALTER TABLE users ADD COLUMN email TEXT;
  -- migrate:undo ALTER TABLE users DROP COLUMN email;
  ALTER TABLE ${table} ADD COLUMN phone TEXT;
  -- migrate:undo ALTER TABLE users DROP COLUMN phone;
`;

export const sqlErrorHalfway = {
  name: "sql-error-halfway",
  story:
    "The second of two statements has a typo. The first one is taken back by itself; the file is corrected and applied.",
  source: "the project's validation sprint, scenario 1",
  given: users,
  pending: { "0002_contact": file("usrs") },
  when: [
    { run: "up", faults: [{ step: 2, answers: "error" }] },
    { files: { "0002_contact": file("users") } },
    { run: "up" },
  ],
  then: {
    exits: [3, 0],
    path: [
      ...(["idle", "preparing", "validating_pre", "migrating", "rolling_back"] as const),
      ...(["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"] as const),
    ],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_contact"],
      tables: { users: ["id", "name", "email", "phone"] },
      rows: { users: 2 },
    },
    told: ["0002_contact  rolled back and verified", "0002_contact was rolled back; the schema is as before"],
    keeps: ["step_applied 1", "step_failed 2: usrs", "step_undone 1", "rollback_verified", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
