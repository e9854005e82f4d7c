import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";
import { addresses, byHand, finished } from "./addresses.ts";

export const crashNoWayBack = {
  name: "crash-no-way-back",
  story:
    "The runner is killed at half the work, and the first step has no way back. The restart stops there and names it. An " +
    "operator finishes the rest by hand and says so.",
  source: "the project's validation sprint, scenario 3: rollback impossible",
  given: users,
  pending: addresses({ undo: "none: addresses are not thrown away" }),
  when: [
    { run: "up", faults: [{ step: 2, kill: "runner", when: "before_effect" }] },
    { run: "recover" },
    { byHand, leaves: "finished" },
    { run: "resolve --applied" },
    { run: "up" },
  ],
  then: {
    exits: ["killed", 4, 0, 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed", "completing", "idle"],
    outcome: "resolved",
    left: { applied: ["0001_users", "0002_email"], tables: finished, rows: { users: 2 } },
    told: [
      "Still in the database: step 1: ALTER TABLE users ADD COLUMN email",
      "Nothing to do: every migration is applied",
    ],
    keeps: ["interrupted", "no_rollback 1", "resolve_applied", "recorded: resolved"],
  },
  variants: { resuming: { skip: "the restart finishes it itself, so that nothing is left to be done by hand" } },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
