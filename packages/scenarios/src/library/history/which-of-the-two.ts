import type { Scenario } from "../../scenario.ts";
import { rolledBack } from "../paths.ts";
import { users } from "../users.ts";

export const whichOfTheTwo = {
  name: "which-of-the-two",
  story:
    "A migration has stopped, and the operator must say whether it is applied or reverted. Elsewhere nobody checks the answer. Here " +
    "the wrong one is refused with what was seen; once it is true, it is believed.",
  source: "prisma/orm#14286 · prisma/web#1978",
  given: users,
  pending: {
    "0002_email": `
      -- migrate:option transaction=step
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo none: addresses are not thrown away
      CREATE UNIQUE INDEX users_email ON usrs (email);
      -- migrate:undo DROP INDEX users_email{{| ON users}};
    `,
  },
  when: [
    { run: "up", faults: [{ step: 2, answers: "error" }] },
    { run: "resolve --reverted" },
    { byHand: ["ALTER TABLE users DROP COLUMN email"], leaves: "restored" },
    { run: "resolve --applied" },
    { run: "resolve --reverted" },
  ],
  then: {
    exits: [4, 4, 4, 0],
    path: [...rolledBack, "failed", "idle"],
    outcome: "restored",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: [
      "was not recorded as reverted: table:users is not as before",
      "was not recorded as applied",
      "recorded as reverted",
    ],
    keeps: ["no_rollback 1", "resolve_reverted"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
