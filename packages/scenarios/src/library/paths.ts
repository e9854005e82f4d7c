/** Ways that are long and often gone. */

/** From `idle` to just before the next `idle`. */
export const applied = ["idle", "preparing", "validating_pre", "migrating", "validating_post", "completing"] as const;
export const rolledBack = ["idle", "preparing", "validating_pre", "migrating", "rolling_back"] as const;
