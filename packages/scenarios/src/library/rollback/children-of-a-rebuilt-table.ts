import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";

export const childrenOfARebuiltTable = {
  name: "children-of-a-rebuilt-table",
  story:
    "SQLite can change little of a table, so it is rebuilt: make a new one, copy, drop the old one. With foreign keys on, the drop " +
    "takes the rows of every table along that refers to it, and inside a transaction they can't be switched off. Surefoot does " +
    "that before the transaction begins, and looks afterwards whether every reference still leads somewhere.",
  source: "drizzle-team/drizzle-orm#5782 · typeorm/typeorm#2584 · WiseLibs/better-sqlite3#739",
  given: {
    "0001_tables": `
      -- migrate:allow no-foreign-key: that is what the story is about
      -- migrate:up
      CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
      INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace');
      -- migrate:undo DELETE FROM users;
      CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);
      INSERT INTO orders VALUES (1, 1), (2, 1), (3, 2);
      -- migrate:undo DELETE FROM orders;
    `,
  },
  pending: {
    "0002_rebuild": `
      -- migrate:up
      CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
      INSERT INTO users_new SELECT id, name FROM users;
      DROP TABLE users;
      ALTER TABLE users_new RENAME TO users;
    `,
  },
  when: [{ run: "up" }],
  then: {
    exits: [0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: {
      applied: ["0001_tables", "0002_rebuild"],
      tables: { users: ["id", "name"], orders: ["id", "user_id"] },
      rows: { users: 2, orders: 3 },
    },
    told: ["Applied 1 migration: 0002_rebuild"],
    keeps: ["step_applied 3", "recorded"],
  },
  engines: {
    model: { skip: "the model has no rows of others that a statement takes along" },
    sqlite: "run",
    mariadb: { skip: "it refuses to drop a table that another one refers to" },
    mysql: { skip: "it refuses to drop a table that another one refers to" },
  },
} as const satisfies Scenario;
