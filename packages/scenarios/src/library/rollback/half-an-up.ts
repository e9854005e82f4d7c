import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const halfAnUp = {
  name: "half-an-up",
  story:
    "The second of three statements fails. A `down` for the whole file begins with what the third would have made, and can't take " +
    "back half an `up`. Undos belong to their steps, so only the first one's runs.",
  source: "aosasona/migrant#10",
  given: users,
  pending: {
    "0002_columns": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN bar INTEGER;
      -- migrate:undo ALTER TABLE users DROP COLUMN bar;
      UPDATE users SET bra = 1;
      -- migrate:undo UPDATE users SET bar = NULL;
      ALTER TABLE users ADD COLUMN baz INTEGER;
      -- migrate:undo ALTER TABLE users DROP COLUMN baz;
      -- migrate:down
      ALTER TABLE users DROP COLUMN baz;
      ALTER TABLE users DROP COLUMN bar;
    `,
  },
  when: [{ run: "up", faults: [{ step: 2, answers: "error" }] }],
  then: {
    exits: [3],
    path: [...rolledBack, "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["step 1 taken back", "0002_columns was rolled back"],
    keeps: ["step_failed 2: bra", "step_undone 1", "rollback_verified"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
