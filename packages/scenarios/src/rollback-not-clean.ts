import type { Scenario } from "./scenario.ts";
import { users } from "./tables.ts";

const file = (undo: string): string => `-- migrate:option transaction=step
-- migrate:up
ALTER TABLE users ADD COLUMN email TEXT;
-- migrate:undo ${undo};
CREATE INDEX users_email ON users (email);
-- migrate:undo DROP INDEX users_email;
-- migrate:post somebody has an address
SELECT COUNT(*) > 0 FROM users WHERE email IS NOT NULL;
`;

export const rollbackNotClean = {
  name: "rollback-not-clean",
  story:
    "A check afterwards fails, and the undo of the first step has a typo. What remains is named; the corrected undo ends it.",
  source: "validation sprint, scenario 4",
  given: users,
  when: { pending: { "0002_email": file("ALTER TABEL users DROP COLUMN email") }, killedInStep: null },
  then: {
    exit: 4,
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "rolling_back", "failed"],
  },
  afterwards: {
    byHand: null,
    corrected: { "0002_email": file("ALTER TABLE users DROP COLUMN email") },
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
} as const satisfies Scenario;
