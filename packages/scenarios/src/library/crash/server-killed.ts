import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const serverKilled = {
  name: "server-killed",
  story:
    "The server itself dies in the middle of an ALTER, and comes back. The runner waits for it, connects again, finds that the " +
    "statement did not take effect, and takes back what did.",
  source: "TryGhost/Ghost#28986",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN email;
    `,
  },
  when: [{ run: "up", faults: [{ step: 2, kill: "server", when: "during" }] }],
  then: {
    exits: [3],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["the connection was lost in migrating", "step 1 taken back", "rolled back and verified"],
    keeps: ["step_sent 2", "connection_lost", "step_decided 2", "step_undone 1", "rollback_verified"],
  },
  engines: { model: "run", sqlite: { skip: "there is no server to kill" }, mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
