import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const mergedLate = {
  name: "merged-late",
  story:
    "A branch is merged late, and its migration has a lower number than one that is applied. Elsewhere it is skipped without a word, " +
    "or stops the start of every instance. Here it is refused and both are named; somebody who knows that they don't depend on " +
    "each other lets it run.",
  source: "drizzle-team/drizzle-orm#5316 · TulevaEE/onboarding-service#1940 · flyway/flyway#1295",
  given: {
    ...users,
    "0003_letters": `
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
    `,
  },
  pending: {
    "0002_audit": `
      -- migrate:up
      CREATE TABLE audit (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE audit;
    `,
  },
  when: [{ run: "up" }, { run: "status --check" }, { run: "up --out-of-order" }],
  then: {
    exits: [3, 7, 0],
    path: ["idle", "preparing", "failed", ...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0003_letters", "0002_audit"],
      tables: { users: ["id", "name"], letters: ["id"], audit: ["id"] },
    },
    told: ["0002_audit", "0003_letters", "--out-of-order"],
    keeps: ["preparation_failed: out_of_order", "retry", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
