import type { Scenario } from "./scenario.ts";
import { users } from "./tables.ts";

const file = (key: string): string =>
  `-- migrate:up\nCREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER${key});\n-- migrate:undo DROP TABLE orders;\n`;

export const doctrineViolation = {
  name: "doctrine-violation",
  story: "A foreign key is found before anything runs. Rewritten, the same file is applied.",
  source: "validation sprint, scenario 5",
  given: users,
  when: { pending: { "0002_orders": file(" REFERENCES users (id)") }, killedInStep: null },
  then: { exit: 3, path: ["idle", "preparing", "validating_pre", "failed"] },
  afterwards: {
    byHand: [],
    corrected: { "0002_orders": file("") },
    command: ["retry"],
    exit: 0,
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
  },
} as const satisfies Scenario;
