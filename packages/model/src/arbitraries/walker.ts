/**
 * Takes choices for walks through a world. At each point the enabled actions stand in a row, the dullest first; a choice
 * picks one by weight: each class has its mass, whatever the number of its actions, and faults have most of theirs where
 * a record is about to be written, because that is where they hurt.
 */
import type { Action, ActionClass, ActionName } from "../explorer/action.ts";
import { actionNames, actionOf, classOf, commits, isDull } from "../explorer/action.ts";
import type { Configuration } from "../explorer/configuration.ts";
import type { Subject } from "../explorer/explored.ts";
import { isAtRest, production } from "../explorer/explored.ts";
import type { Move } from "../explorer/moves.ts";
import { Moves } from "../explorer/moves.ts";
import { Successors } from "../explorer/successors.ts";
import type { World } from "../explorer/world.ts";
import { copyWorld, emptyWorld } from "../explorer/world.ts";
import { variants } from "../variant.ts";
import { choiceMax } from "./choices.ts";
import type { FaultGroup } from "./fault-groups.ts";
import { faultGroupOf } from "./fault-groups.ts";

/** An action that was taken, or that could be. */
export interface Step {
  readonly action: Action;
  /** Where an action may end in several ways: which of them, from 0. */
  readonly branch: number;
  /** What the runner's machine has done; null: none has moved, or its move is forgotten. */
  readonly move: Move | null;
  readonly before: World;
  readonly after: World;
}

export interface WalkOptions {
  /** Groups of faults that do not strike. */
  readonly without?: ReadonlySet<FaultGroup>;
  /** How likely each class is against the others; 1 each. */
  readonly masses?: { readonly [C in ActionClass]?: number };
  /** How likely single actions are against the others of their class; 1 each. */
  readonly weights?: { readonly [N in ActionName]?: number };
  /** What may be chosen here; everything. `taken`: the way so far. */
  readonly permit?: (option: Step, taken: readonly Step[]) => boolean;
  /** Asked after each step: true ends the walk. */
  readonly until?: (step: Step) => boolean;
}

const faultMassElsewhere = 0.5;
/** Whoever is at rest mostly goes on with something: going home and coming again is no way to get anywhere. */
const usualWeights: { readonly [N in ActionName]?: number } = { close: 0.1 };

/** One configuration and one set of rules; walks share what the machine has answered before. */
export class Walker {
  readonly configuration: Configuration;
  readonly moves: Moves;
  readonly successors: Successors;

  constructor(configuration: Configuration, subject: Subject = production) {
    this.configuration = configuration;
    this.moves = new Moves(configuration, subject.variant ?? variants[configuration.variant], subject.rules);
    this.successors = new Successors(this.moves, subject.protocol);
  }

  initial(): World {
    return this.successors.initial();
  }

  /** Everything that may happen next, the dullest first. */
  enabled(world: World): readonly Step[] {
    const found: Step[] = [];
    const seen = new Map<number, number>();
    this.successors.each(world, (id, next) => {
      const branch = seen.get(id) ?? 0;
      seen.set(id, branch + 1);
      const after = emptyWorld(this.configuration.runners);
      copyWorld(next, after);
      found.push({ action: actionOf(id), branch, move: this.successors.move, before: world, after });
    });
    return found.toSorted((one, other) => dullness(one) - dullness(other));
  }

  /** Takes a walk from the beginning. It ends with the choices, where nothing is permitted, or when all work is done. */
  walk(choices: Iterable<number>, options: WalkOptions = {}): readonly Step[] {
    return this.walkFrom(this.initial(), choices, options);
  }

  walkFrom(from: World, choices: Iterable<number>, options: WalkOptions = {}): readonly Step[] {
    const taken: Step[] = [];
    let world = from;
    for (const choice of choices) {
      const step = this.choose(world, choice, taken, options);
      if (step === null) break;
      taken.push(step);
      world = step.after;
      if (options.until?.(step) === true || this.isDone(world)) break;
    }
    return taken;
  }

  /** At rest, and no migration is left to start, or nobody who could go on: from here runners would come and go. */
  private isDone(world: World): boolean {
    const { journal, applied } = world;
    const { jobs, operator } = this.configuration;
    if (!isAtRest(world, this.moves)) return false;
    if (this.moves.states[journal]?.state.type === "failed") return !operator;
    const isApplied = (migration: string) => ((applied >>> this.successors.migrations.indexOf(migration)) & 1) === 1;
    return jobs.every(({ migration, direction }) => isApplied(migration) === (direction === "up"));
  }

  private choose(world: World, choice: number, taken: readonly Step[], options: WalkOptions): Step | null {
    const { without, permit, masses = {}, weights: given = {} } = options;
    const permitted = this.enabled(world).filter((option) => {
      const group = faultGroupOf(option.action);
      return (group === null || without?.has(group) !== true) && permit?.(option, taken) !== false;
    });
    const weights = weigh(permitted, masses, { ...usualWeights, ...given });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let left = (choice / (choiceMax + 1)) * total;
    for (const [index, weight] of weights.entries()) {
      if (left < weight) return permitted[index] ?? null;
      left -= weight;
    }
    return permitted.at(-1) ?? null;
  }
}

/** What happens when nothing goes wrong counts as progress, whoever does it. */
function massClass({ action }: Step): ActionClass {
  return isDull(action) ? "progress" : classOf(action);
}

function weigh(
  options: readonly Step[],
  masses: { readonly [C in ActionClass]?: number },
  weights: { readonly [N in ActionName]?: number },
): readonly number[] {
  const counts = new Map<ActionClass, number>();
  for (const option of options) counts.set(massClass(option), (counts.get(massClass(option)) ?? 0) + 1);
  const writes = options.some(({ action }) => action.commit !== "");
  return options.map((option) => {
    const kind = massClass(option);
    const mass = (masses[kind] ?? 1) * (kind === "fault" && !writes ? faultMassElsewhere : 1);
    return (mass * (weights[option.action.name] ?? 1)) / (counts.get(kind) ?? 1);
  });
}

const rank = new Map<string, number>(actionNames.map((name, index) => [name, index]));
const classRank: { readonly [C in ActionClass]: number } = { progress: 0, answer: 1, operator: 2, fault: 3 };

/** The order in which options stand. Who is at rest and has something to apply applies it before going home. */
function dullness(option: Step): number {
  const { name, commit, job } = option.action;
  const at = name === "start" ? (rank.get("close") ?? 0) - 0.5 : (rank.get(name) ?? 0);
  return (classRank[massClass(option)] * 1000 + at) * 100 + commits.indexOf(commit) * 10 + job;
}
