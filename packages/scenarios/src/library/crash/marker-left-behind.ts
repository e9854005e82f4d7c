import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const markerLeftBehind = {
  name: "marker-left-behind",
  story:
    "The process is killed in a migration of a SQLite file, and elsewhere a setting that says “migrating” stays for ever. Here " +
    "state, effect and record are one transaction: nothing of the attempt is left, and the next start applies it.",
  source: "louislam/uptime-kuma#7274",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
      UPDATE users SET email = name;
      -- migrate:undo UPDATE users SET email = NULL;
    `,
  },
  when: [
    { run: "up", faults: [{ step: 2, kill: "runner", when: "after_answer" }] },
    { run: "status --check" },
    { run: "up" },
  ],
  then: {
    exits: ["killed", 7, 0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_email"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: ["State: idle", "Applied 1 migration: 0002_email"],
    keeps: ["step_applied 2", "recorded"],
  },
  engines: {
    model: "run",
    sqlite: "run",
    mariadb: { skip: "its DDL commits by itself; see killed-before-any-record" },
    mysql: { skip: "its DDL commits by itself; see killed-before-any-record" },
  },
} as const satisfies Scenario;
