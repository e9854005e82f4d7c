import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

const table = (name: string): string => `
  -- migrate:up
  CREATE TABLE ${name} (id INTEGER PRIMARY KEY);
  -- migrate:undo DROP TABLE ${name};
`;

export const sameNumberTwice = {
  name: "same-number-twice",
  story:
    "Two branches have made the next migration each, with the same number. Which of them comes first is not said, so both are named " +
    "and nothing runs. One gets another number, and both are applied.",
  source: "TulevaEE/onboarding-service#1947 · polarsource/polar#10432",
  given: users,
  pending: { "0002_audit": table("audit"), "0002_letters": table("letters") },
  when: [{ run: "up" }, { files: { "0002_letters": null, "0003_letters": table("letters") } }, { run: "up" }],
  then: {
    exits: [2, 0],
    path: [...applied, ...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_audit", "0003_letters"],
      tables: { users: ["id", "name"], audit: ["id"], letters: ["id"] },
    },
    told: ["0002_audit.sql and", "have the same number, 2, so their order is not said", "Applied 2 migrations"],
    keeps: ["recorded", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
