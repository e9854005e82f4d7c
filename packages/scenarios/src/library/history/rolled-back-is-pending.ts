import type { Scenario } from "../../scenario.ts";
import { applied, rolledBack } from "../paths.ts";
import { users } from "../users.ts";

const file = (table: string): string => `
  -- migrate:option transaction=step
  -- migrate:up
  ALTER TABLE ${table} ADD COLUMN email VARCHAR(99);
  -- migrate:undo ALTER TABLE users DROP COLUMN email;
`;

export const rolledBackIsPending = {
  name: "rolled-back-is-pending",
  story:
    "A migration was rolled back, and elsewhere `status` says that all is up to date while it waits. Here `status` says what `up` " +
    "would do: the file is pending, with an exit code for it, and the history keeps why it was taken back.",
  source: "prisma/orm#29601 · prisma/orm#26306",
  given: users,
  pending: { "0002_email": file("usrs") },
  when: [
    { run: "up", faults: [{ step: 1, answers: "error" }] },
    { run: "status --check" },
    { files: { "0002_email": file("users") } },
    { run: "up" },
    { run: "status --check" },
    { run: "history" },
  ],
  then: {
    exits: [3, 7, 0, 0, 0],
    path: [...rolledBack, ...applied, "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_email"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: ["Pending: 1 0002_email", "Pending: 0", "rolling_back → idle rollback_verified"],
    keeps: ["step_failed 1: usrs", "rollback_verified", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
