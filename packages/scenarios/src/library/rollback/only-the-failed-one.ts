import type { Scenario } from "../../scenario.ts";
import { applied, rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const onlyTheFailedOne = {
  name: "only-the-failed-one",
  story:
    "The second of two migrations of an upgrade fails. Elsewhere the whole batch is rolled back, and columns with people's data are " +
    "dropped. Here the first one is finished and stays; only the second is taken back.",
  source: "TryGhost/Ghost#28986 · TryGhost/Ghost#29007",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      UPDATE users SET email = name;
      -- migrate:undo UPDATE users SET email = NULL;
    `,
    "0003_phone": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN phone VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN phone;
      ALTER TABLE users ADD COLUMN email VARCHAR(50);
      -- migrate:undo none: it is there
    `,
  },
  when: [{ run: "up", faults: [{ step: 2, answers: "error" }] }],
  then: {
    exits: [3],
    path: [...applied, ...rolledBack, "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users", "0002_email"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: ["Applied 1 migration: 0002_email", "0003_phone was rolled back"],
    keeps: ["recorded", "step_failed 2", "step_undone 1", "rollback_verified"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
