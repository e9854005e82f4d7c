import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const manyAlters = {
  name: "many-alters",
  story:
    "The fourth of four statements fails, and three are in effect. Nobody cuts the file into halves, drops anything by hand, or " +
    "repairs a row of history: they are undone in reverse, and the schema is compared with the one before.",
  source: "prisma/orm#10561 · flyway/flyway#2159 · typeorm/typeorm#9187",
  given: users,
  pending: {
    "0002_contact": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      ALTER TABLE users ADD COLUMN phone VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN phone;
      CREATE UNIQUE INDEX users_phone ON users (phone);
      -- migrate:undo DROP INDEX users_phone{{| ON users}};
      ALTER TABLE users ADD COLUMN name VARCHAR(99);
      -- migrate:undo none: it is there
    `,
  },
  when: [{ run: "up", faults: [{ step: 4, answers: "error" }] }, { run: "status --check" }],
  then: {
    exits: [3, 7],
    path: [...rolledBack, "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["Step 4", "0002_contact was rolled back; the schema is as before", "Pending: 1"],
    keeps: ["step_failed 4", "step_undone 3", "step_undone 2", "step_undone 1", "rollback_verified"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
