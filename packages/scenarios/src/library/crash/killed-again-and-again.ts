import type { Scenario } from "../../scenario.ts";
import { applied, rolledBack } from "../paths.ts";
import { users } from "../users.ts";

const kill = { run: "up", faults: [{ step: 2, kill: "runner", when: "after_effect" }] } as const;

export const killedAgainAndAgain = {
  name: "killed-again-and-again",
  story:
    "A health check kills the process after 90 seconds, each time in the middle of the same migration. Three attempts are " +
    "rolled back; then the next start refuses, asks for the reason, and waits for somebody's word.",
  source: "coder/coder#10781",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      CREATE INDEX users_email ON users (email);
      -- migrate:undo DROP INDEX users_email{{| ON users}};
    `,
  },
  when: [kill, kill, kill, { run: "up" }, { run: "retry" }],
  then: {
    exits: ["killed", "killed", "killed", 4, 0],
    path: [...rolledBack, ...rolledBack, ...rolledBack, "idle", "preparing", "failed", ...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_users", "0002_email"],
      tables: { users: ["id", "name", "email", "index users_email"] },
      rows: { users: 2 },
    },
    told: ["was interrupted 3 times in a row. Is a health check or a limit ending it?"],
    keeps: [
      "interrupted",
      "rollback_verified",
      "interrupted",
      "interrupted",
      "preparation_failed: crash_loop",
      "retry",
      "recorded",
    ],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
