/** How much of a world random walks get to see: the honest number beside every run that found nothing. */
import * as fc from "fast-check";
import type { Configuration } from "../explorer/configuration.ts";
import { Explored } from "../explorer/explored.ts";
import { pack, wordCount } from "../explorer/world.ts";
import { choices } from "./choices.ts";
import { swarms } from "./swarms.ts";
import { Walker } from "./walker.ts";

export interface Reach {
  readonly configuration: string;
  readonly stepCount: number;
  /** Different worlds that the walks have been in. */
  readonly reached: number;
  /** Different worlds that there are. */
  readonly total: number;
}

export function reachAtRandom(
  configuration: Configuration,
  options: { readonly seed: number; readonly runs: number; readonly lengthMax?: number },
): Reach {
  const walker = new Walker(configuration);
  const seen = new Set<string>();
  const words = new Uint32Array(wordCount(configuration.runners));
  const note = (world: Parameters<typeof pack>[0]): void => {
    pack(world, words, 0);
    seen.add(words.join());
  };
  note(walker.initial());
  let stepCount = 0;
  const walk = fc.property(swarms(), choices({ maxLength: options.lengthMax ?? 150 }), (swarm, list) => {
    const steps = walker.walk(list, swarm);
    stepCount += steps.length;
    for (const { after } of steps) note(after);
  });
  fc.assert(walk, { seed: options.seed, numRuns: options.runs });
  const { exploration } = new Explored(configuration);
  return { configuration: configuration.name, stepCount, reached: seen.size, total: exploration.stateCount };
}
