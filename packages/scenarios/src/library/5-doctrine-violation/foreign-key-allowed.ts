import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

const withIndex = {
  because: "servers make an index for a foreign key",
  then: {
    left: {
      applied: ["0001_users", "0002_orders"],
      tables: { users: ["id", "name"], orders: ["id", "user_id", "index user_id"] },
    },
  },
} as const;

export const foreignKeyAllowed = {
  name: "foreign-key-allowed",
  story: "The rule is switched off for one file, with a reason that stands in it. The foreign key is made.",
  source: "the project's validation sprint, scenario 5: the rule switched off",
  given: users,
  pending: {
    "0002_orders": `
      -- migrate:allow no-foreign-key: billing needs it, agreed in PR 812
      -- migrate:up
      CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));
      -- migrate:undo DROP TABLE orders;
    `,
  },
  when: [{ run: "up" }],
  then: {
    exits: [0],
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_orders"], tables: { users: ["id", "name"], orders: ["id", "user_id"] } },
    told: ["Applied 1 migration: 0002_orders"],
    keeps: ["recorded"],
  },
  engines: {
    model: {
      because: "its tables are made by SQLite, which makes no index for a foreign key",
      then: {
        left: { applied: ["0001_users", "0002_orders"], tables: { users: ["id", "name"], orders: ["id", "user_id"] } },
      },
    },
    sqlite: "run",
    mariadb: withIndex,
    mysql: withIndex,
  },
} as const satisfies Scenario;
