import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const statementTakesTooLong = {
  name: "statement-takes-too-long",
  story:
    "A statement takes longer than it may. Elsewhere a timeout leaves a flag that says “dirty”, and somebody forces a version. Here " +
    "the statement is ended on the server, the answer is awaited, and what took effect before it is taken back.",
  source: "golang-migrate/migrate#282 · golang-migrate/migrate#183",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option timeout=300ms
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      UPDATE users SET email = name{{| WHERE SLEEP(100) = 0}};
      -- migrate:undo UPDATE users SET email = NULL;
    `,
  },
  when: [{ run: "up", faults: [{ step: 2, answers: "error" }] }],
  then: {
    exits: [3],
    path: [...rolledBack, "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["it took longer than its timeout of 0.3 s", "0002_email was rolled back"],
    keeps: ["step_failed 2: timeout", "step_undone 1", "rollback_verified"],
  },
  engines: {
    model: "run",
    sqlite: { skip: "a statement of SQLite can't be ended from outside" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
