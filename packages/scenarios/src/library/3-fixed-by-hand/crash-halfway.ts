import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";
import { addresses, finished } from "./addresses.ts";

export const crashHalfway = {
  name: "crash-halfway",
  story:
    "The runner is killed at half the work. The restart sees from the journal how far it got, and takes that back.",
  source: "the project's validation sprint, scenario 3: always roll back on restart",
  given: users,
  pending: addresses(),
  when: [{ run: "up", faults: [{ step: 2, kill: "runner", when: "after_effect" }] }, { run: "recover" }],
  then: {
    exits: ["killed", 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "idle"],
    outcome: "rolled_back",
    left: { applied: ["0001_users"], tables: { users: ["id", "name"] }, rows: { users: 2 } },
    told: ["was interrupted in migrating; rolling back", "0002_email was rolled back"],
    keeps: ["step_applied 1", "step_sent 2", "interrupted", "step_undone 1", "rollback_verified"],
  },
  variants: {
    resuming: {
      because: "the restart goes on behind the step in doubt",
      then: {
        path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
        outcome: "applied",
        left: { applied: ["0001_users", "0002_email"], tables: finished, rows: { users: 2 } },
        keeps: ["step_applied 1", "step_sent 2", "interrupted", "step_decided 2", "recorded"],
      },
    },
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
