/**
 * What the streams must have been through, each in `floor` of them at least: every action and every end of a commit that
 * can be driven, every move of the table and every row of the doubt table that the engine can come to, every mode with every
 * policy, the undo of every kind of step. Streams at random come to the common ones; `streamsTo` goes on drawing until one comes to a rare one.
 */
import { doubtTable, eventTypes, stateTypes, targets } from "@surefoot/model";
import type { Step } from "@surefoot/model/arbitraries";
import type { Job } from "@surefoot/model/explorer";
import { actionNames } from "@surefoot/model/explorer";
import type * as fc from "fast-check";
import type { Ground, Ways } from "./ground.ts";
import type { Stream } from "./streams.ts";
import { streamsOn, walk } from "./streams.ts";

export const floor = 5;

/** So many streams in a row may miss a goal: the rarest is met by one in some hundreds. */
const missCountMax = 20_000;

const edges = stateTypes.flatMap((from) =>
  eventTypes.flatMap((event) => targets(from, event).map((to) => `edge ${from} ${event} ${to}`)),
);
const decisions = doubtTable.map(({ name }) => `decision ${name}`);
const modes = ["migration", "step", "none"].flatMap((mode) =>
  ["rollback", "resume", "stop"].map((policy) => `plan ${mode} ${policy}`),
);

const undone = ["plain", "rows", "lossy", "covering"].map((kind) => `undone ${kind}`);

export function goalsOf({ actions, commits, never }: Ways): readonly string[] {
  return [
    ...actionNames.filter((name) => "driven" in actions[name]).map((name) => `action ${name}`),
    ...Object.entries(commits).flatMap(([commit, how]) => ("driven" in how ? [`commit ${commit}`] : [])),
    ...[...edges, ...decisions, ...modes, "reverted", ...undone].filter((name) => never[name] === undefined),
  ];
}

/** What can be met at all: what never is has to be one of these, or its name is wrong. */
export const known: ReadonlySet<string> = new Set([...edges, ...decisions, ...modes]);

/** Everything that a stream has been through, goals and others. */
export function met({ configuration }: Stream, steps: readonly Step[]): ReadonlySet<string> {
  const { transaction, recovery } = configuration.jobs[0]!.plan;
  const names = new Set([`plan ${transaction} ${recovery}`]);
  for (const { action, move } of steps) {
    names.add(`action ${action.name}`);
    if (action.commit !== "") names.add(`commit ${action.commit}`);
    if (action.name === "start" && action.job === 1) names.add("reverted");
    if (move === null || move.machine === null) continue;
    if (move.edge !== null) names.add(`edge ${move.edge}`);
    if (move.decision !== null) names.add(`decision ${move.decision}`);
    if (move.event?.type === "step_undone" && move.event.by === "statement")
      names.add(`undone ${kindOf(configuration.jobs[0]!, move.event.step)}`);
  }
  return names;
}

function kindOf({ steps, plan }: Job, step: number): string {
  if (steps.some(({ coveredBy }) => coveredBy === step)) return "covering";
  return steps[step]?.rows === true ? "rows" : plan.steps[step]!.lossy ? "lossy" : "plain";
}

/**
 * Streams that come to this goal, each of them.
 * @throws Error, when one is drawn, if so many in a row do not that none will
 */
export function streamsTo(ground: Ground, goal: string, missMax: number = missCountMax): fc.Arbitrary<Stream> {
  let missed = 0;
  return streamsOn(ground).filter((stream) => {
    const { steps } = walk(ground, stream);
    const found = met(stream, steps).has(goal);
    missed = found ? 0 : missed + 1;
    if (missed > missMax) throw new Error(`No stream of ${missed} comes to: ${goal}`);
    return found;
  });
}
