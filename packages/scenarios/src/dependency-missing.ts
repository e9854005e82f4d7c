import type { Scenario } from "./scenario.ts";
import { users } from "./tables.ts";

export const dependencyMissing = {
  name: "dependency-missing",
  story:
    "B depends on A, and A is not there. B is refused before it executes anything; with A there, both are applied.",
  source: "validation sprint, scenario 2",
  given: users,
  when: {
    pending: {
      "0003_orders":
        "-- migrate:depends 0002_audit\n-- migrate:up\nCREATE TABLE orders (id INTEGER);\n-- migrate:undo DROP TABLE orders;\n",
    },
    killedInStep: null,
  },
  then: { exit: 3, path: ["idle", "preparing", "failed"] },
  afterwards: {
    byHand: [],
    corrected: { "0002_audit": "-- migrate:up\nCREATE TABLE audit (id INTEGER);\n-- migrate:undo DROP TABLE audit;\n" },
    command: ["retry"],
    exit: 0,
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
  },
} as const satisfies Scenario;
