import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const secondRunnerTurnedAway = {
  name: "second-runner-turned-away",
  story:
    "Two instances start at once. “The lock was never released, or a migration is running” is not good enough: the second one is " +
    "told that the first is alive and where, changes nothing, and ends with an exit code of its own.",
  source: "knex/knex#2125 · sequelize/umzug#59",
  given: users,
  pending: {
    "0002_letters": `
      -- migrate:option transaction=step
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
    `,
  },
  when: [{ run: "up", faults: [{ step: 1, meanwhile: [{ run: "up" }, { run: "status" }] }] }],
  then: {
    exits: [0, 5, 0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_letters"], tables: { users: ["id", "name"], letters: ["id"] } },
    told: ["Another Surefoot is at work", "At work now:"],
    keeps: ["step_applied 1", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
