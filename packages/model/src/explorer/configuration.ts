/**
 * What the explorer is told before it begins: an engine's promises, the migrations with their steps, how many runners
 * there are, and what the people around them may do. Nothing here limits faults: they may strike at any time, for ever.
 */
import type { Plan, PlannedStatement, PlannedStep, RecoveryPolicy, TransactionMode } from "../plan/step-plan.ts";
import type { Direction } from "../state.ts";
import type { VariantName } from "../variant.ts";

/** What an engine promises. */
export interface Profile {
  readonly name: "transactional" | "atomic_ddl" | "opaque";
  /** Sessions live in a server: statements, open transactions and the lease outlive the client until they end. */
  readonly server: boolean;
}

/** How the world treats a step: beside what the plan says of it, what is true of it. */
export interface StepFacts {
  /** It changes rows, which no fingerprint sees. */
  readonly rows?: boolean;
  /** What it makes was there before, so that it changes nothing. */
  readonly preexisting?: boolean;
  /** The engine leaves a mark that is atomic with the effect. */
  readonly mark?: boolean;
  /** The author gave a query that tells whether it took effect. */
  readonly probe?: boolean;
  /** A step before this one, whose undo takes this one back as well. */
  readonly coveredBy?: number;
}

/** A migration in one direction: what `start` may be asked for. */
export interface Job {
  readonly migration: string;
  readonly direction: Direction;
  readonly plan: Plan;
  readonly steps: readonly StepFacts[];
  /** Which cell of the database each step changes. A cell belongs to one step of one migration. */
  readonly cells: readonly number[];
  /** Migrations that must be applied; those that must not be (dependents, on the way down). */
  readonly needs: readonly string[];
  readonly dependents: readonly string[];
  /** What the file says once it has been corrected. Absent: every undo that was missing is given. */
  readonly corrected?: Plan;
}

export interface Configuration {
  readonly name: string;
  readonly profile: Profile;
  readonly variant: VariantName;
  readonly runners: number;
  readonly jobs: readonly Job[];
  /** Applied from the beginning. */
  readonly appliedFirst: readonly string[];
  /** A dependency that is not there at first, and that somebody brings: its migration's name. */
  readonly arrives: string | null;
  /** People retry, correct files, answer doubts, mend by hand, resolve, send signals. */
  readonly operator: boolean;
  /** Others change objects that the steps name, and change them back. */
  readonly drift: boolean;
  /** A runner may make its records durable more often than it must, so that a crash may fall between any two. */
  readonly eager: boolean;
}

export const transactional: Profile = { name: "transactional", server: false };
export const atomicDdl: Profile = { name: "atomic_ddl", server: true };
export const opaque: Profile = { name: "opaque", server: true };

const t: PlannedStatement = { class: "transactional" };
const a: PlannedStatement = { class: "atomic" };
const o: PlannedStatement = { class: "opaque" };

interface StepSpec extends StepFacts {
  readonly class: PlannedStatement["class"];
  readonly undo: readonly PlannedStatement[] | null;
  readonly lossy?: boolean;
}

/** One migration on its way up, with its steps in cells 0, 1, 2 … */
export function upJob(
  specs: readonly StepSpec[],
  transaction: TransactionMode,
  recovery: RecoveryPolicy = "rollback",
  more: {
    readonly down?: Plan["down"];
    readonly needs?: readonly string[];
    readonly cell?: number;
    readonly migration?: string;
  } = {},
): Job {
  const steps: PlannedStep[] = specs.map((spec) => ({
    class: spec.class,
    undo: spec.undo,
    lossy: spec.lossy ?? false,
  }));
  return {
    migration: more.migration ?? "0002_main",
    direction: "up",
    plan: { transaction, recovery, steps, down: more.down ?? null },
    steps: specs,
    cells: specs.map((_, step) => (more.cell ?? 0) + step),
    needs: more.needs ?? [],
    dependents: [],
  };
}

/** The same migration on its way down: its steps are the undos in reverse, and each is taken back by the step itself. */
export function downJob(up: Job, dependents: readonly string[] = []): Job {
  const order = up.plan.steps.map((_, step) => step).toReversed();
  const steps = order.map((step): PlannedStep => {
    const { class: promise, undo } = up.plan.steps[step]!;
    return { class: undo?.[0]?.class ?? "opaque", undo: [{ class: promise }], lossy: false };
  });
  return {
    migration: up.migration,
    direction: "down",
    plan: { ...up.plan, steps, down: null },
    steps: order.map((step) => ({ rows: up.steps[step]!.rows ?? false })),
    cells: order.map((step) => up.cells[step]!),
    needs: [],
    dependents,
  };
}

/** How large the main configurations are. */
export interface Bounds {
  readonly steps: number;
  readonly runners: number;
}

export const defaultBounds: Bounds = { steps: 3, runners: 2 };
/** The smallest at which everything is reached and every mutant that can be killed is; see docs/model.md. */
export const smallBounds: Bounds = { steps: 1, runners: 2 };

const base = "0001_base";

/** Of each kind of promise one configuration, its steps different in what the machine could care about. */
const mainSteps = {
  "sqlite-one-transaction": [
    { class: "transactional", undo: [t] },
    { class: "transactional", undo: null, rows: true, lossy: true },
    { class: "transactional", undo: [t] },
  ],
  "sqlite-by-step": [
    { class: "transactional", undo: [t] },
    { class: "transactional", undo: null, rows: true },
    { class: "transactional", undo: [t, t] },
  ],
  "atomic-ddl": [
    { class: "transactional", undo: [t], rows: true },
    { class: "atomic", undo: null },
    { class: "atomic", undo: [a, a], mark: true },
  ],
  opaque: [
    { class: "opaque", undo: [o], probe: true },
    { class: "opaque", undo: null },
    { class: "atomic", undo: [o] },
  ],
} as const satisfies { readonly [name: string]: readonly StepSpec[] };

export type MainName = keyof typeof mainSteps;
export const mainNames = Object.keys(mainSteps) as readonly MainName[];

/** Beyond three the steps are the first ones again: first, middle and last are what a position can mean to the machine. */
function stepsOf(name: MainName, count: number): readonly StepSpec[] {
  const specs: readonly StepSpec[] = mainSteps[name];
  return Array.from({ length: count }, (_, at) => specs[at % specs.length]!);
}

const mainModes = {
  "sqlite-one-transaction": [transactional, "migration"],
  "sqlite-by-step": [transactional, "step"],
  "atomic-ddl": [atomicDdl, "step"],
  opaque: [opaque, "step"],
} as const satisfies { readonly [N in MainName]: readonly [Profile, TransactionMode] };

/**
 * A main configuration with its kinds of steps in every order, also the same kind again and again: the last step of three
 * is always of one kind, and what matters may be which kind is the last one.
 */
export function arrangementsOf(name: MainName, steps: number, runners: number): readonly Configuration[] {
  const kinds: readonly StepSpec[] = mainSteps[name];
  const [profile, transaction] = mainModes[name];
  let words: readonly (readonly StepSpec[])[] = [[]];
  for (let at = 0; at < steps; at++) words = words.flatMap((word) => kinds.map((kind) => [...word, kind]));
  return words.map((word) => ({
    name,
    profile,
    variant: "adjusted",
    runners,
    jobs: [upJob(word, transaction)],
    appliedFirst: [],
    arrives: null,
    operator: true,
    drift: true,
    eager: false,
  }));
}

/**
 * One configuration for each thing that an engine, a file or a person may bring, and not one for all, so that each stays
 * small enough to be searched whole. Together they reach every state, edge, fault and answer; `prove` counts.
 */
export function configurationsOf(variant: VariantName, bounds: Bounds): readonly Configuration[] {
  const policy: RecoveryPolicy = variant === "resuming" ? "resume" : "rollback";
  const { steps, runners } = bounds;
  const common = {
    variant,
    runners,
    appliedFirst: [],
    arrives: null,
    operator: true,
    drift: true,
    eager: false,
  } as const;
  const main = (name: MainName, count = steps): Configuration => {
    const [profile, transaction] = mainModes[name];
    return { ...common, name, profile, jobs: [upJob(stepsOf(name, count), transaction, policy)] };
  };
  const small = Math.min(2, steps);
  const atomicStep: StepSpec = { class: "atomic", undo: [a] };
  const pair = upJob([atomicStep], "step", policy, { migration: base, cell: 0 });
  const dependent = upJob([atomicStep], "step", policy, { needs: [base], cell: 1 });
  return [
    main("sqlite-one-transaction"),
    main("sqlite-by-step"),
    // Of these the second one lacks its undo.
    main("atomic-ddl", Math.max(2, steps)),
    main("opaque"),
    {
      ...common,
      name: "dependency-arrives",
      profile: transactional,
      jobs: [upJob(stepsOf("sqlite-one-transaction", small), "migration", policy, { needs: [base] })],
      arrives: base,
    },
    {
      ...common,
      name: "up-and-down",
      profile: atomicDdl,
      jobs: [pair, dependent, downJob(pair, [dependent.migration]), downJob(dependent)],
      operator: false,
      drift: false,
    },
    {
      ...common,
      name: "records-at-once",
      profile: atomicDdl,
      eager: true,
      jobs: [upJob(stepsOf("atomic-ddl", small), "step", policy)],
      drift: false,
    },
    {
      ...common,
      name: "shared-and-idle-undos",
      profile: atomicDdl,
      jobs: [
        upJob(
          [
            { class: "atomic", undo: [a], preexisting: true, mark: true },
            { class: "atomic", undo: [a] },
            { class: "atomic", undo: [], coveredBy: 1 },
          ].slice(0, steps + 1) as readonly StepSpec[],
          "step",
          policy,
        ),
      ],
      drift: false,
    },
    {
      ...common,
      name: "rows-destroyed",
      profile: atomicDdl,
      jobs: [upJob([{ class: "atomic", undo: [a], lossy: true, mark: true }], "step", policy)],
    },
    {
      ...common,
      name: "down-section",
      profile: opaque,
      jobs: [
        upJob(
          [
            { class: "atomic", undo: [a] },
            { class: "opaque", undo: [o] },
          ].slice(0, small) as readonly StepSpec[],
          "none",
          policy,
          { down: [o, a].slice(0, small) },
        ),
      ],
    },
    {
      ...common,
      name: "policy-resume",
      profile: opaque,
      eager: true,
      drift: false,
      jobs: [upJob(stepsOf("opaque", small), "step", "resume")],
    },
    {
      ...common,
      name: "policy-stop",
      profile: atomicDdl,
      jobs: [upJob(stepsOf("atomic-ddl", small), "step", variant === "resuming" ? "resume" : "stop")],
    },
  ];
}
