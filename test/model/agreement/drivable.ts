/**
 * Which of the world's actions the walk may take, so that it can be driven. A process is one call of the command line or
 * the library, and does one thing; the world's runner may do one after the other. What is kept out here is kept out
 * because no command does it; where it is because world and runner do differ, `limits` says so.
 */
import type { State } from "@surefoot/model";
import { remaining, rowsLost } from "@surefoot/model";
import type { Step, Walker } from "@surefoot/model/arbitraries";
import type { ActionName, Configuration } from "@surefoot/model/explorer";
import type { Ways } from "./ground.ts";

/** Phases of a runner, as the world numbers them. */
export const phase = { off: 0, leased: 1, cut_off: 2, live: 3 } as const;

const operator: ReadonlySet<ActionName> = new Set([
  "start",
  "retry_by_up",
  "retry",
  "retry_rollback",
  "retry_rollback_decided",
  "resolve_reverted",
  "resolve_reverted_forced",
  "resolve_applied",
  "resolve_applied_forced",
  "halt",
  "signal",
]);

/** Where the process under way began: index of its `invoke` or `restart`. */
function beginningOf(steps: readonly Step[]): number {
  return steps.findLastIndex(({ action: { name } }) => name === "invoke" || name === "restart");
}

/** The process under way: its steps so far; none when none is there. */
function lifeOf(taken: readonly Step[]): readonly Step[] {
  if ((taken.at(-1)?.after.runners[0]?.phase ?? phase.off) === phase.off) return [];
  return taken.slice(beginningOf(taken));
}

export function isDrivable(ways: Ways, walker: Walker, option: Step, taken: readonly Step[]): boolean {
  const { name, commit, job } = option.action;
  if ("impossible" in ways.actions[name]) return false;
  const { configuration, moves } = walker;
  const runner = option.before.runners[0]!;
  const life = lifeOf(taken);
  const names = new Set(life.map(({ action }) => action.name));
  const acted = life.some(({ action }) => operator.has(action.name));
  const restarted = life[0]?.action.name === "restart";
  // The loop ends when it finds, after a loss, that nothing is under way.
  const lost = names.has("reconnect");
  const machine = moves.machines[runner.machine]!;
  const { state } = machine.at;
  const down = machine.at.job >= 0 && configuration.jobs[machine.at.job]?.direction === "down";

  if (commit !== "" && "impossible" in ways.commits[commit]) return false;
  if (isLoss(option) && (names.has("halt") || name === "halt" || hasLost(life))) return false;
  switch (name) {
    case "reconnect":
      return losesUnderWay(walker, life);
    case "start":
      return mayStart(configuration, job, names, restarted, lost);
    case "retry_by_up":
      return !acted && !lost;
    case "retry":
      return !acted && !lost;
    case "retry_rollback":
    case "retry_rollback_decided":
      return !restarted && !acted && !lost;
    case "resolve_reverted":
      return mayResolve(restarted, acted, names, lost) && rowsTell(configuration, moves.states[option.before.journal]!);
    case "resolve_applied":
      // Without a plan there is nothing that shows, unless the file has a post-check.
      return mayResolve(restarted, acted, names, lost) && !(down && isClean(state));
    case "resolve_reverted_forced":
    case "resolve_applied_forced":
      return mayResolve(restarted, acted, names, lost);
    case "halt":
      // Who says nothing afterwards makes a claim that is refused; of reverting there is none that surely is.
      return restarted && !down && life.at(-1)?.action.name === "read_journal" && life.filter(hasMoved).length === 1;
    case "signal":
      return names.has("start") && !names.has("signal");
    case "doctrine_violated":
    case "statement_refused":
      // It is another file that is refused, and `down` would go by that one after `resolve --applied`.
      return configuration.jobs.length === 1;
    case "newer_applied":
    case "precheck_false":
    case "precheck_error":
    case "postcheck_false":
    case "postcheck_error":
    case "undo_would_destroy":
      // Reverting has no file that could be wrong, no checks, and destroys what it is asked to.
      return !down;
    case "object_changed":
    case "object_changed_back":
      // A limit; see `limits`.
      return runner.progress === 0 && !names.has("engine_ends_transaction");
    case "correct_file":
    case "dependency_arrives":
    case "finish_by_hand":
    case "restore_by_hand":
      // Files are read when a process begins.
      return runner.phase === phase.off;
    default:
      return true;
  }
}

function hasMoved({ move }: Step): boolean {
  return move !== null && move.edge !== null;
}

function mayStart(
  { jobs }: Configuration,
  job: number,
  names: ReadonlySet<ActionName>,
  restarted: boolean,
  lost: boolean,
): boolean {
  if (lost || names.has("start") || names.has("signal") || names.has("halt")) return false;
  for (const name of names) if (name.startsWith("resolve") || name.startsWith("retry_rollback")) return false;
  // `down` recovers and ends there; and before it starts it retries in the operator's name.
  return jobs[job]!.direction === "up" || (!restarted && !names.has("retry_by_up"));
}

function mayResolve(restarted: boolean, acted: boolean, names: ReadonlySet<ActionName>, lost: boolean): boolean {
  if (lost) return false;
  return restarted ? names.has("halt") && ![...names].some((name) => name.startsWith("resolve")) : !acted;
}

/** A claim that everything is as before is believed without force only where everything can be seen. */
function rowsTell(
  configuration: Configuration,
  { state, plan, job }: { state: State; plan: Parameters<typeof remaining>[0]; job: number },
): boolean {
  if (state.type !== "failed" || state.wayBack === null) return true;
  if (rowsLost(plan, state.wayBack)) return false;
  const { steps } = configuration.jobs[job]!;
  return remaining(plan, state.wayBack).every((step) => steps[step]?.rows !== true);
}

function isClean(state: State): boolean {
  return state.type === "failed" && state.wayBack === null;
}

/** A process that has nothing under way yet, or nothing any more, does not wait for its database. */
function losesUnderWay({ moves }: Walker, life: readonly Step[]): boolean {
  const loss = life.findLast(isLoss);
  if (loss === undefined || !isDisturbance(loss.action.name)) return true;
  const { phase: at, arrival, machine } = loss.before.runners[0]!;
  return at === phase.leased ? arrival !== 0 : moves.machines[machine]!.effect !== null;
}

const disturbances: ReadonlySet<ActionName> = new Set([
  "connection_cut",
  "session_killed",
  "session_killed_too_late",
  "session_killed_half_way",
  "server_crash",
  "server_crash_after_effect",
  "server_crash_half_way",
  "session_ends",
  "orphan_applies",
  "orphan_fails",
  "orphan_does_a_part",
]);

/** It is done to a session, or to what one has left behind. */
export function isDisturbance(name: ActionName): boolean {
  return disturbances.has(name);
}

/** A runner that is there loses its session by it. */
function isLoss({ action: { name, commit }, before, after }: Step): boolean {
  if (commit !== "") return commit !== "commit_refused";
  return isDisturbance(name) && before.runners[0]!.phase !== phase.cut_off && after.runners[0]!.phase === phase.cut_off;
}

/** After one loss the loop waits before it believes in the next, until something has become durable. */
function hasLost(life: readonly Step[]): boolean {
  const last = life.findLastIndex(isLoss);
  return last !== -1 && !life.slice(last + 1).some(({ before, after }) => before.journal !== after.journal);
}
