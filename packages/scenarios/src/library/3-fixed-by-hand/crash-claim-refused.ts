import type { Scenario } from "../../scenario.ts";
import { users } from "../users.ts";
import { addresses } from "./addresses.ts";

export const crashClaimRefused = {
  name: "crash-claim-refused",
  story:
    "After a crash the operator says that all is done, and it is not: the claim is held against the database and refused. The " +
    "rows come with the nightly import, so it is forced, with a reason that the journal keeps.",
  source: "the project's validation sprint, scenario 3: can it be marked as manually fixed",
  given: users,
  pending: addresses(),
  when: [
    { run: "up", faults: [{ step: 2, kill: "runner", when: "before_effect" }] },
    { run: "resolve --applied" },
    { run: "resolve --applied --force" },
    { run: 'resolve --applied --force --reason "addresses come with the nightly import"' },
  ],
  then: {
    exits: ["killed", 4, 2, 0],
    path: ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "failed", "completing", "idle"],
    outcome: "resolved",
    left: { applied: ["0001_users", "0002_email"], tables: { users: ["id", "name", "email"] }, rows: { users: 2 } },
    told: ["the check “nobody is without an address” does not hold", "--force needs --reason TEXT"],
    keeps: ["interrupted", "halted", "resolve_applied: addresses come with the nightly import", "recorded: resolved"],
  },
  engines: {
    model: { skip: "in the model nobody claims what is not so: what is forced there is true and can't be shown" },
    sqlite: "run",
    mariadb: "run",
    mysql: "run",
  },
} as const satisfies Scenario;
