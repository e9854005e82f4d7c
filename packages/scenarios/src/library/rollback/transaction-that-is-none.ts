import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const transactionThatIsNone = {
  name: "transaction-that-is-none",
  story:
    "The author wants the whole migration in one transaction, and on MySQL a DDL statement commits by itself: a ROLLBACK would take " +
    "nothing back. So it is refused there before anything runs. SQLite keeps the promise.",
  source: "typeorm/typeorm#9187 · n8n-io/n8n#9965",
  given: users,
  pending: {
    "0002_contact": `
      -- migrate:option transaction=migration
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      ALTER TABLE usrs ADD COLUMN phone VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN phone;
    `,
  },
  when: [{ run: "up" }],
  then: {
    exits: [3],
    path: ["idle", "preparing", "validating_pre", "failed"],
    outcome: "failed_clean",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["0002_contact failed before it executed anything"],
    keeps: ["doctrine_violated"],
  },
  engines: {
    model: {
      skip: "that its second step has a typo matters in SQLite only, and a fault that is declared must strike everywhere",
    },
    sqlite: {
      because: "its DDL takes part in transactions, so that the engine takes everything back",
      then: {
        path: [...rolledBack, "idle"],
        outcome: "rolled_back",
        told: ["0002_contact was rolled back; the engine says that the schema is exactly as before"],
        keeps: ["step_failed 2: usrs", "step_undone 1", "rollback_verified"],
      },
    },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
