import type { Scenario } from "./scenario.ts";
import { users } from "./tables.ts";
import type { Words } from "./words.ts";

const file = (words: Words, undo: string): string => `-- migrate:option transaction=step
-- migrate:up
ALTER TABLE users ADD COLUMN email ${words.text};
-- migrate:undo ${undo};
CREATE INDEX users_email ON users (email);
-- migrate:undo ${words.dropIndex("users_email", "users")};
-- migrate:post somebody has an address
SELECT COUNT(*) > 0 FROM users WHERE email IS NOT NULL;
`;

export const rollbackNotClean = (words: Words): Scenario => ({
  name: "rollback-not-clean",
  story:
    "A check afterwards fails, and the undo of the first step has a typo. What remains is named; the corrected undo ends it.",
  source: "validation sprint, scenario 4",
  given: users,
  when: { pending: { "0002_email": file(words, "ALTER TABEL users DROP COLUMN email") }, killedInStep: null },
  then: {
    exit: 4,
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "rolling_back", "failed"],
  },
  afterwards: {
    byHand: [],
    corrected: { "0002_email": file(words, "ALTER TABLE users DROP COLUMN email") },
    command: ["retry-rollback"],
    exit: 0,
    path: [
      "idle",
      "preparing",
      "validating_pre",
      "migrating",
      "validating_post",
      "rolling_back",
      "failed",
      "rolling_back",
      "idle",
    ],
  },
});
