import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const secondRunnerWaits = {
  name: "second-runner-waits",
  story:
    "Two instances start at once, and elsewhere both see the same migration pending and run it twice. Here the second one waits " +
    "for the first, reads the journal when it has the lease, and finds nothing left to do.",
  source: "sequelize/umzug#144 · liquibase/liquibase#1453",
  given: users,
  pending: {
    "0002_letters": `
      -- migrate:option transaction=step
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
    `,
  },
  when: [{ run: "up", faults: [{ step: 1, meanwhile: [{ run: "up --wait 60s" }] }] }],
  then: {
    exits: [0, 0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_letters"], tables: { users: ["id", "name"], letters: ["id"] } },
    told: ["Waiting for the lease", "Nothing to do: every migration is applied"],
    keeps: ["step_applied 1", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
