/** Generated streams that can be driven, and what is printed when world and runner disagree about one. */
import { isDeepStrictEqual } from "node:util";
import type { Step, Swarm, Trace } from "@surefoot/model/arbitraries";
import { actionLines, choices, migrationSets, namedActions, Walker } from "@surefoot/model/arbitraries";
import type { ActionName, Configuration } from "@surefoot/model/explorer";
import { transactional } from "@surefoot/model/explorer";
import * as fc from "fast-check";
import { Bench } from "./bench.ts";
import { isDrivable, phase } from "./drivable.ts";
import type { Defect } from "./drive.ts";
import { Disagreement, drive } from "./drive.ts";

export interface Stream {
  readonly configuration: Configuration;
  readonly swarm: Swarm;
  readonly list: readonly number[];
}

const onSqlite = { profiles: [transactional], runnerCountMax: 1, stepCountMax: 3, reverting: true } as const;

const sets = fc
  .oneof(
    { weight: 8, arbitrary: migrationSets(onSqlite) },
    {
      weight: 1,
      arbitrary: migrationSets({
        ...onSqlite,
        stepCountMax: 2,
        without: ["covered", "rows", "preexisting", "lossy"],
      }).filter(({ jobs }) => jobs.length === 2),
    },
  )
  .map((configuration): Configuration => ({
    ...configuration,
    // Also where it is reverted, which the proof's configurations leave to others.
    operator: true,
    drift: configuration.drift && Bench.standing(configuration) !== null,
  }));

/** Faults come often enough to be met, and seldom enough for a migration to get to its end. */
const mass = fc.constantFrom(0.2, 0.05, 0.02);
const swarm: fc.Arbitrary<Swarm> = fc.record({
  without: fc.constant(new Set<never>()),
  masses: fc.record({ answer: mass, fault: mass, operator: fc.constantFrom(0.5, 0.15) }),
});

/** What could strike anywhere would leave no room for what is possible in one place only. */
const weights: { readonly [N in ActionName]?: number } = {
  signal: 0.1,
  crash: 0.4,
  object_changed: 0.2,
  object_changed_back: 0.5,
  newer_applied: 0.4,
  dependency_arrives: 6,
  undo_would_destroy: 6,
  postcheck_false: 3,
  postcheck_error: 3,
  engine_ends_transaction: 3,
  retry_rollback: 4,
  retry_rollback_decided: 4,
};

/** The choices come first, so that shrinking shortens the story before it changes what the story is about. */
export const streams: fc.Arbitrary<Stream> = fc.record({
  list: choices({ minLength: 20, maxLength: 120 }),
  swarm,
  configuration: sets,
});

export function walk({ configuration, swarm: kind, list }: Stream): {
  readonly walker: Walker;
  readonly steps: readonly Step[];
} {
  const walker = new Walker(configuration);
  const steps = walker.walk(list, {
    ...kind,
    weights,
    permit: (option, taken) => isDrivable(walker, option, taken),
  });
  return { walker, steps };
}

/**
 * Drives a walk, and answers with how many actions were compared.
 * @throws Error with the named actions and what disagrees
 */
export async function agree(
  { configuration }: Pick<Walker, "configuration">,
  walker: Walker,
  steps: readonly Step[],
  defect?: Defect,
): Promise<{ readonly actionCount: number; readonly leaseHeldCount: number }> {
  try {
    return await drive(walker, steps, defect);
  } catch (error) {
    if (!(error instanceof Disagreement)) throw error;
    const taken = steps.slice(0, error.actionCount);
    // What a process was called with depends on all that it went on to do.
    const ended = steps.findIndex(({ after }, at) => at >= taken.length && after.runners[0]?.phase === phase.off);
    const asked = ended === -1 ? steps : steps.slice(0, ended + 1);
    const lines = [
      `World and runner disagree ${error.message}`,
      `configuration: ${configuration.name}`,
      ...actionLines(taken, configuration),
      "driveAgain takes it again:",
      JSON.stringify({ configuration, actions: namedActions(asked) }),
    ];
    throw new Disagreement(lines.join("\n"), taken.length, { cause: error });
  }
}

/**
 * Drives a walk that was kept by the names of its actions.
 * @throws Disagreement; Error when the world has changed so that it can't be walked any more
 */
export async function driveAgain({ configuration, actions }: Trace, defect?: Defect): Promise<void> {
  const walker = new Walker(configuration);
  const steps = walker.walk(
    actions.map(() => 0),
    { permit: (option, { length }) => isDeepStrictEqual(namedActions([option])[0], actions[length]) },
  );
  const refused = actions[steps.length];
  if (refused !== undefined) throw new Error(`Action ${steps.length + 1}, ${refused.name}, is not possible there.`);
  await agree({ configuration }, walker, steps, defect);
}
