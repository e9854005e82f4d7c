/**
 * The model at random: on generated migration sets no walk ever shows a hazard, and each comes to rest once faults cease.
 * It is no evidence of "never", which the exhaustive search gives; it goes where that search is not taken (more steps,
 * sets that nobody has thought of), and shows that the generators find what is seeded.
 */
import * as fc from "fast-check";
import type { Configuration } from "../explorer/configuration.ts";
import type { Action } from "../explorer/action.ts";
import { actionOf, classOf } from "../explorer/action.ts";
import type { Subject } from "../explorer/explored.ts";
import { Explored, isAtRest } from "../explorer/explored.ts";
import { productionRules } from "../explorer/moves.ts";
import { soundProtocol } from "../explorer/successors.ts";
import type { World } from "../explorer/world.ts";
import { hazards, pack, wordCount } from "../explorer/world.ts";
import { localProperties } from "../properties/properties.ts";
import type { LocalProperty, Mutant } from "../properties/property.ts";
import { variants } from "../variant.ts";
import { choices } from "./choices.ts";
import { migrationSets } from "./migration-sets.ts";
import type { TakenAction, Trace } from "./named-actions.ts";
import { actionLines, namedActions } from "./named-actions.ts";
import type { Swarm } from "./swarms.ts";
import { swarms } from "./swarms.ts";
import { Tally } from "./tally.ts";
import type { Step } from "./walker.ts";
import { Walker } from "./walker.ts";

export interface RandomOptions {
  readonly seed: number;
  readonly runs: number;
  /** Default: every profile, up to four steps and two runners. */
  readonly sets?: fc.Arbitrary<Configuration>;
  /** Default: every fault is switched on in some runs. */
  readonly swarms?: fc.Arbitrary<Swarm>;
  /** The longest walk before faults cease. */
  readonly lengthMax?: number;
  /** A seeded defect. */
  readonly mutant?: Mutant;
  /** Counts on from here, so that several generators can be held to one floor. */
  readonly tally?: Tally;
  /** Only find, and neither shrink nor ask the explorer. */
  readonly quick?: boolean;
}

export interface RandomViolation {
  readonly property: string;
  readonly why: string;
  /** The first run that showed it, from 1. */
  readonly run: number;
  /** Plain data for `replayActions`. */
  readonly trace: Trace;
  /** Steps of the shortest path that the explorer knows; null: it was not asked, or does not see it in this configuration. */
  readonly shortest: number | null;
  /** Seed, the shrunk path and the shortest one, for people. */
  readonly message: string;
}

export interface RandomCheck {
  readonly tally: Tally;
  readonly violation: RandomViolation | null;
}

interface Run {
  readonly configuration: Configuration;
  readonly swarm: Swarm;
  readonly list: readonly number[];
}

interface Seen {
  readonly property: LocalProperty;
  readonly why: string;
  readonly steps: readonly Step[];
}

const lengthMaxDefault = 120;
/** The explorer is asked about the shrunk configuration only, which is small. */
const shortestStateMax = 300_000;

export function checkAtRandom(options: RandomOptions): RandomCheck {
  const { mutant, seed, runs, quick = false, tally = new Tally() } = options;
  const run = fc.record({
    configuration: options.sets ?? migrationSets({ reverting: true, eager: true }),
    swarm: options.swarms ?? swarms(),
    list: choices({ maxLength: options.lengthMax ?? lengthMaxDefault }),
  });
  const property = fc.property(run, (given) => look(given, mutant, tally) === null);
  const details = fc.check(property, { seed, numRuns: runs, endOnFailure: quick });
  const given = details.counterexample?.[0];
  if (given === undefined) return { tally, violation: null };
  const seen = look(given, mutant, new Tally());
  if (seen === null) throw new Error("A counterexample holds when it is looked at again.");
  const trace: Trace = { configuration: given.configuration, seed, actions: namedActions(seen.steps) };
  const shortest = quick ? null : shortestOf(seen.property, given.configuration, mutant);
  const { property: violated, why } = seen;
  return {
    tally,
    violation: {
      property: violated.id,
      why,
      run: details.numRuns,
      trace,
      shortest: shortest?.length ?? null,
      message: tell(seen, trace, shortest, details),
    },
  };
}

function subjectOf({ variant }: Configuration, mutant: Mutant | undefined): Subject {
  return {
    rules: { ...productionRules, ...mutant?.rules },
    protocol: { ...soundProtocol, ...mutant?.protocol },
    variant: { ...variants[variant], ...mutant?.variant },
  };
}

/** Null: nothing is wrong with it. */
function look({ configuration, swarm, list }: Run, mutant: Mutant | undefined, tally: Tally): Seen | null {
  const walker = new Walker(configuration, subjectOf(configuration, mutant));
  const walked = walker.walk(list, { ...swarm, until: ({ after }) => after.hazards !== 0 });
  const before = walked.at(-1)?.after ?? walker.initial();
  const rest = before.hazards === 0 ? settle(walker, before, list) : { steps: [], why: null };
  const steps = [...walked, ...rest.steps];
  tally.add(steps);
  const bit = steps.at(-1)?.after.hazards ?? 0;
  const hazard = hazards.find((_, at) => ((bit >>> at) & 1) === 1);
  if (hazard !== undefined) {
    const property = localProperties.find(({ hazards: names }) => names.includes(hazard));
    if (property === undefined) throw new Error(`No property speaks of ${hazard}.`);
    return { property, why: `${property.sentence} Here: ${hazard}.`, steps };
  }
  return rest.why === null ? null : { property: propertyNamed("comes_to_rest"), why: rest.why, steps };
}

/** Faults have ceased and people do nothing. A world that comes again can come again for ever. */
function settle(
  walker: Walker,
  from: World,
  list: readonly number[],
): { readonly steps: readonly Step[]; readonly why: string | null } {
  const steps: Step[] = [];
  const seen = new Set<string>();
  let world = from;
  for (let at = 0; world.hazards === 0 && !isAtRest(world, walker.moves); at++) {
    const key = keyOf(world);
    if (seen.has(key)) return { steps, why: "It goes round, and may do so for ever." };
    seen.add(key);
    // The same choices once more: nothing but what was generated decides, and shrinking sees all of it.
    const choice = list[at % Math.max(1, list.length)] ?? 0;
    const [step] = walker.walkFrom(world, [choice], { permit: ({ action }) => goesOn(action) });
    if (step === undefined) return { steps, why: "Nothing goes on from here by itself, and it is no place to rest." };
    steps.push(step);
    world = step.after;
  }
  return { steps, why: null };
}

function goesOn(action: Action): boolean {
  const kind = classOf(action);
  return kind === "progress" || kind === "answer";
}

function keyOf(world: World): string {
  const words = new Uint32Array(wordCount(world.runners.length));
  pack(world, words, 0);
  return words.join();
}

function propertyNamed(id: string): LocalProperty {
  const found = localProperties.find((property) => property.id === id);
  if (found === undefined) throw new Error(`There is no property ${id}.`);
  return found;
}

/** The path on which breadth-first search has met a violation of the same property; null: it has met none. */
function shortestOf(
  property: LocalProperty,
  configuration: Configuration,
  mutant: Mutant | undefined,
): readonly TakenAction[] | null {
  const subject = subjectOf(configuration, mutant);
  const explored = new Explored(configuration, subject, { countMax: shortestStateMax });
  const { exploration } = explored;
  if (!exploration.complete && property.hazards.length === 0) return null;
  const finding = property.check(explored);
  if (finding.type !== "violated") return null;
  const edges = [...(finding.cycle ?? [])];
  for (let at = finding.state; exploration.parent[at]! >= 0; at = exploration.parent[at]!)
    edges.unshift({ state: exploration.parent[at]!, action: exploration.parentAction[at]! });
  return edges.map(({ action }) => ({ action: actionOf(action), branch: 0 }));
}

function tell(
  { property, why, steps }: Seen,
  { configuration, seed, actions }: Trace,
  shortest: readonly TakenAction[] | null,
  details: fc.RunDetails<[Run]>,
): string {
  const known =
    shortest === null
      ? [`shrunk ${steps.length}; the explorer was not asked, or sees no violation in this configuration`]
      : [`shrunk ${steps.length}, shortest ${shortest.length}:`, ...actionLines(shortest, configuration)];
  return [
    `${property.id} is violated in run ${details.numRuns}: ${why}`,
    `seed ${seed}, path ${details.counterexamplePath ?? ""}, shrunk ${details.numShrinks} times`,
    `configuration: ${configuration.name}; ${configuration.runners} runner(s)`,
    ...actionLines(steps, configuration),
    ...known,
    "replayActions takes it again:",
    JSON.stringify({ configuration, seed, actions }),
  ].join("\n");
}
