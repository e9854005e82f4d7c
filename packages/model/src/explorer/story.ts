/** A counterexample as people read it: numbered steps, who acted, and only what changed; then why it must not be. */
import { shownType } from "../variant.ts";
import type { Action, ActionName, Actor, Commit } from "./action.ts";
import { actionKinds, actionOf, classOf } from "./action.ts";
import type { Explored } from "./explored.ts";
import { actionsWhere } from "./explored.ts";
import { fewestFaults } from "./fewest-faults.ts";
import type { Edge } from "./graph.ts";
import type { KnownMachine, KnownState, Moves } from "./moves.ts";
import type { RunnerWorld, World } from "./world.ts";
import { arrival, cell, copyWorld, emptyWorld, phase, progress } from "./world.ts";

export interface StoryStep {
  /** From 1. */
  readonly number: number;
  /** `A`, `B` … for runners; `server`, `operator`, `somebody`, `fault`. */
  readonly actor: string;
  readonly action: ActionName;
  readonly commit: Commit;
  /** The action in words. */
  readonly text: string;
  /** What is no longer as it was: `name: value`. */
  readonly changes: readonly string[];
}

export interface Story {
  readonly configuration: string;
  readonly steps: readonly StoryStep[];
  readonly faults: number;
  /** From this step on it goes round for ever; null: it ends. */
  readonly cycleFrom: number | null;
  readonly why: string;
  /** Everything as it is at the end, by name. */
  readonly end: { readonly [name: string]: string };
}

const isFault = actionsWhere((action) => classOf(action) === "fault");

export interface Ending {
  readonly state: number;
  readonly why: string;
  readonly all?: Uint8Array;
  readonly cycle?: readonly Edge[];
}

/**
 * Tells how a state is reached: with the fewest faults, and of those ways by the shortest. The path is taken once more,
 * action by action, before it is told.
 *
 * @throws Error when an action does not lead where the search said: a bug of the explorer.
 */
export function tellStory(explored: Explored, ending: Ending): Story {
  const { configuration, moves, exploration } = explored;
  const { path, end } = exploration.complete ? shortest(explored, ending) : parents(explored, ending.state);
  const edges = [...path, ...(ending.cycle ?? [])];
  const steps: StoryStep[] = [];
  let world = copied(explored.world(0));
  let before: ReadonlyMap<string, string> = facts(world, moves);
  for (const [index, { action }] of edges.entries()) {
    const taken = follow(explored, world, action, edges[index + 1]?.state ?? end);
    const after = facts(taken.world, moves);
    const changes = [...after].flatMap(([name, value]) => (before.get(name) === value ? [] : [`${name}: ${value}`]));
    steps.push({
      number: index + 1,
      actor: actorOf(taken.action),
      action: taken.action.name,
      commit: taken.action.commit,
      text: textOf(taken.action, configuration.jobs[taken.action.job]?.migration ?? ""),
      changes,
    });
    ({ world } = taken);
    before = after;
  }
  return {
    configuration: configuration.name,
    steps,
    faults: path.filter(({ action }) => isFault[action] === 1).length,
    cycleFrom: ending.cycle === undefined ? null : path.length + 1,
    why: ending.why,
    end: Object.fromEntries(before),
  };
}

/** Of several states the one that is reached with the fewest faults, and of those the soonest. */
export function nearestState(explored: Explored, all: Uint8Array): number {
  return shortest(explored, { state: all.indexOf(1), why: "", all }).end;
}

interface Way {
  readonly path: readonly Edge[];
  /** The state that the story ends in; for a cycle the one where it begins again. */
  readonly end: number;
}

function shortest(explored: Explored, { state, all, cycle }: Ending): Way {
  const { graph } = explored;
  const wanted = new Uint8Array(explored.exploration.stateCount);
  if (all === undefined || cycle !== undefined) wanted[state] = 1;
  else wanted.set(all);
  const path = fewestFaults(graph, wanted, isFault);
  const last = path?.at(-1);
  if (path === null || last === undefined) return parents(explored, state);
  for (let edge = graph.edgeStart[last.state]!; edge < graph.edgeStart[last.state + 1]!; edge++)
    if (graph.edgeAction[edge] === last.action && wanted[graph.edgeTarget[edge]!] === 1)
      return { path, end: graph.edgeTarget[edge]! };
  throw new Error("The shortest path does not lead to what was asked for.");
}

/** By the search itself: the fewest steps, whatever goes wrong in them. */
function parents({ exploration }: Explored, state: number): Way {
  const path: Edge[] = [];
  for (let at = state; exploration.parent[at]! >= 0; at = exploration.parent[at]!)
    path.push({ state: exploration.parent[at]!, action: exploration.parentAction[at]! });
  return { path: path.toReversed(), end: state };
}

/**
 * Takes an action once more, in the world as it really is: with `symmetry` a runner may have another name there than in the
 * state that was searched.
 */
function follow(
  explored: Explored,
  world: World,
  action: number,
  target: number,
): { readonly world: World; readonly action: Action } {
  const wanted = actionOf(action);
  let found: { readonly world: World; readonly action: Action } | null = null;
  explored.successors.each(world, (id, next) => {
    if (found !== null) return;
    const taken = actionOf(id);
    const named = id === action || (explored.symmetry && isLike(taken, wanted));
    if (named && explored.stands(next, target)) found = { world: copied(next), action: taken };
  });
  if (found === null)
    throw new Error(
      `A path of the explorer cannot be taken again: ${wanted.name} does not lead where the search said.`,
    );
  return found;
}

function isLike(one: Action, other: Action): boolean {
  return one.name === other.name && one.commit === other.commit && one.job === other.job;
}

function copied(world: World): World {
  const copy = emptyWorld(world.runners.length);
  copyWorld(world, copy);
  return copy;
}

/** What there is to be told of a world, by name. */
function facts(world: World, moves: Moves): ReadonlyMap<string, string> {
  const { configuration } = moves;
  const known = new Map<string, string>();
  known.set("journal", stateText(moves.states[world.journal]!, moves));
  const names = [...new Set([...configuration.jobs.map(({ migration }) => migration), configuration.arrives ?? ""])];
  const applied = names.filter((name, bit) => name !== "" && ((world.applied >>> bit) & 1) === 1);
  known.set("applied", applied.join(", ") || "nothing");
  known.set("database", cellsText(world.cells, moves));
  known.set(
    "open transaction",
    world.transaction === 0 ? "none" : `of ${nameOf(world.transaction - 1)}: ${cellsText(world.inside, moves)}`,
  );
  known.set("others", world.drift === 1 ? "have changed an object of these steps" : "have changed nothing");
  known.set("by hand", world.byHand === 1 ? "effects stand as a person has made them" : "nothing");
  if (world.rowsGone === 1) known.set("rows of others", "destroyed");
  for (const [at, one] of world.runners.entries()) {
    known.set(`runner ${nameOf(at)}`, runnerText(one, moves));
    known.set(`session of ${nameOf(at)}`, sessionText(one, moves));
  }
  return known;
}

function stateText({ state, plan }: KnownState, { variant }: Moves): string {
  switch (state.type) {
    case "idle":
      return state.interrupted === null ? "idle" : `idle, interrupted ${state.interrupted.count} times`;
    case "migrating":
      return `migrating, ${state.reached} in effect${state.inDoubt ? `, step ${state.reached + 1} in doubt` : ""}`;
    case "rolling_back": {
      const doubt =
        state.doubt === null
          ? ""
          : state.doubt === "up"
            ? `, step ${state.reached + 1} in doubt`
            : ", an undo in doubt";
      return `${shownType(variant, plan, state)} by ${state.route}, ${state.route === "down" ? `${state.done} done` : `${state.left} left`}${doubt}`;
    }
    case "failed":
      return state.wayBack === null
        ? `failed, clean${state.cause === "crash_loop" ? ", crash_loop" : ""}`
        : `failed, unclean, ${state.wayBack.left} left${state.wayBack.doubt === null ? "" : `, ${state.wayBack.doubt} in doubt`}`;
    default:
      return state.type;
  }
}

function cellsText(cells: readonly number[], { configuration }: Moves): string {
  const words = configuration.jobs
    .filter(({ direction }) => direction === "up")
    .flatMap(({ cells: names, steps }) =>
      names.map((index, step) => {
        if (steps[step]?.preexisting === true) return `step ${step + 1} was there before`;
        const value = cells[index];
        return value === cell.before
          ? ""
          : `step ${step + 1} ${value === cell.after ? "in effect" : value === cell.partial ? "in part" : "half undone"}`;
      }),
    )
    .filter((word) => word !== "");
  return words.join(", ") || "as before";
}

function runnerText(one: RunnerWorld, moves: Moves): string {
  switch (one.phase) {
    case phase.off:
      return "off";
    case phase.leased:
      return one.arrival === arrival.started ? "has the lease" : "has the lease again";
    case phase.cut_off:
      return "without a session";
    default:
      return one.current === 0 ? "left behind" : machineText(moves.machines[one.machine]!, moves);
  }
}

function machineText({ at, effect }: KnownMachine, moves: Moves): string {
  const state = stateText(at, moves);
  if (effect === null) return `${state}; waits for nothing`;
  const step = "step" in effect ? ` step ${effect.step + 1}` : "";
  const way = "way" in effect && effect.way === "undo" ? " the undo of" : "";
  return effect.type === "raise" ? `${state}; says ${effect.event.type}` : `${state}; ${effect.type}${way}${step}`;
}

const progressText: { readonly [value: number]: string } = {
  [progress.none]: "idle",
  [progress.running]: "runs",
  [progress.applied]: "has applied it",
  [progress.unchanged]: "has changed nothing",
  [progress.failed]: "answers with an error",
  [progress.dangling]: "idle",
};

function sessionText(one: RunnerWorld, moves: Moves): string {
  const lost = one.leaseLost === 1 ? ", its lease is lost" : "";
  if (one.orphan === 1) {
    const statement = moves.statements[one.statement];
    return one.progress === progress.running
      ? `orphan: runs ${statement?.way ?? ""} of step ${(statement?.step ?? 0) + 1}`
      : "orphan: idle";
  }
  return one.phase === phase.leased || one.phase === phase.live ? `${progressText[one.progress] ?? ""}${lost}` : "none";
}

function nameOf(runner: number): string {
  return "ABCD"[runner] ?? String(runner);
}

const runnerless: ReadonlySet<Actor> = new Set(["operator", "outside", "fault"]);

/** Who acts: `A`, `B` … for runners; `server`, `operator`, `somebody`, `fault`. */
export function actorOf({ name, runner }: Action): string {
  const { actor } = actionKinds[name];
  if (actor === "runner") return nameOf(runner);
  if (actor === "server") return "server";
  return actor === "outside" ? "somebody" : actor;
}

const texts: { readonly [N in ActionName]: string } = {
  raise: "goes on at once",
  prepared: "has read files and history, and took the snapshot",
  prechecks_pass: "finds doctrine and pre-checks hold",
  observe: "looks at the objects",
  send: "sends the statement",
  executes: "executes the statement",
  receive: "hears the reply",
  postchecks_pass: "finds the post-checks hold",
  decide: "gathers the evidence on the statement in doubt",
  engine_takes_back: "has the engine take the step back",
  verify: "compares with the snapshot",
  read_journal: "reads the journal",
  restart: "is started again and takes the lease",
  reconnect: "connects again and takes the lease",
  close: "ends and gives the lease back",
  session_ends: "notices that the client is gone",
  orphan_applies: "executes a statement whose client is gone",
  orphan_fails: "ends a statement whose client is gone, without effect",
  orphan_does_a_part: "does a part of a statement whose client is gone",
  invoke: "is started and takes the lease",
  start: "starts the migration",
  flush_early: "makes its records durable",
  fenced: "is stopped by the fence",
  dependency_missing: "finds that a dependency is missing",
  newer_applied: "finds that a newer migration is applied",
  dependents_applied: "finds that applied migrations depend on it",
  doctrine_violated: "finds a doctrine rule violated",
  statement_refused: "finds a statement that may not run here",
  precheck_false: "finds that a pre-check does not hold",
  precheck_error: "gets an error from a pre-check",
  postcheck_false: "finds that a post-check does not hold",
  postcheck_error: "gets an error from a post-check",
  undo_would_destroy: "finds that the undo would destroy what others wrote",
  statement_fails: "refuses the statement, without effect",
  fails_after_a_part: "fails after a part of the statement",
  fails_after_all: "fails after all of the statement",
  engine_ends_transaction: "fails and ends the transaction",
  give_up: "gives up waiting for the database",
  retry_by_up: "runs `up` again",
  retry: "runs `retry`",
  retry_rollback: "runs `retry-rollback`",
  retry_rollback_decided: "runs `retry-rollback --decide`",
  resolve_reverted: "runs `resolve --reverted`",
  resolve_reverted_forced: "runs `resolve --reverted --force`",
  resolve_applied: "runs `resolve --applied`",
  resolve_applied_forced: "runs `resolve --applied --force`",
  halt: "stops the rollback, and nothing is undone",
  signal: "sends a signal",
  correct_file: "corrects the undos in the file",
  finish_by_hand: "finishes the migration by hand",
  restore_by_hand: "puts everything back by hand",
  dependency_arrives: "applies what it depends on",
  object_changed: "changes an object that the steps name",
  object_changed_back: "changes it back",
  crash: "is killed",
  connection_cut: "loses its connection",
  session_killed: "loses its session: killed, the statement without effect",
  session_killed_too_late: "loses its session: killed after the statement took effect",
  session_killed_half_way: "loses its session: killed half-way through the statement",
  server_crash: "the server crashes",
  server_crash_after_effect: "the server crashes after the statement took effect",
  server_crash_half_way: "the server crashes half-way through the statement",
  lease_lost: "loses the lease, and its session lives",
  late_reply: "hears a reply to what it asked in an earlier life",
};

const commitTexts: { readonly [C in Commit]: string } = {
  "": "",
  fenced: "; its records are refused: somebody else has written since",
  commit_refused: "; the engine refuses the commit",
  journal_refused: "; the journal refuses the records",
  written_unheard: "; the records are durable, and the connection is lost before it hears so",
  unwritten_unheard: "; the connection is lost, and the records are not durable",
};

/** The action in words. */
export function textOf(action: Action, migration: string): string {
  const { name, commit, runner } = action;
  const kind = actionKinds[name];
  const whose =
    runnerless.has(kind.actor) &&
    (name === "crash" ||
      name.includes("session") ||
      name.includes("lease") ||
      name === "connection_cut" ||
      name === "late_reply")
      ? `runner ${nameOf(runner)} `
      : "";
  const what = name === "start" ? `starts ${migration}` : texts[name];
  return `${whose}${what}${commitTexts[commit]}`;
}

/** The story as lines of text. */
export function storyText(story: Story): string {
  const width = Math.max(...story.steps.map(({ actor }) => actor.length), 5);
  const lines = story.steps.flatMap(({ number, actor, text, changes }) => [
    ...(story.cycleFrom === number ? ["      from here on for ever:"] : []),
    `${String(number).padStart(4)}  ${actor.padEnd(width)}  ${text}`,
    ...changes.map((change) => `${" ".repeat(width + 8)}${change}`),
  ]);
  return `${lines.join("\n")}\n  why  ${story.why}\n`;
}

/** The story as a Mermaid sequence diagram, with a lane for each who acts. */
export function storyDiagram(story: Story): string {
  const runners = [...new Set(story.steps.map(({ actor }) => actor).filter((actor) => /^[A-D]$/.test(actor)))].sort();
  const lanes = [
    "participant operator",
    ...runners.map((name) => `participant ${name} as runner ${name}`),
    "participant server as database",
  ];
  const first = runners[0] ?? "operator";
  let active = first;
  const steps = story.steps.map(({ actor, text }) => {
    const words = text.replaceAll(";", ",").replaceAll("#", "");
    if (runners.includes(actor)) {
      active = actor;
      return `${actor}->>server: ${words}`;
    }
    if (actor === "server") return `server-->>${active}: ${words}`;
    if (actor === "operator") return `operator->>${active}: ${words}`;
    return `Note over ${active},server: ${words}`;
  });
  const why = story.why.replaceAll(";", ",");
  return `${["sequenceDiagram", ...[...lanes, ...steps, `Note over operator,server: ${why}`].map((line) => `  ${line}`)].join("\n")}\n`;
}
