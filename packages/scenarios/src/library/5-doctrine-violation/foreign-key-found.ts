import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

const file = (key: string): string => `
  -- migrate:up
  CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER${key});
  -- migrate:undo DROP TABLE orders;
`;

export const foreignKeyFound = {
  name: "foreign-key-found",
  story: "A foreign key is found before anything runs. Rewritten without it, the same file is applied.",
  source: "the project's validation sprint, scenario 5",
  given: users,
  pending: { "0002_orders": file(", FOREIGN KEY (user_id) REFERENCES users (id)") },
  when: [{ run: "up" }, { files: { "0002_orders": file("") } }, { run: "retry" }],
  then: {
    exits: [3, 0],
    path: [
      ...(["idle", "preparing", "validating_pre", "failed"] as const),
      ...(["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"] as const),
    ],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_orders"], tables: { users: ["id", "name"], orders: ["id", "user_id"] } },
    told: ["no-foreign-key", "0002_orders failed before it executed anything"],
    keeps: ["doctrine_violated: no-foreign-key", "retry", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
