import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const downFails = {
  name: "down-fails",
  story:
    "Reverting a migration fails halfway, and elsewhere the version row is lost with it. Here the history only grows: the migration " +
    "is still recorded as applied, what was destroyed by reverting has no way back, and a person is asked.",
  source: "golang-migrate/migrate#330",
  given: {
    ...users,
    "0002_contact": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN e_mail;
      ALTER TABLE users ADD COLUMN phone VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN phone;
    `,
  },
  pending: {},
  when: [{ run: "down --yes", faults: [{ step: 2, answers: "error" }] }, { run: "explain" }],
  then: {
    exits: [4, 0],
    path: [...rolledBack, "failed"],
    outcome: "failed_unclean",
    left: { applied: ["0001_users", "0002_contact"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: ["It was being reverted, and what a reverting step destroys has no undo"],
    keeps: ["start", "step_applied 1", "step_failed 2: e_mail", "no_rollback 1"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
