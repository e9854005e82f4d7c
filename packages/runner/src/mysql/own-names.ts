/** Surefoot's own tables; a migration may not name them, and fingerprints leave them out. */
export const ownNames: ReadonlySet<string> = new Set(["surefoot_journal", "surefoot_lease"]);
