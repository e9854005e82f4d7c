import type { Scenario } from "./scenario.ts";
import { users } from "./tables.ts";

export const fixedByHand = {
  name: "fixed-by-hand",
  story:
    "The runner is killed halfway. Before anybody starts it again, an operator finishes the work by hand. The next start " +
    "undoes none of that, and the operator's word is believed once the database bears it out.",
  source: "validation sprint, scenario 3",
  given: users,
  when: {
    pending: {
      "0002_email": `-- migrate:option transaction=step
-- migrate:up
ALTER TABLE users ADD COLUMN email TEXT;
-- migrate:undo ALTER TABLE users DROP COLUMN email;
CREATE INDEX users_email ON users (email);
-- migrate:undo DROP INDEX users_email;
INSERT INTO users (name) WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 500000000) SELECT n FROM c;
-- migrate:undo DELETE FROM users;
-- migrate:post the index keeps addresses apart
SELECT COUNT(*) = 1 FROM pragma_index_list('users') WHERE "unique" = 1;
`,
    },
    killedInStep: 3,
  },
  then: { exit: 4, path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed"] },
  afterwards: {
    byHand:
      "DROP INDEX users_email; CREATE UNIQUE INDEX users_email ON users (email); INSERT INTO users (name) VALUES ('Ada')",
    corrected: {},
    command: ["resolve", "--applied"],
    exit: 0,
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed", "completing", "idle"],
  },
} as const satisfies Scenario;
