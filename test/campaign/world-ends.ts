/**
 * Where a migration can come to rest in the model's world, whatever faults strike and however often, as long as nobody
 * works in the database by hand: the whole of it, nothing of it, or in the hands of a person, who is told of certain steps.
 */
import type { StepClass, TransactionMode } from "@surefoot/model";
import { Walker } from "@surefoot/model/arbitraries";
import type { Step } from "@surefoot/model/arbitraries";
import type { ActionName } from "@surefoot/model/explorer";
import { actionKinds, atomicDdl, opaque, transactional, upJob } from "@surefoot/model/explorer";
import type { Configuration } from "@surefoot/model/explorer";
import type { World } from "../../packages/model/src/explorer/world.ts";
import { pack, wordCount } from "../../packages/model/src/explorer/world.ts";
import { remaining } from "../../packages/model/src/plan/way-back.ts";
import type { StepKind } from "../faults/step-kinds.ts";
import type { Story } from "./trial.ts";

/** `applied`, `nothing`, or `person` with the numbers of the steps that it is told of; one in doubt with a question mark. */
export type EndText = string;

export function personText(steps: readonly { readonly number: number; readonly inDoubt: boolean }[]): EndText {
  return `person ${steps.map(({ number, inDoubt }) => `${number}${inDoubt ? "?" : ""}`).join(" ")}`;
}

export function worldEnds(
  { kinds, fails }: Story,
  server: boolean,
  mode: TransactionMode = "step",
): ReadonlySet<EndText> {
  const specs = [...kinds.map(specOf), ...(fails ? [{ class: "atomic" as StepClass, undo: null }] : [])];
  const isOpaque = specs.some((spec) => spec.class === "opaque");
  const configuration: Configuration = {
    name: "a campaign",
    profile: server ? (isOpaque ? opaque : atomicDdl) : transactional,
    variant: "adjusted",
    runners: 1,
    jobs: [upJob(specs, mode)],
    appliedFirst: [],
    arrives: null,
    operator: false,
    drift: false,
    eager: false,
  };
  return endsOf(new Walker(configuration), fails ? specs.length - 1 : null);
}

function specOf(kind: StepKind): Parameters<typeof upJob>[0][number] {
  const rows = kind.class !== "atomic";
  return {
    class: kind.class,
    undo: kind.undo === null ? null : [{ class: kind.class }],
    lossy: kind.name === "drop",
    rows,
    ...(kind.probe === null ? {} : { probe: true }),
  };
}

/** What never happens here: checks and undos hold, and of the steps only the one that is made to fail does. */
const answered = new Set<ActionName>(["orphan_fails", "orphan_does_a_part", "give_up"]);
const takesEffect = new Set<ActionName>([
  "executes",
  "orphan_applies",
  "session_killed_too_late",
  "server_crash_after_effect",
]);

function endsOf(walker: Walker, failing: number | null): ReadonlySet<EndText> {
  const ends = new Set<EndText>();
  const seen = new Set<string>();
  const left: World[] = [walker.initial()];
  for (let world = left.pop(); world !== undefined; world = left.pop()) {
    const end = endOf(walker, world);
    if (end !== null) ends.add(end);
    if (end?.startsWith("person") === true) continue;
    for (const step of walker.enabled(world)) {
      if (!happens(walker, step, failing)) continue;
      const words = new Uint32Array(wordCount(1));
      pack(step.after, words, 0);
      const key = words.join();
      if (seen.has(key)) continue;
      seen.add(key);
      left.push(step.after);
    }
  }
  return ends;
}

function happens(walker: Walker, { action, before }: Step, failing: number | null): boolean {
  const { name } = action;
  const isFailing = failing !== null && statementOf(walker, before) === failing;
  if (takesEffect.has(name)) return !isFailing;
  if (name === "statement_fails") return isFailing;
  return actionKinds[name].class !== "answer" || answered.has(name);
}

/** The step whose statement is running on its way up, also as an orphan. */
function statementOf(walker: Walker, { runners }: World): number | null {
  const one = runners[0]!;
  const id = one.orphan === 1 ? one.statement : walker.moves.machines[one.machine]!.statement;
  const statement = walker.moves.statements[id];
  return statement?.way === "up" ? statement.step : null;
}

function endOf(walker: Walker, { journal, applied }: World): EndText | null {
  const { state, plan } = walker.moves.states[journal]!;
  if (state.type === "idle") return (applied & 1) === 1 ? "applied" : "nothing";
  if (state.type !== "failed") return null;
  const { wayBack } = state;
  if (wayBack === null) return "nothing";
  const steps = remaining(plan, wayBack);
  return personText(
    steps.map((step, at) => ({
      number: step + 1,
      inDoubt: (wayBack.doubt === "up" && step === wayBack.reached) || (wayBack.doubt === "undo" && at === 0),
    })),
  );
}
