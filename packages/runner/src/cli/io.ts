import type { Database } from "../port.ts";
import type { Progress } from "../progress.ts";
import type { Scenarios } from "./replay.ts";

/** What a command may touch of the world outside. Tests hand in their own. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and messages for people. */
  readonly err: (text: string) => void;
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** A yes or no from the person at the terminal; null when there is nobody to ask. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
  /** Called once, before anything is done that takes more than a look. */
  readonly atWork?: () => void;
  /** Told what happens while it happens, whatever is printed. */
  readonly watch?: (event: Progress) => void;
  /** Stands between a runner and its database. */
  readonly between?: (database: Database) => Database;
  /** What `replay` plays with; absent where the command line was put together without it. */
  readonly scenarios?: () => Promise<Scenarios>;
}
