import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const pooledSessions = {
  name: "pooled-sessions",
  story:
    "Between the runner and its server is a pool, and the lock is taken in one session and released in another: it stays with an idle " +
    "member of the pool, and the next run waits for ever. Here it is seen that the lock is not held by the session that took it, " +
    "before anything is done with it.",
  source: "mattes/migrate#297 · mattes/migrate#299 · golang-migrate/migrate#232",
  given: users,
  pending: {
    "0002_letters": `
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
    `,
  },
  when: [{ run: "up", through: "pool" }, { run: "up" }],
  then: {
    exits: [2, 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_letters"], tables: { users: ["id", "name"], letters: ["id"] } },
    told: ["shares sessions between clients", "Connect to the server itself. Nothing was done", "Applied 1 migration"],
    keeps: ["recorded"],
  },
  engines: {
    model: { skip: "a session of the world is one client's" },
    sqlite: { skip: "there are no sessions that could be shared" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
