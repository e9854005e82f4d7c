import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";

export const otherLineEnds = {
  name: "other-line-ends",
  story:
    "A checkout on Windows has changed the line ends of an applied migration, and somebody has added a comment. Elsewhere the " +
    "checksum is another, and every machine refuses. Here only the statements count.",
  source: "graphile/migrate#226 · prisma/orm#26005",
  given: users,
  pending: {},
  when: [
    {
      files: {
        "0001_users": `-- who uses us\r
-- migrate:up\r
CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(99));\r
INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace');\r
-- migrate:undo DELETE FROM users;\r
`,
      },
    },
    { run: "up" },
    { run: "status --check" },
  ],
  then: {
    exits: [0, 0],
    path: ["idle"],
    outcome: "nothing",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["Nothing to do: every migration is applied", "Pending: 0"],
    keeps: [],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
