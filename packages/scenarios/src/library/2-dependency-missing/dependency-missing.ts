import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const dependencyMissing = {
  name: "dependency-missing",
  story:
    "A migration depends on another one that is not there. It is refused before it executes anything, and says which one it " +
    "waits for. Once that is there, `retry` applies both.",
  source: "the project's validation sprint, scenario 2",
  given: users,
  pending: {
    "0003_orders": `
      -- migrate:depends 0002_audit
      -- migrate:up
      CREATE TABLE orders (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE orders;
    `,
  },
  when: [
    { run: "up" },
    {
      files: {
        "0002_audit": `
          -- migrate:up
          CREATE TABLE audit (id INTEGER PRIMARY KEY);
          -- migrate:undo DROP TABLE audit;
        `,
      },
    },
    { run: "retry" },
  ],
  then: {
    exits: [3, 0],
    path: [
      ...(["idle", "preparing", "failed"] as const),
      ...(["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing"] as const),
      ...(["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"] as const),
    ],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_audit", "0003_orders"],
      tables: { users: ["id", "name"], audit: ["id"], orders: ["id"] },
    },
    told: ["0002_audit", "failed before it executed anything", "Applied 2 migrations: 0002_audit, 0003_orders"],
    keeps: ["dependency_missing: 0002_audit", "retry", "recorded", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
