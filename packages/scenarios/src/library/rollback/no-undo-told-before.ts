import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const noUndoToldBefore = {
  name: "no-undo-told-before",
  story:
    "Raw SQL has no inverse, and elsewhere one learns that when it is needed. Here `plan` says before anything runs from which step " +
    "on a failure needs a person.",
  source: "liquibase/liquibase#1030 · liquibase/liquibase#3780",
  given: users,
  pending: {
    "0002_upper": `
      -- migrate:option transaction=step
      -- migrate:up
      UPDATE users SET name = UPPER(name);
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
    `,
  },
  when: [{ run: "plan" }, { run: "up" }],
  then: {
    exits: [0, 0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_upper"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: ["no undo", "A failure up to step 1 is rolled back by itself; after that a person is needed"],
    keeps: ["step_applied 2", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
