/**
 * Migration sets as the explorer takes them, valid by construction: what no file, engine or person could bring is never
 * generated, so nothing needs to be thrown away. Shrinking leads to one plain step with one undo.
 */
import * as fc from "fast-check";
import { assertNever } from "../assert-never.ts";
import type { Configuration, Job, Profile, StepFacts } from "../explorer/configuration.ts";
import { atomicDdl, downJob, opaque, transactional, upJob } from "../explorer/configuration.ts";
import type { PlannedStatement, RecoveryPolicy, StepClass, TransactionMode } from "../plan/step-plan.ts";

/** What may be generated; without it everything may. */
export interface SetLimits {
  readonly profiles?: readonly Profile[];
  readonly stepCountMax?: number;
  readonly runnerCountMax?: number;
  /** Also generate `start` on the way down. */
  readonly reverting?: boolean;
  /** Also generate runners that write their records at once. */
  readonly eager?: boolean;
  /** Kinds of steps that are not generated, where what is generated has to run on something that lacks them. */
  readonly without?: readonly StepKind[];
  /** False: the engine leaves no marks. */
  readonly marks?: boolean;
}

/** The first value of each is the plainest. */
const kinds = ["plain", "rows", "preexisting", "lossy", "covered"] as const;
export type StepKind = (typeof kinds)[number];
const undos = ["one", "two", "missing"] as const;
const policies: readonly RecoveryPolicy[] = ["rollback", "resume", "stop"];

interface RawStep {
  readonly kind: StepKind;
  readonly undo: (typeof undos)[number];
  /** Where the engine leaves the choice: an opaque statement. */
  readonly unclear: boolean;
  readonly mark: boolean;
  readonly probe: boolean;
}

function rawSteps({ without = [], marks = true }: SetLimits): fc.Arbitrary<RawStep> {
  return fc.record({
    kind: fc.constantFrom(...kinds.filter((kind) => !without.includes(kind))),
    undo: fc.constantFrom(...undos),
    unclear: fc.boolean(),
    mark: marks ? fc.boolean() : fc.constant(false),
    probe: fc.boolean(),
  });
}

const modes: { readonly [N in Profile["name"]]: readonly TransactionMode[] } = {
  transactional: ["migration", "step", "none"],
  atomic_ddl: ["step", "none"],
  opaque: ["step", "none"],
};

export function migrationSets(limits: SetLimits = {}): fc.Arbitrary<Configuration> {
  const { profiles = [transactional, atomicDdl, opaque], stepCountMax = 4, runnerCountMax = 2 } = limits;
  return fc
    .record({
      profile: fc.constantFrom(...profiles),
      mode: fc.nat(2),
      recovery: fc.constantFrom(...policies),
      steps: fc.array(rawSteps(limits), { minLength: 1, maxLength: stepCountMax }),
      down: fc.boolean(),
      reverting: limits.reverting === true ? fc.boolean() : fc.constant(false),
      dependency: fc.boolean(),
      runners: fc.integer({ min: 1, max: runnerCountMax }),
      operator: fc.boolean(),
      drift: fc.boolean(),
      eager: limits.eager === true ? fc.boolean() : fc.constant(false),
    })
    .map((raw) => {
      const possible = modes[raw.profile.name];
      const mode = possible[raw.mode % possible.length] ?? "step";
      const specs: Spec[] = [];
      for (const step of raw.steps) specs.push(specOf(step, raw.profile, mode, specs));
      const simple = specs.every((spec) => isPlain(spec) && spec.undo?.length === 1);
      const reverts = raw.reverting && simple && !raw.dependency;
      const down =
        raw.down && !reverts && specs.every(({ coveredBy }) => coveredBy === undefined)
          ? specs.map((spec): PlannedStatement => ({ class: spec.class })).toReversed()
          : null;
      const up = upJob(specs, mode, raw.recovery, { down, needs: raw.dependency ? [base] : [] });
      const jobs: readonly Job[] = reverts ? [up, downJob(up)] : [up];
      return {
        name: nameOf(raw.profile, mode, raw.recovery, specs),
        profile: raw.profile,
        variant: "adjusted",
        // A statement that commits by itself is fenced by nothing once the lease is lost, and on SQLite the lease is a file
        // that anybody can remove: with two runners `none` is not safe there, and docs/databases.md says so.
        runners: mode === "none" && !raw.profile.server ? 1 : raw.runners,
        jobs,
        appliedFirst: [],
        arrives: raw.dependency ? base : null,
        // Who reverts is an operator already; drift and hands beside it are searched with the way up.
        operator: raw.operator && !reverts,
        drift: raw.drift && !reverts,
        eager: raw.eager && raw.profile.server,
      };
    });
}

const base = "0001_base";

interface Spec extends StepFacts {
  readonly class: StepClass;
  readonly undo: readonly PlannedStatement[] | null;
  readonly lossy?: boolean;
}

function specOf(raw: RawStep, profile: Profile, mode: TransactionMode, before: readonly Spec[]): Spec {
  const promise = classOf(raw, profile, mode);
  const one: PlannedStatement = { class: promise };
  const undo = raw.undo === "missing" ? null : raw.undo === "two" ? [one, one] : [one];
  const evidence = {
    ...(raw.mark && promise === "atomic" && profile.server ? { mark: true } : {}),
    ...(raw.probe && promise === "opaque" ? { probe: true } : {}),
  };
  switch (raw.kind) {
    case "plain":
      return { class: promise, undo, ...evidence };
    case "rows":
      return { class: promise, undo, rows: true, ...evidence };
    case "preexisting":
      // Of an opaque statement nobody knows that it changed nothing.
      return promise === "opaque"
        ? { class: promise, undo, ...evidence }
        : { class: promise, undo: [one], preexisting: true, ...evidence };
    case "lossy":
      return { class: promise, undo, lossy: true, ...evidence };
    case "covered": {
      const coveredBy = before.findLastIndex((spec) => isPlain(spec) && spec.undo !== null);
      return coveredBy === -1
        ? { class: promise, undo, ...evidence }
        : { class: promise, undo: [], coveredBy, ...evidence };
    }
    default:
      return assertNever(raw.kind);
  }
}

function isPlain({ rows, preexisting, lossy, coveredBy }: Spec): boolean {
  return rows !== true && preexisting !== true && lossy !== true && coveredBy === undefined;
}

/** Rows take part in transactions wherever there are any; what an engine's DDL promises is its profile. */
function classOf({ kind, unclear }: RawStep, { name }: Profile, mode: TransactionMode): StepClass {
  switch (name) {
    case "transactional":
      return mode !== "none" ? "transactional" : kind === "rows" ? "opaque" : "atomic";
    case "atomic_ddl":
      return kind !== "rows" ? "atomic" : mode === "step" ? "transactional" : "opaque";
    case "opaque":
      return kind === "rows" || (unclear && kind !== "preexisting") ? "opaque" : "atomic";
    default:
      return assertNever(name);
  }
}

function nameOf({ name }: Profile, mode: TransactionMode, recovery: RecoveryPolicy, specs: readonly Spec[]): string {
  const steps = specs.map((spec) => {
    const facts = [
      spec.rows === true ? "rows" : "",
      spec.preexisting === true ? "there" : "",
      spec.lossy === true ? "lossy" : "",
      spec.coveredBy === undefined ? "" : `covered by ${spec.coveredBy + 1}`,
      spec.undo === null ? "no undo" : spec.undo.length > 1 ? `${spec.undo.length} undos` : "",
      spec.mark === true ? "mark" : "",
      spec.probe === true ? "probe" : "",
    ].filter((fact) => fact !== "");
    return [spec.class, ...facts].join(" ");
  });
  return `${name}, ${mode}, ${recovery}: ${steps.join(" · ")}`;
}
