/**
 * A configuration as a model for SPIN, so that a second engine can be asked the same questions. What the machine answers is
 * taken from `transition` and `judge` themselves, as tables; sessions, leases, transactions, records, faults and people are
 * written once more, in another language and in another manner: see acts.ts, runner.ts and everybody.ts.
 *
 * SPIN's "states, stored" is the explorer's number of states, with nothing added or taken away. Each process stays at the
 * head of its loop in every state that is stored: what it does is one `d_step`, or one `atomic` of two of them, of which
 * the second can always go on, and SPIN stores no state within an `atomic`. `hidden` variables are no part of a state, and
 * `choice` is 0 whenever one is stored. The first state is the declarations' own. So a state is stored for each value of the
 * variables, and "transitions" is one for each edge and one for the first state. Partial order reduction would leave
 * states out, hash compaction would lose some: compile with -DNOREDUCE, and with neither -DBITSTATE nor -DHC.
 */
import type { Explored } from "../explorer/explored.ts";
import { acts } from "./acts.ts";
import { claims } from "./claims.ts";
import { declarations } from "./declarations.ts";
import { everybodyProcess } from "./everybody.ts";
import { definitions, runnerProcess } from "./runner.ts";
import { tablesOf } from "./tables.ts";

export interface PromelaOptions {
  /**
   * Faults and people may cease, at any time and for good: what `comes_to_rest` asks about. Each state then exists once
   * before that and once after it.
   */
  readonly calm: boolean;
}

/** @throws Error when the configuration was not searched whole: the tables would have holes. */
export function promela(explored: Explored, { calm }: PromelaOptions): string {
  const { configuration, exploration } = explored;
  if (!exploration.complete) throw new Error(`${configuration.name} was not searched whole.`);
  const { runners, jobs, name, variant } = configuration;
  return [
    `/* ${name}, ${variant}, ${runners} runners. Written by \`surefoot graph --format promela\`. */\n`,
    declarations(explored, tablesOf(explored), calm),
    definitions,
    acts(runners),
    runnerProcess(runners, jobs.length),
    everybodyProcess(runners, calm),
    claims(runners, calm),
  ].join("");
}
