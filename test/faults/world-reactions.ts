/**
 * How a server may react to a fault that strikes at a statement, as the model's world has it: what is there of the step once
 * no session can change it any more. The choices are the world's own; this file only walks to the moment and lets it strike.
 */
import type { Step } from "@surefoot/model/arbitraries";
import { Walker } from "@surefoot/model/arbitraries";
import type { ActionName } from "@surefoot/model/explorer";
import { actionKinds, atomicDdl, opaque, upJob } from "@surefoot/model/explorer";
import type { StepClass } from "@surefoot/model";
import type { When } from "../support/wire-proxy.ts";
import type { Seen } from "./step-kinds.ts";

export type Fault = "cut" | "silence" | "session_killed" | "server_killed";

const faultActions: { readonly [F in Fault]: readonly ActionName[] } = {
  cut: ["connection_cut"],
  // Nobody is told, and the client gives up: for the server that is the same.
  silence: ["connection_cut"],
  session_killed: ["session_killed", "session_killed_too_late", "session_killed_half_way"],
  server_killed: ["server_crash", "server_crash_after_effect", "server_crash_half_way"],
};

/** What a session does whose client is gone, until it has ended. */
const aftermath: ReadonlySet<ActionName> = new Set([
  "orphan_applies",
  "orphan_fails",
  "orphan_does_a_part",
  "session_ends",
]);

/** As in `world.ts`: the statement is not sent yet, the server has it, the server has done it. */
const progressAt = { before: 0, during: 1, after: 2 } as const;

export function worldReactions(promise: StepClass, fault: Fault, when: When): ReadonlySet<Seen> {
  const walker = new Walker({
    name: "one step",
    profile: promise === "opaque" ? opaque : atomicDdl,
    variant: "adjusted",
    runners: 1,
    jobs: [upJob([{ class: promise, undo: [{ class: promise }] }], "step")],
    appliedFirst: [],
    arrives: null,
    operator: false,
    drift: false,
    eager: false,
  });
  const way = walker.walk(Array(200).fill(0) as number[], {
    permit: ({ action: { name, commit } }) => actionKinds[name].dull && commit === "",
    until: ({ after }) => isAt(walker, after.runners[0]!, progressAt[when]),
  });
  const end = way.at(-1)?.after;
  if (end === undefined || !isAt(walker, end.runners[0]!, progressAt[when]))
    throw new Error(`The world never comes to a statement of class ${promise}, ${when}.`);
  const struck = walker.enabled(end).filter(({ action }) => faultActions[fault].includes(action.name));
  return new Set(struck.flatMap((step) => [...settled(walker, step)]));
}

function isAt(walker: Walker, { machine, progress }: Step["after"]["runners"][number], wanted: number): boolean {
  return walker.moves.machines[machine]?.effect?.type === "run" && progress === wanted;
}

const seen: readonly Seen[] = ["before", "after", "half"];

function settled(walker: Walker, { after }: Step): ReadonlySet<Seen> {
  if (after.runners[0]!.orphan === 0) return new Set([seen[after.cells[0]!]!]);
  const next = walker.enabled(after).filter(({ action }) => aftermath.has(action.name));
  return new Set(next.flatMap((step) => [...settled(walker, step)]));
}
