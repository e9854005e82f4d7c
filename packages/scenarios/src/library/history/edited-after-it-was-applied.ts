import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const editedAfterItWasApplied = {
  name: "edited-after-it-was-applied",
  story:
    "The file of an applied migration was edited. Elsewhere a tool proposes to drop everything, or its repair makes applied " +
    "migrations run again. Here `up` refuses and names the file; `accept-edit` adds a record with the reason, takes none away, " +
    "and nothing becomes pending.",
  source: "prisma/orm#15328 · flyway/flyway#2987 · flyway/flyway#3591",
  given: users,
  pending: {},
  when: [
    {
      files: {
        "0001_users": `
          -- migrate:up
          CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(100));
          INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace');
          -- migrate:undo DELETE FROM users;
        `,
      },
    },
    { run: "up" },
    { run: 'accept-edit 0001_users --reason "the column was widened by hand"' },
    { run: "up" },
    { run: "status --check" },
  ],
  then: {
    exits: [6, 0, 0, 0],
    path: ["idle"],
    outcome: "nothing",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["0001_users.sql was changed after it was applied", "surefoot accept-edit 0001_users", "Nothing to do"],
    keeps: ["accept_edit: the column was widened by hand"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
