/**
 * The proof as data: each configuration is searched whole and asked every property, and each mutant is tried. The parts
 * need nothing of one another, so that they can be done side by side; `assemble` puts them together.
 */
import type { Configuration } from "../explorer/configuration.ts";
import type { SearchOptions } from "../explorer/explored.ts";
import { Explored } from "../explorer/explored.ts";
import type { Story } from "../explorer/story.ts";
import { tellStory } from "../explorer/story.ts";
import { coverageProperties, localProperties } from "../properties/properties.ts";
import type { Coverage, PropertyKind } from "../properties/property.ts";
import type { VariantName } from "../variant.ts";
import { variants } from "../variant.ts";
import { coverageOf, together } from "./coverage-of.ts";
import type { MutantResult } from "./try-mutant.ts";

export type Verdict = "holds" | "violated" | "unknown";

interface LocalResult {
  readonly id: string;
  readonly verdict: Verdict;
  readonly witnesses: number;
  readonly note: string | null;
  readonly counterexample: Story | null;
}

export interface ConfigurationResult {
  readonly name: string;
  readonly profile: string;
  readonly runners: number;
  readonly steps: number;
  readonly states: number;
  readonly transitions: number;
  /** The largest number of steps of a shortest path. */
  readonly depth: number;
  /** False: a bound has ended the search, and only what was seen violated is known. */
  readonly complete: boolean;
  /** Distinct machines that runners have had in memory, and distinct states of the journal. */
  readonly machines: number;
  readonly journals: number;
  readonly bytesPerState: number;
  /** After the last fault a sink is reached in so many steps at most; null when that was not shown. */
  readonly bound: number | null;
  readonly properties: readonly LocalResult[];
  readonly coverage: Coverage;
}

export interface PropertyResult {
  readonly id: string;
  readonly kind: PropertyKind;
  readonly sentence: string;
  readonly formula: string;
  readonly verdict: Verdict;
  /** How often it was put to the test, in all configurations together; of reachability, how much was seen. */
  readonly witnesses: number;
  /** Only for reachability: how often each thing that is asked for was seen. */
  readonly counts: { readonly [name: string]: number };
  /** What has never been seen. Only for reachability. */
  readonly holes: readonly string[];
  /** Of all configurations the one with the fewest faults, and then the fewest steps. */
  readonly counterexample: Story | null;
}

export interface Proof {
  readonly variant: VariantName;
  readonly verdict: Verdict;
  readonly configurations: readonly ConfigurationResult[];
  readonly properties: readonly PropertyResult[];
  readonly mutants: readonly MutantResult[];
  /** Survivors without a reason, mutants that prove nothing, properties that no mutant fails: what `verdict` suffers from. */
  readonly complaints: readonly string[];
}

export function proveConfiguration(configuration: Configuration, options: SearchOptions = {}): ConfigurationResult {
  const explored = new Explored(configuration, undefined, options);
  const { exploration, moves, symmetry } = explored;
  const properties = localProperties.map(({ id, kind, hazards, check }): LocalResult => {
    const unknown: LocalResult = {
      id,
      verdict: "unknown",
      witnesses: 0,
      note: symmetry ? "symmetry is for safety only" : "the search was not completed",
      counterexample: null,
    };
    if ((!exploration.complete && hazards.length === 0) || (symmetry && kind === "liveness")) return unknown;
    const finding = check(explored);
    if (finding.type === "violated") {
      const counterexample = tellStory(explored, finding);
      return { id, verdict: "violated", witnesses: 1, note: finding.why, counterexample };
    }
    if (!exploration.complete) return unknown;
    return { id, verdict: "holds", witnesses: finding.witnesses, note: finding.note ?? null, counterexample: null };
  });
  const rest = properties.find(({ id }) => id === "comes_to_rest");
  return {
    name: configuration.name,
    profile: configuration.profile.name,
    runners: configuration.runners,
    steps: Math.max(...configuration.jobs.map(({ plan }) => plan.steps.length)),
    states: exploration.stateCount,
    transitions: exploration.transitionCount,
    depth: exploration.depth,
    complete: exploration.complete,
    machines: moves.machines.length,
    journals: moves.states.length,
    bytesPerState: exploration.bytesPerState,
    bound: rest?.verdict === "holds" && rest.note !== "no fair cycle" ? rest.witnesses : null,
    properties,
    coverage: coverageOf(explored),
  };
}

export function assemble(
  variant: VariantName,
  configurations: readonly ConfigurationResult[],
  mutants: readonly MutantResult[],
): Proof {
  const local = localProperties.map(({ id, kind, sentence, formula }): PropertyResult => {
    const results = configurations.flatMap(({ properties }) => properties.filter((result) => result.id === id));
    const violated = results.filter(({ verdict }) => verdict === "violated");
    const witnesses = results.reduce((sum, { witnesses: count }) => sum + count, 0);
    const verdict: Verdict =
      violated.length > 0
        ? "violated"
        : // What was never put to the test does not hold of anything.
          results.some(({ verdict }) => verdict === "unknown") || witnesses === 0
          ? "unknown"
          : "holds";
    const counterexample = violated.flatMap(({ counterexample: story }) => story ?? []).toSorted(simplest)[0] ?? null;
    return { id, kind, sentence, formula, verdict, witnesses, counts: {}, holes: [], counterexample };
  });
  const coverage = together(
    variants[variant],
    configurations.map(({ coverage }) => coverage),
  );
  const complete = configurations.every((configuration) => configuration.complete);
  const reached = coverageProperties.map(({ id, kind, sentence, formula, counts: countsOf }): PropertyResult => {
    const counts = countsOf(coverage);
    const holes = [...counts].flatMap(([name, times]) => (times === 0 ? [name] : []));
    const verdict: Verdict = holes.length === 0 ? "holds" : complete ? "violated" : "unknown";
    const witnesses = counts.size - holes.length;
    return {
      id,
      kind,
      sentence,
      formula,
      verdict,
      witnesses,
      counts: Object.fromEntries(counts),
      holes,
      counterexample: null,
    };
  });
  const properties = [...local, ...reached];
  const complaints = complaintsOf(mutants);
  const verdict: Verdict =
    properties.some((property) => property.verdict === "violated") || complaints.length > 0
      ? "violated"
      : properties.some((property) => property.verdict === "unknown")
        ? "unknown"
        : "holds";
  return { variant, verdict, configurations, properties, mutants, complaints };
}

/** The fewest faults, then the fewest steps. */
function simplest(one: Story, other: Story): number {
  return one.faults - other.faults || one.steps.length - other.steps.length;
}

function complaintsOf(mutants: readonly MutantResult[]): readonly string[] {
  if (mutants.length === 0) return [];
  const complaints = mutants.flatMap(({ id, outcome, because, where }) =>
    outcome === "invalid"
      ? [`The mutant “${id}” proves nothing: ${because ?? ""}`]
      : outcome === "survived" && because === null
        ? [`No property sees the mutant “${id}”, and yet it changes ${where ?? "something"}.`]
        : [],
  );
  const isLocal = (id: string) => localProperties.some((property) => property.id === id);
  const only = new Set<string>();
  for (const { id, alone, by } of mutants) {
    const always = by.filter(isLocal);
    if (alone && always.length !== 1)
      complaints.push(`The mutant “${id}” is not seen by one property alone: ${always.join(", ")}.`);
    // Where safety and liveness see nothing, every configuration was asked.
    if (alone && always.length === 1) only.add(always[0]!);
    if (always.length === 0 && by.length === 1) only.add(by[0]!);
  }
  for (const { id, notAlone } of [...localProperties, ...coverageProperties])
    if (!only.has(id) && notAlone === null)
      complaints.push(`The property ${id} has no mutant that only it kills, and no reason why.`);
  return complaints;
}
