/** The trials of a campaign, always the same ones in the same order. */
import type { StepKind } from "../faults/step-kinds.ts";
import { stepKinds } from "../faults/step-kinds.ts";
import type { When } from "../support/wire-proxy.ts";
import { random } from "../support/random.ts";
import type { FaultName, Spot, Story, Strike, Trial } from "./trial.ts";
import { faultNames, trialOf } from "./trial.ts";

const around: readonly When[] = ["before", "after"];
const through: readonly When[] = ["before", "during", "after"];

/** Every kind of step at every place of three, every phase of its effect and of its undo's, every fault. */
export function eachPhase(): readonly Trial[] {
  return stepKinds.flatMap((kind) =>
    [0, 1, 2].flatMap((step) =>
      (["up", "undo"] as const).flatMap((way) => {
        if (way === "undo" && kind.undo === null) return [];
        const story: Story = { kinds: placed(kind, step), fails: way === "undo" };
        const spots = phasesOf(kind, way, step);
        return spots.flatMap(([spot, whens]) =>
          whens.flatMap((when) => faultNames.map((fault) => trialOf(story, [[{ fault, when, spot }]]))),
        );
      }),
    ),
  );
}

function phasesOf(kind: StepKind, way: "up" | "undo", step: number): readonly (readonly [Spot, readonly When[]])[] {
  return [
    [{ at: "record", way, step }, around],
    [{ at: "statement", way, step }, through],
    [{ at: "done", way, step }, around],
    ...(kind.class === "transactional" ? ([[{ at: "commit", way, step }, through]] as const) : []),
  ];
}

/** Around it stand two steps that are taken back by themselves. */
function placed(kind: StepKind, step: number): readonly StepKind[] {
  const others = stepKinds.filter(({ name }) => ["create", "index", "rename"].includes(name) && name !== kind.name);
  return [...others.slice(0, step), kind, ...others.slice(step, 2)];
}

/** One fault after the other: in the same run, and in the one that recovers. The second strikes anywhere. */
export function twiceInARow(seed = 1): readonly Trial[] {
  const next = random(seed);
  return stepKinds.flatMap((kind, at) =>
    faultNames.flatMap((first) =>
      faultNames.flatMap((second, nth) => {
        const fails = (at + nth) % 2 === 1;
        const spot: Spot = { at: "statement", way: fails && kind.undo !== null ? "undo" : "up", step: 1 };
        const strike: Strike = { fault: first, when: "during", spot };
        const again: Strike = { fault: second, when: pick(next, through), spot: anywhere(next) };
        const rounds = first === "runner_killed" || nth % 2 === 0 ? [[strike], [again]] : [[strike, again]];
        return [trialOf({ kinds: placed(kind, 1), fails }, rounds)];
      }),
    ),
  );
}

/** Anything anywhere, once or twice. */
export function atRandom(count: number, seed = 1): readonly Trial[] {
  const next = random(seed);
  return Array.from({ length: count }, () => {
    const kinds = shuffled(next, stepKinds).slice(0, 3);
    const rounds = Array.from({ length: next() < 0.5 ? 1 : 2 }, () => [
      { fault: pick(next, faultNames), when: pick(next, through), spot: anywhere(next) } satisfies Strike,
    ]);
    return trialOf({ kinds, fails: next() < 0.4 }, rounds);
  });
}

/** A migration of three steps is some eighty questions and statements. */
const passCount = 80;

function anywhere(next: () => number): Spot {
  return { at: "nth", nth: Math.floor(next() * passCount) };
}

function pick<T>(next: () => number, from: readonly T[]): T {
  return from[Math.floor(next() * from.length)]!;
}

function shuffled<T>(next: () => number, from: readonly T[]): readonly T[] {
  const left = [...from];
  return from.map(() => left.splice(Math.floor(next() * left.length), 1)[0]!);
}

/** Each `nth` one, and of those with a fault that takes long fewer. */
export function sampleOf(trials: readonly Trial[], nth: number, from: number): readonly Trial[] {
  const isSlow = (fault: FaultName): boolean => fault === "server_killed";
  const slow = trials.filter(({ rounds }) => rounds.flat().some(({ fault }) => isSlow(fault)));
  const quick = trials.filter((trial) => !slow.includes(trial));
  return [
    ...quick.filter((_, at) => at % nth === from % nth),
    ...slow.filter((_, at) => at % (nth * 2) === from % (nth * 2)),
  ];
}
