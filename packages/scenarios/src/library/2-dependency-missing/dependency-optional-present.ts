import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const dependencyOptionalPresent = {
  name: "dependency-optional-present",
  story: "A migration goes behind an optional dependency that is there, although its own number is the lower one.",
  source: "the project's validation sprint, scenario 2: optional dependencies",
  given: users,
  pending: {
    "0002_orders": `
      -- migrate:depends 0003_audit optional
      -- migrate:up
      CREATE TABLE orders (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE orders;
    `,
    "0003_audit": `
      -- migrate:up
      CREATE TABLE audit (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE audit;
    `,
  },
  when: [{ run: "up" }],
  then: {
    exits: [0],
    path: [
      ...(["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing"] as const),
      ...(["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"] as const),
    ],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0003_audit", "0002_orders"],
      tables: { users: ["id", "name"], audit: ["id"], orders: ["id"] },
    },
    told: ["Applied 2 migrations: 0003_audit, 0002_orders"],
    keeps: ["recorded", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
