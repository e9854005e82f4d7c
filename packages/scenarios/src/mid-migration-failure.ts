import type { Scenario } from "./scenario.ts";
import { users } from "./tables.ts";

const file = (table: string): string => `-- migrate:option transaction=step
-- migrate:up
ALTER TABLE users ADD COLUMN email TEXT;
-- migrate:undo ALTER TABLE users DROP COLUMN email;
ALTER TABLE ${table} ADD COLUMN phone TEXT;
-- migrate:undo ALTER TABLE users DROP COLUMN phone;
`;

export const midMigrationFailure = {
  name: "mid-migration-failure",
  story: "The second of two statements fails. The first one is taken back by itself, and nobody edits a file by hand.",
  source: "validation sprint, scenario 1",
  given: users,
  when: { pending: { "0002_email": file("usrs") }, killedInStep: null },
  then: { exit: 3, path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "idle"] },
  afterwards: {
    byHand: [],
    corrected: { "0002_email": file("users") },
    command: ["up"],
    exit: 0,
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
  },
} as const satisfies Scenario;
