import type { Action, ActionName, Commit } from "../explorer/action.ts";

/** Faults that are switched off together. */
export const faultGroups = {
  crash: ["crash"],
  cut: ["connection_cut"],
  kill: ["session_killed", "session_killed_too_late", "session_killed_half_way"],
  server_crash: ["server_crash", "server_crash_after_effect", "server_crash_half_way"],
  lease: ["lease_lost"],
  refused: ["journal_refused", "commit_refused"],
  unheard: ["written_unheard", "unwritten_unheard"],
} as const satisfies { readonly [group: string]: readonly (ActionName | Commit)[] };

export type FaultGroup = keyof typeof faultGroups;

/** Null: it is no fault. */
export function faultGroupOf({ name, commit }: Action): FaultGroup | null {
  const names: readonly string[] = commit === "" ? [name] : [name, commit];
  const found = Object.entries(faultGroups).find(([, members]) =>
    names.some((one) => (members as readonly string[]).includes(one)),
  );
  return found === undefined ? null : (found[0] as FaultGroup);
}
