import { Link } from "./link.ts";
import type { Target } from "./target.ts";
import { shownTarget } from "./target.ts";
import type { Timing } from "./timing.ts";

/** Where the sessions of a runner come from, and what is known before the first one. */
export interface Origin {
  readonly dialect: Target["dialect"];
  readonly database: string;
  /** For people: without user and password. */
  readonly name: string;
  readonly timing: Timing;
  /** @throws the driver's errors */
  open(): Promise<Link>;
}

export function originOf(target: Target, timing: Timing): Origin {
  const { dialect, database } = target;
  return { dialect, database, name: shownTarget(target), timing, open: async () => Link.open(target, timing) };
}
