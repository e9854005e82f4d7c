import { SurefootError } from "../error.ts";
import type { Io } from "./io.ts";
import type { ReplayCommand } from "./replay-command.ts";
import type { VerdictCommand } from "./verdict-command.ts";

/** A problem is data: what plays is built apart from the command line, and its errors are of another class. */
export type Replayed =
  | { readonly type: "done"; readonly exit: number }
  | { readonly type: "problem"; readonly message: string };

/** What plays scenarios: `@surefoot/scenarios`, which needs the runner, and is handed to it by whoever starts both. */
export interface Scenarios {
  readonly replay: (command: ReplayCommand, io: Io) => Promise<Replayed>;
}

/** Plays documented failures, and answers with 0 only if each ended as it must; or asks the checker about them. */
export async function replay(command: ReplayCommand | VerdictCommand, io: Io): Promise<number> {
  const replayed =
    command.type === "verdict" ? (await import("./verdict.ts")).verdict(command, io) : await play(command, io);
  if (replayed.type === "problem") throw new SurefootError("USAGE", replayed.message);
  return replayed.exit;
}

async function play(command: ReplayCommand, io: Io): Promise<Replayed> {
  if (io.scenarios === undefined)
    throw new SurefootError("USAGE", "There are no scenarios here. The command `surefoot` of the package has them.");
  const scenarios = await io.scenarios();
  return scenarios.replay(command, io);
}
