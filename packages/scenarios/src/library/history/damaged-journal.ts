import type { Scenario } from "../../scenario.ts";
import { applied } from "../paths.ts";
import { users } from "../users.ts";

export const damagedJournal = {
  name: "damaged-journal",
  story:
    "Somebody has put a row into the journal by hand. Elsewhere repair itself crashes on it. Here it is found before anything is done, " +
    "and named; without it everything is as before.",
  source: "prisma/orm#23425 · prisma/orm#8234",
  given: users,
  pending: {
    "0002_letters": `
      -- migrate:up
      CREATE TABLE letters (id INTEGER PRIMARY KEY);
      -- migrate:undo DROP TABLE letters;
    `,
  },
  when: [
    {
      byHand: [
        "INSERT INTO surefoot_journal (first, seq, kind, run, epoch, event, detail, earlier, at) VALUES (900, 900, 'note', 'me', 1, 'fixed', '{}', '[]', 'today')",
      ],
      leaves: "untouched",
    },
    { run: "up" },
    { byHand: ["DELETE FROM surefoot_journal WHERE seq = 900"], leaves: "untouched" },
    { run: "up" },
  ],
  then: {
    exits: [2, 0],
    path: [...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_letters"], tables: { users: ["id", "name"], letters: ["id"] } },
    told: ["The journal can't be trusted", "Nothing was done", "Applied 1 migration: 0002_letters"],
    keeps: ["recorded"],
  },
  engines: {
    model: { skip: "the model's journal is what the machine has written" },
    sqlite: "run",
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
