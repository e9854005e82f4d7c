import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const dependencyMisspelt = {
  name: "dependency-misspelt",
  story: "The name of a dependency has a typo. The migration is refused, and the nearest name is offered.",
  source: "the project's validation sprint, scenario 2: a typo",
  given: users,
  pending: {
    "0002_orders": "-- migrate:depends 0001_usres\n-- migrate:up\nCREATE TABLE orders (id INTEGER);\n",
  },
  when: [{ run: "up" }],
  then: {
    exits: [3],
    path: ["idle", "preparing", "failed"],
    outcome: "failed_clean",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] } },
    told: ["0001_usres", "Did you mean 0001_users?"],
    keeps: ["dependency_missing: 0001_usres"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
