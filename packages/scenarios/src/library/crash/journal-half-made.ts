import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const journalHalfMade = {
  name: "journal-half-made",
  story:
    "On the very first run the process is killed between the two tables that the runner makes for itself. Elsewhere a tool can " +
    "then never start; here the next run completes them and says nothing.",
  source: "pressly/goose#1120",
  given: {},
  pending: users,
  when: [{ run: "up", faults: [{ making: "journal", kill: "runner", when: "after_effect" }] }, { run: "up" }],
  then: {
    exits: ["killed", 0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["Applied 1 migration: 0001_users"],
    keeps: ["recorded"],
  },
  engines: {
    model: { skip: "the model's journal is there from the beginning" },
    sqlite: { skip: "its tables are made in the transaction of the first records" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
