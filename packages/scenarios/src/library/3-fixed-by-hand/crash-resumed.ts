import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";
import { addresses, finished } from "./addresses.ts";

export const crashResumed = {
  name: "crash-resumed",
  story:
    "The same crash in a migration that asks to be resumed: the restart decides what became of the step in doubt, and goes on " +
    "behind it.",
  source: "the project's validation sprint, scenario 3: resume, or always roll back",
  given: users,
  pending: addresses({ option: "-- migrate:option recovery=resume" }),
  when: [{ run: "up", faults: [{ step: 2, kill: "runner", when: "after_effect" }] }, { run: "up" }],
  then: {
    exits: ["killed", 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing", "idle"],
    outcome: "applied",
    left: { applied: ["0001_users", "0002_email"], tables: finished, rows: { users: 2 } },
    told: ["was interrupted in migrating", "Applied 1 migration: 0002_email"],
    keeps: ["step_sent 2", "interrupted", "step_decided 2", "step_applied 2", "step_applied 3", "recorded"],
  },
  engines: { model: "run", sqlite: "run", mariadb: "run", mysql: "run" },
} as const satisfies Scenario;
