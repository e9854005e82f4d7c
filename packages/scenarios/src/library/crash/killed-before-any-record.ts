import type { Scenario } from "../../scenario.ts";
import { applied, rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const killedBeforeAnyRecord = {
  name: "killed-before-any-record",
  story:
    "The process is killed right after the server has made a table. Where the record is written at the end, the next start runs " +
    "the file again and finds that the table exists. Here the intent was written first, so that the next start knows.",
  source: "flyway/flyway#3080",
  given: users,
  pending: {
    "0002_letters": `
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
    `,
  },
  when: [{ run: "up", faults: [{ step: 1, kill: "runner", when: "after_effect" }] }, { run: "up" }],
  then: {
    exits: ["killed", 0],
    path: [...rolledBack, ...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_letters"], tables: { users: ["id", "name"], letters: ["id"] } },
    told: ["step 1 was in doubt: it took effect", "Applied 1 migration: 0002_letters"],
    keeps: ["step_sent 1", "interrupted", "step_decided 1", "rollback_verified", "recorded"],
  },
  engines: {
    model: "run",
    sqlite: {
      because: "the attempt was one transaction, which is gone with its process, table and records alike",
      then: {
        path: [...applied, "idle"],
        told: ["Applied 1 migration: 0002_letters"],
        keeps: ["step_sent 1", "recorded"],
      },
    },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
