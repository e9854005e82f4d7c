import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const foreignKeyHidden = {
  name: "foreign-key-hidden",
  story: "A foreign key stands in a comment of the kind that servers execute. It is found all the same.",
  source: "the project's validation sprint, scenario 5: hidden in /*! */",
  given: users,
  pending: {
    "0002_orders": `
      -- migrate:up
      CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER /*!, FOREIGN KEY (user_id) REFERENCES users (id) */);
      -- migrate:undo DROP TABLE orders;
    `,
  },
  when: [{ run: "up" }],
  then: {
    exits: [3],
    path: ["idle", "preparing", "validating_pre", "failed"],
    outcome: "failed_clean",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] } },
    told: ["no-foreign-key", "0002_orders failed before it executed anything"],
    keeps: ["doctrine_violated: no-foreign-key"],
  },
  engines: {
    model: "run",
    sqlite: {
      because: "for SQLite it is a comment like any other",
      then: {
        exits: [0],
        path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
        outcome: "applied",
        left: { applied: ["0001_users", "0002_orders"], tables: { users: ["id", "name"], orders: ["id", "user_id"] } },
        told: ["Applied 1 migration: 0002_orders"],
        keeps: ["recorded"],
      },
    },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
