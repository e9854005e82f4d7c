/** Generated streams that can be driven, and what is printed when world and runner disagree about one. */
import { isDeepStrictEqual } from "node:util";
import type { Step, Swarm, Trace } from "@surefoot/model/arbitraries";
import { actionLines, choices, migrationSets, namedActions, Walker } from "@surefoot/model/arbitraries";
import type { ActionName, Configuration, Job } from "@surefoot/model/explorer";
import * as fc from "fast-check";
import { isDrivable, phase } from "./drivable.ts";
import type { Defect } from "./drive.ts";
import { Disagreement, drive } from "./drive.ts";
import type { Ground } from "./ground.ts";

export interface Stream {
  readonly configuration: Configuration;
  readonly swarm: Swarm;
  readonly list: readonly number[];
}

function setsOn({ sets, standing }: Ground): fc.Arbitrary<Configuration> {
  return fc
    .oneof(
      { weight: 8, arbitrary: migrationSets({ ...sets, stepCountMax: 3 }) },
      {
        weight: 1,
        arbitrary: migrationSets({
          ...sets,
          stepCountMax: 2,
          without: ["covered", "rows", "preexisting", "lossy"],
        }).filter(({ jobs }) => jobs.length === 2),
      },
    )
    .map((configuration): Configuration => ({
      ...configuration,
      jobs: configuration.jobs.map(withoutBlindDown),
      // Also where it is reverted, which the proof's configurations leave to others.
      operator: true,
      drift: configuration.drift && standing(configuration) !== null,
    }));
}

/** A limit; see those of the servers. */
function withoutBlindDown(job: Job): Job {
  const isBlind = job.plan.steps.some(
    ({ class: promise }, step) => promise === "opaque" && job.steps[step]!.rows !== true,
  );
  return isBlind ? { ...job, plan: { ...job.plan, down: null } } : job;
}

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
  fails_after_a_part: 3,
  fails_after_all: 3,
  session_killed_too_late: 3,
  session_killed_half_way: 10,
  server_crash_half_way: 4,
  orphan_fails: 10,
  orphan_does_a_part: 40,
};

/** The choices come first, so that shrinking shortens the story before it changes what the story is about. */
export function streamsOn(ground: Ground): fc.Arbitrary<Stream> {
  return fc.record({
    list: choices({ minLength: 20, maxLength: ground.choiceCountMax }),
    swarm,
    configuration: setsOn(ground),
  });
}

export function walk(
  { ways }: Ground,
  { configuration, swarm: kind, list }: Stream,
): {
  readonly walker: Walker;
  readonly steps: readonly Step[];
} {
  const walker = new Walker(configuration);
  const steps = walker.walk(list, {
    ...kind,
    weights,
    permit: (option, taken) => isDrivable(ways, walker, option, taken),
  });
  return { walker, steps };
}

/**
 * Drives a walk, and answers with how many actions were compared.
 * @throws Error with the named actions and what disagrees
 */
export async function agree(
  ground: Ground,
  { configuration }: Pick<Walker, "configuration">,
  walker: Walker,
  steps: readonly Step[],
  defect?: Defect,
): Promise<{ readonly actionCount: number; readonly leaseHeldCount: number }> {
  try {
    return await drive(ground, walker, steps, defect);
  } catch (error) {
    if (!(error instanceof Disagreement)) throw error;
    const taken = steps.slice(0, error.actionCount);
    // What a process was called with depends on all that it went on to do.
    const ended = steps.findIndex(({ after }, at) => at >= taken.length && after.runners[0]?.phase === phase.off);
    const asked = ended === -1 ? steps : steps.slice(0, ended + 1);
    const lines = [
      `World and runner disagree ${error.message}`,
      `on ${ground.name}, configuration: ${configuration.name}`,
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
export async function driveAgain(ground: Ground, { configuration, actions }: Trace, defect?: Defect): Promise<void> {
  const walker = new Walker(configuration);
  const steps = walker.walk(
    actions.map(() => 0),
    { permit: (option, { length }) => isDeepStrictEqual(namedActions([option])[0], actions[length]) },
  );
  const refused = actions[steps.length];
  if (refused !== undefined) throw new Error(`Action ${steps.length + 1}, ${refused.name}, is not possible there.`);
  await agree(ground, { configuration }, walker, steps, defect);
}
