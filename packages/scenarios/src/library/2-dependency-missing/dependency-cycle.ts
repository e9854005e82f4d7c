import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const dependencyCycle = {
  name: "dependency-cycle",
  story: "Two migrations depend on each other. The circle is spelt out with its file, and nothing is executed.",
  source: "the project's validation sprint, scenario 2: a dependency cycle",
  given: users,
  pending: {
    "0002_orders": "-- migrate:depends 0003_bills\n-- migrate:up\nCREATE TABLE orders (id INTEGER);\n",
    "0003_bills": "-- migrate:depends 0002_orders\n-- migrate:up\nCREATE TABLE bills (id INTEGER);\n",
  },
  when: [{ run: "up" }],
  then: {
    exits: [2],
    path: ["idle"],
    outcome: "nothing",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] } },
    told: ["depend on each other in a circle: 0002_orders → 0003_bills → 0002_orders", "Nothing was executed"],
    keeps: [],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
