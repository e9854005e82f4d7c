import type { Scenario } from "./scenario.ts";
import { users } from "./tables.ts";
import type { Words } from "./words.ts";

export const fixedByHand = (words: Words): Scenario => ({
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
ALTER TABLE users ADD COLUMN email ${words.text};
-- migrate:undo ALTER TABLE users DROP COLUMN email;
CREATE INDEX users_email ON users (email);
-- migrate:undo ${words.dropIndex("users_email", "users")};
${words.slowRows};
-- migrate:undo DELETE FROM users;
-- migrate:post the index keeps addresses apart
${words.isUnique("users_email")};
`,
    },
    killedInStep: 3,
  },
  then: { exit: 4, path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed"] },
  afterwards: {
    byHand: [
      words.dropIndex("users_email", "users"),
      "CREATE UNIQUE INDEX users_email ON users (email)",
      "INSERT INTO users (id, name) VALUES (1, 'Ada')",
    ],
    corrected: {},
    command: ["resolve", "--applied"],
    exit: 0,
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed", "completing", "idle"],
  },
});
