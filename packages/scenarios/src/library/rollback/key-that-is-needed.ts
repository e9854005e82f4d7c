import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";

export const keyThatIsNeeded = {
  name: "key-that-is-needed",
  story:
    "A migration drops a primary key that a foreign key of another table needs, and the server refuses. The column that was added " +
    "before that is taken back.",
  source: "phax/phoss-smp#458 · hail-is/hail#15764",
  given: {
    "0001_tables": `
      -- migrate:allow no-foreign-key: that is what the story is about
      -- migrate:up
      CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(99));
      CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, FOREIGN KEY (user_id) REFERENCES users (id));
    `,
  },
  pending: {
    "0002_key": `
      -- migrate:up
      ALTER TABLE users ADD COLUMN code VARCHAR(99);
      -- migrate:undo ALTER TABLE users DROP COLUMN code;
      ALTER TABLE users DROP PRIMARY KEY;
      -- migrate:undo ALTER TABLE users ADD PRIMARY KEY (id);
    `,
  },
  when: [{ run: "up", faults: [{ step: 2, answers: "error" }] }],
  then: {
    exits: [3],
    path: [...rolledBack, "idle"],
    outcome: "rolled_back",
    left: {
      applied: ["0001_tables"],
      tables: { users: ["id", "name"], orders: ["id", "user_id", "index user_id"] },
    },
    told: ["Step 2", "step 1 taken back"],
    keeps: ["step_failed 2", "step_undone 1", "rollback_verified"],
  },
  engines: {
    model: {
      because: "its tables are made by SQLite, which makes no index for a foreign key",
      then: { left: { applied: ["0001_tables"], tables: { users: ["id", "name"], orders: ["id", "user_id"] } } },
    },
    sqlite: { skip: "it has no statement that drops a primary key" },
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
