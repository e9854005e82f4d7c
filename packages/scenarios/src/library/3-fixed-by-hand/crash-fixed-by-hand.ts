import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";
import { addresses, byHand, finished } from "./addresses.ts";

export const crashFixedByHand = {
  name: "crash-fixed-by-hand",
  story:
    "The runner is killed at half the work, and before anybody starts it again an operator finishes the rest by hand. The " +
    "next `up` undoes none of that and says so. That it is applied is believed, because the database bears it out.",
  source: "the project's validation sprint, scenario 3, as it really happened",
  given: users,
  pending: addresses(),
  when: [
    { run: "up", faults: [{ step: 2, kill: "runner", when: "before_effect" }] },
    { byHand, leaves: "finished" },
    { run: "up" },
    { run: "resolve --applied" },
  ],
  then: {
    exits: ["killed", 4, 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed", "completing", "idle"],
    outcome: "resolved",
    left: { applied: ["0001_users", "0002_email"], tables: finished, rows: { users: 2 } },
    told: [
      "Somebody has changed the database since the migration stopped: {{index:users_email|table:users}}. Nothing was undone",
      "check “nobody is without an address”: holds",
    ],
    keeps: ["step_applied 1", "interrupted", "undecidable: changed_outside", "resolve_applied", "recorded: resolved"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
