import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const dependencyOptionalAbsent = {
  name: "dependency-optional-absent",
  story: "A migration would go behind another one if that were there. It is not, and nobody waits for it.",
  source: "the project's validation sprint, scenario 2: optional dependencies",
  given: users,
  pending: {
    "0003_orders": `
      -- migrate:depends 0002_audit optional
      -- migrate:up
      CREATE TABLE orders (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE orders;
    `,
  },
  when: [{ run: "up" }],
  then: {
    exits: [0],
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0003_orders"], tables: { users: ["id", "name"], orders: ["id"] } },
    told: ["Applied 1 migration: 0003_orders"],
    keeps: ["step_applied 1", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
