/**
 * A walk as people keep it: the names of its actions. Names survive changes of the model where numbers do not, and where
 * they don't, replaying says which action is no longer possible.
 */
import type { ActionName, Commit } from "../explorer/action.ts";
import { actorOf, textOf } from "../explorer/story.ts";
import type { Configuration } from "../explorer/configuration.ts";
import type { Subject } from "../explorer/explored.ts";
import type { World } from "../explorer/world.ts";
import type { Step } from "./walker.ts";
import { Walker } from "./walker.ts";

export interface NamedAction {
  readonly name: ActionName;
  readonly commit: Commit;
  readonly runner: number;
  readonly job: number;
  /** Which way it ended, where there are several; 0 when absent. */
  readonly branch?: number;
}

/** As much of a step as is told. */
export type TakenAction = Pick<Step, "action" | "branch">;

/** Plain data: it can be stored, and replayed by `replayActions`. */
export interface Trace {
  readonly configuration: Configuration;
  readonly seed?: number;
  readonly actions: readonly NamedAction[];
}

export type Replay =
  | { readonly type: "replayed"; readonly steps: readonly Step[]; readonly end: World }
  /** `index`: the first action that is not enabled where its turn comes. */
  | {
      readonly type: "refused";
      readonly index: number;
      readonly action: NamedAction;
      readonly enabled: readonly NamedAction[];
    };

export function namedActions(steps: readonly Step[]): readonly NamedAction[] {
  return steps.map(({ action: { name, commit, runner, job }, branch }) => ({
    name,
    commit,
    runner,
    job,
    ...(branch === 0 ? {} : { branch }),
  }));
}

export function replayActions({ configuration, actions }: Trace, subject?: Subject): Replay {
  const walker = new Walker(configuration, subject);
  const steps: Step[] = [];
  let world = walker.initial();
  for (const [index, wanted] of actions.entries()) {
    const enabled = walker.enabled(world);
    const found = enabled.find((option) => isNamed(option, wanted));
    if (found === undefined) return { type: "refused", index, action: wanted, enabled: namedActions(enabled) };
    steps.push(found);
    world = found.after;
  }
  return { type: "replayed", steps, end: world };
}

/** For people: numbered, with who acts, the action's name and what it means. */
export function actionLines(steps: readonly TakenAction[], { jobs }: Configuration): readonly string[] {
  const rows = steps.map(({ action, branch }) => ({
    actor: actorOf(action),
    name: `${action.name}${action.commit === "" ? "" : ` (${action.commit})`}${branch === 0 ? "" : ` #${branch}`}`,
    text: textOf(action, jobs[action.job]?.migration ?? ""),
  }));
  const widest = (values: readonly string[]) => Math.max(0, ...values.map(({ length }) => length));
  const actorWidth = widest(rows.map(({ actor }) => actor));
  const nameWidth = widest(rows.map(({ name }) => name));
  return rows.map(
    ({ actor, name, text }, index) =>
      `${String(index + 1).padStart(4)}  ${actor.padEnd(actorWidth)}  ${name.padEnd(nameWidth)}  ${text}`,
  );
}

function isNamed({ action, branch }: Step, wanted: NamedAction): boolean {
  return (
    action.name === wanted.name &&
    action.commit === wanted.commit &&
    action.runner === wanted.runner &&
    action.job === wanted.job &&
    branch === (wanted.branch ?? 0)
  );
}
